/**
 * What waits for a target that was down, when it is back. Real: PostgreSQL, engines on it. Doubled: a target that a test takes down, with back-offs
 * of half a minute and more, so that what goes in a test's time did not wait for its own. Observed: what is delivered, in which order, and
 * when what is left is due.
 */
import {
  type BreakerPolicy,
  type Delivery,
  type Outcome,
  type Processor,
  SystemRefusal,
} from '@trunkline/messaging';
import { expect, type TestContext, test } from 'vitest';
import { TargetChains } from '../src/deliver/target-chains.ts';
import { TargetGate } from '../src/deliver/target-gate.ts';
import type { WaitingDelivery } from '../src/deliver/waiting-delivery.ts';
import { TargetDesk } from '../src/index.ts';
import { createTestDatabase } from './support/database.ts';
import {
  count,
  message,
  NOTHING,
  ScriptedTarget,
  startEngine,
  type TestEngine,
  until,
} from './support/engine.ts';

const RETRY = { baseMs: 60_000, maxMs: 600_000, giveUpAfterMs: 86_400_000 };
const DOWN: Outcome = { kind: 'retry', code: 'target_unavailable', detail: 'HTTP 503' };
const WELL: Outcome = { kind: 'succeeded' };

const forward: Processor = ({ sourceId }) => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: { id: sourceId } }],
});

/** Side by side, each test with its nodes and its database. */
async function prepare({ onTestFinished }: TestContext, breaker: Partial<BreakerPolicy> = {}) {
  const database = await createTestDatabase();
  const target = new ScriptedTarget(1, 2);
  const nodes: TestEngine[] = [];
  onTestFinished(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await database.drop();
    expect(nodes.flatMap(({ errors }) => errors)).toEqual([]);
  });
  const quick = { windowMs: 10_000, minimumVolume: 1, failureRate: 0.5, coolDownMs: 100, maxCoolDownMs: 200 };
  const policy = { retry: RETRY, breaker: { ...quick, ...breaker } };
  const targets = new Map([['a', { target, policy }]]);
  const start = async () => {
    const node = await startEngine(database.url, forward, {}, { targets });
    nodes.push(node);
    return node;
  };
  return { target, start };
}

const idOf = ({ payload }: Delivery) => String(payload['id']);
const done = ({ pool }: TestEngine) => count(pool, 'delivery_done');

test.concurrent('D8: what failed while its target was down goes when the target is back, in the order of its key', async (context) => {
  const { target, start } = await prepare(context);
  target.answer = () => DOWN;
  const node = await start();
  await node.engine.intake.accept([message('k', 'first'), message('k', 'second'), message('l', 'other')]);
  await until('both keys were tried, and the target was probed', () => target.calls.length > 4);
  const tried = target.calls.length;
  target.answer = () => WELL;
  await until('all are delivered', async () => (await done(node)) === 3);
  const went = target.delivered.slice(tried).map(idOf);
  expect(went.filter((id) => id !== 'other')).toEqual(['first', 'second']);
});

test.concurrent('D8: what failed, and whose outcome is not stored yet when the target is back, goes as well', async () => {
  const row = {
    id: '1',
    key: 'k',
    lane: 'l',
    state: 'ready',
    due_in_ms: 0,
    expires_in_ms: null,
    tried_for_ms: null,
  };
  const pool = { query: () => Promise.resolve({ rows: pages.shift() ?? [] }) } as never;
  const pages = [[{ ...row, attempts: 0, supersedes: null, payload: {} }]];
  const offered: number[] = [];
  let head: WaitingDelivery | undefined;
  const chains = new TargetChains(pool, 0, 'a', (one) => {
    head = one;
    offered.push(one.delivery.attempt);
  });
  await chains.read();
  if (head === undefined) throw new Error('It was not offered.');
  const failed = {
    ...head,
    failedAtMs: performance.now(),
    dueAtMs: performance.now() + 60_000,
    delivery: { ...head.delivery, attempt: 2 },
  };
  chains.hasten(() => true);
  chains.again(head, failed);
  expect(offered).toEqual([1, 2]);
  const later = performance.now() + 1;
  await until('it fails again, after that', () => performance.now() > later);
  chains.again(failed, {
    ...failed,
    failedAtMs: performance.now(),
    dueAtMs: performance.now() + 60_000,
    delivery: { ...head.delivery, attempt: 3 },
  });
  expect(offered, 'that one waits').toEqual([1, 2]);
  chains.close();
});

test.concurrent('D8: a node that takes over while the target is down need not wait for the back-off of the one before', async (context) => {
  const { target, start } = await prepare(context);
  target.answer = () => DOWN;
  const before = await start();
  await before.engine.intake.accept([message('k', 'm')]);
  await until('it was probed', () => target.calls.length > 2);
  await before.engine.stop();
  target.answer = () => WELL;
  const next = await start();
  await until('it is delivered', async () => (await done(next)) === 1);
});

const POISONED = (delivery: Delivery) => (idOf(delivery) === 'poison' ? DOWN : WELL);

test.concurrent('D8: one that always fails, and opens the breaker by itself, does not hold up the others', async (context) => {
  const { target, start } = await prepare(context);
  target.answer = POISONED;
  const node = await start();
  await node.engine.intake.accept([message('p', 'poison')]);
  await until('it was probed with it', () => target.calls.length > 2);
  await node.engine.intake.accept(Array.from({ length: 5 }, (_, n) => message(`k${n}`, `m${n}`)));
  await until('the others are delivered', async () => (await done(node)) === 5);
});

