/**
 * Real: PostgreSQL, two engines on it. Doubled: a target that fails for one of the nodes, then for both, and whose calls a test lets hang.
 * Observed: which node called it, how many calls were under way at once, what is told of it.
 */
import type { Delivery, Outcome, Processor } from '@trunkline/messaging';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TargetDesk } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import {
  count,
  message,
  NOTHING,
  ScriptedTarget,
  startEngine,
  type TestEngine,
  until,
} from './support/engine.ts';

const RETRY = { baseMs: 20, maxMs: 100, giveUpAfterMs: 60_000 };
const BREAKER = { windowMs: 60_000, minimumVolume: 4, failureRate: 0.5, coolDownMs: 700, maxCoolDownMs: 700 };
const DOWN: Outcome = { kind: 'retry', code: 'target_unavailable', detail: 'HTTP 503' };

let database: TestDatabase;
let nodes: TestEngine[];
/** What each node sends, and what it is answered. */
let targets: ScriptedTarget[];
let probes: ((outcome: Outcome) => void)[] = [];
let answer: (delivery: Delivery) => Outcome | Promise<Outcome>;
beforeEach(async () => {
  database = await createTestDatabase();
  answer = () => DOWN;
  probes = [];
  targets = [0, 1].map(() => {
    const target = new ScriptedTarget(1, 8);
    target.answer = (delivery) => answer(delivery);
    return target;
  });
  nodes = await Promise.all(
    targets.map((target) =>
      startEngine(
        database.url,
        forward,
        {},
        { targets: new Map([['a', { target, policy: { retry: RETRY, breaker: BREAKER } }]]) },
      ),
    ),
  );
  await until('each has its share', () => nodes.every((node) => keysOf(node, 6).length === 6));
  return async () => {
    for (const probe of probes) probe({ kind: 'succeeded' });
    await Promise.all(nodes.map((node) => node.close()));
    await database.drop();
  };
});
afterEach(() => expect(nodes.flatMap(({ errors }) => errors)).toEqual([]));

const forward: Processor = () => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: {} }],
});

function keysOf({ engine }: TestEngine, many: number): readonly string[] {
  return Array.from({ length: 60 }, (_, n) => `k${n}`)
    .filter((key) => engine.owns(key))
    .slice(0, many);
}

const [first, second] = [() => nodes[0] as TestEngine, () => nodes[1] as TestEngine];
const callsOf = (at: number) => targets[at]?.calls.length ?? 0;
const send = (to: TestEngine) =>
  to.engine.intake.accept(keysOf(to, 6).map((key) => message(key, `${key}-${Math.random()}`)));
const told = async () =>
  (await new TargetDesk(first().pool).list())[0]?.nodes.map(({ breaker }) => breaker).sort();

async function opened(): Promise<void> {
  await send(first());
  await until('both nodes hold it for down', async () => String(await told()) === 'open,open');
}

test('D8: what fails on one node is left alone by all, one of them probes, and its success lets all go on', async () => {
  await opened();
  answer = () => new Promise((resolve) => probes.push(resolve));
  await send(second());
  await until('one probes', () => probes.length === 1);
  // Two rounds of both nodes: whoever would call as well had its time.
  const rounds = performance.now() + 2200;
  await until('two rounds', () => performance.now() > rounds);
  expect(probes).toHaveLength(1);
  answer = () => DOWN;
  probes[0]?.(DOWN);
  await until('it is left alone again', async () => String(await told()) === 'open,open');
  answer = () => new Promise((resolve) => probes.push(resolve));
  await until('the next probe', () => probes.length === 2);
  answer = () => ({ kind: 'succeeded' });
  probes[1]?.({ kind: 'succeeded' });
  await until('all are delivered, by both', async () => (await count(first().pool, 'delivery_done')) === 12);
  expect(callsOf(1)).toBeGreaterThanOrEqual(6);
  await until('nobody holds it for down', async () => String(await told()) === 'closed,closed');
});

test('D8: a node that never called it does not, and probes in place of one that has gone', async () => {
  await opened();
  expect(callsOf(1), 'it was told').toBe(0);
  answer = () => ({ kind: 'succeeded' });
  await first().engine.stop();
  await until('the other node has all keys', () => keysOf(second(), 60).length === 60);
  await until('all are delivered', async () => (await count(second().pool, 'delivery_done')) === 6);
});

test('D8: a node whose own calls go well is not stopped by one that is cut off from the target', async () => {
  const [cutOff, well] = targets;
  if (cutOff === undefined || well === undefined) throw new Error('There are not two.');
  well.answer = () => ({ kind: 'succeeded' });
  await send(second());
  await until('its calls go well', async () => (await count(second().pool, 'delivery_done')) === 6);
  await send(first());
  await until('the other holds the target for down', async () => (await told())?.includes('open') === true);
  const ended = await count(second().pool, 'delivery_done');
  await send(second());
  await until(
    'all of its own are delivered',
    async () => (await count(second().pool, 'delivery_done')) === ended + 6,
  );
  expect(cutOff.calls.length).toBeGreaterThan(0);
  expect(
    await count(second().pool, "delivery where state in ('ready', 'backing_off')"),
    'the other’s wait',
  ).toBe(6);
  cutOff.answer = () => ({ kind: 'succeeded' });
  await until('they go when it can', async () => (await count(second().pool, 'delivery')) === 0);
});

test('D12: a person who resumes it closes its breaker on all nodes, also while one waits for its probe', async () => {
  await opened();
  answer = () => new Promise((resolve) => probes.push(resolve));
  await send(second());
  await until('one probes', () => probes.length === 1);
  answer = () => ({ kind: 'succeeded' });
  const desk = new TargetDesk(first().pool);
  expect(await desk.resume('a', 'ada')).toBe(true);
  await until(
    'all but the probe are delivered',
    async () => (await count(first().pool, 'delivery_done')) === 11,
  );
  await until('nobody holds it for down', async () => String(await told()) === 'closed,closed');
  expect(await desk.resume('a', 'ada'), 'nothing is left to resume').toBe(false);
});