test.concurrent('D8: a node that probed in vain lets another that has something to send go before it', async (context) => {
  const { target, start } = await prepare(context);
  target.answer = () => DOWN;
  const node = await start();
  // As if another node had something to send, and were slower than this one each time.
  await node.pool.query(
    "insert into target_node (target, node, wanted, expires_at) values ('a', 'other', 1, clock_timestamp() + interval '1 hour')",
  );
  const at: number[] = [];
  target.answer = () => {
    at.push(performance.now());
    return DOWN;
  };
  await node.engine.intake.accept([message('p', 'poison')]);
  await until('it was probed twice', () => at.length > 2);
  const [, first = 0, second = 0] = at;
  expect(second - first, 'not at the end of the cool-down').toBeGreaterThan(1000);
  target.answer = () => WELL;
  await until('it is delivered', async () => (await done(node)) === 1);
});

test.concurrent('O2: one that fails beside others that go well keeps its own back-off, also when a person resumes the target', async (context) => {
  const { target, start } = await prepare(context, { minimumVolume: 5 });
  target.answer = POISONED;
  const node = await start();
  const desk = new TargetDesk(node.pool);
  await node.engine.intake.accept([message('p', 'poison')]);
  const left = "delivery where state = 'backing_off' and due_at > clock_timestamp() + interval '20 seconds'";
  await until('it waits for its own time', async () => (await count(node.pool, left)) === 1);
  await node.engine.intake.accept([message('k', 'm')]);
  await until('the other is delivered', async () => (await done(node)) === 1);
  await desk.pause('a', 'ada', 'upgrade');
  await node.engine.intake.accept([message('l', 'n')]);
  const round = performance.now() + 1100;
  await until('the node knows', () => performance.now() > round);
  await desk.resume('a', 'ada');
  await node.engine.intake.accept([message('j', 'o')]);
  await until('the others are delivered', async () => (await done(node)) === 3);
  expect(target.delivered.filter((one) => idOf(one) === 'poison')).toHaveLength(1);
});

test.concurrent('D12: a resume lets go at once what waits for the end of a pause that the target asked for', async (context) => {
  const { target, start } = await prepare(context, { minimumVolume: 5 });
  const busy: Outcome = { kind: 'retry', code: 'target_busy', detail: 'HTTP 429', afterMs: 3_600_000 };
  target.answer = () => busy;
  const node = await start();
  const desk = new TargetDesk(node.pool);
  await node.engine.intake.accept([message('k', 'm')]);
  await until('it is told', async () => (await desk.list())[0]?.heldReason === 'HTTP 429');
  await until('it waits', async () => (await count(node.pool, "delivery where state = 'backing_off'")) === 1);
  target.answer = () => WELL;
  await desk.resume('a', 'ada');
  await until('it is delivered', async () => (await done(node)) === 1);
});

/** On a database that answers when a test says so. */
function gateOn(query: () => Promise<{ rows: [] }>) {
  const gate = new TargetGate({
    pool: { query } as never,
    system: 'a',
    node: () => 'n',
    concurrency: 2,
    limits: {},
    onShort: () => undefined,
    onReleased: () => {
      throw new Error('Nobody ended it.');
    },
    onError: () => undefined,
  });
  const answer = {
    slots: 2,
    paused: false,
    held_ms: 0,
    breaker_ms: null,
    cool_down_ms: null,
    refused: false,
    probe: false,
  };
  const tell = (held_ms: number, askedMs: number) => gate.told({ ...answer, held_ms }, askedMs, 4000);
  return { gate, tell };
}

test.concurrent('D11: of two pauses that are asked for at once the shorter, stored first, does not end the longer', async () => {
  const told = [Promise.withResolvers<{ rows: [] }>(), Promise.withResolvers<{ rows: [] }>()];
  let asked = 0;
  const { gate, tell } = gateOn(() => told[asked++]?.promise ?? Promise.reject(new Error('asked again')));
  const shorter = gate.hold(1000, 'HTTP 429');
  const longer = gate.hold(60_000, 'HTTP 429');
  told[0]?.resolve({ rows: [] });
  await shorter;
  tell(1000, performance.now());
  expect(gate.waitMs()).toBeGreaterThan(50_000);
  told[1]?.resolve({ rows: [] });
  await longer;
  tell(60_000, performance.now());
  expect(gate.waitMs()).toBeGreaterThan(50_000);
});

test.concurrent('D11: a pause is stored in whatever words the target asks for it', async (context) => {
  const { start } = await prepare(context);
  const node = await start();
  const ended = await node.engine.pollTurn('a', AbortSignal.timeout(10_000));
  ended(new SystemRefusal('target_busy', 'HTTP 429 \u0000', 60_000));
  const desk = new TargetDesk(node.pool);
  await until('it is told', async () => (await desk.list())[0]?.heldReason === 'HTTP 429 ');
});

test.concurrent('D11: what the database said before it was told of a pause does not end it', async () => {
  const told = Promise.withResolvers<{ rows: [] }>();
  const { gate, tell } = gateOn(() => told.promise);
  const before = performance.now();
  const holding = gate.hold(60_000, 'HTTP 429');
  tell(0, before);
  expect(gate.waitMs()).toBeGreaterThan(50_000);
  told.resolve({ rows: [] });
  await holding;
  tell(0, before);
  expect(gate.waitMs(), 'asked before it was stored').toBeGreaterThan(50_000);
});
