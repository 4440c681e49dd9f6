/**
 * Polls within a target's limits. Real: PostgreSQL and its clock, an engine. Doubled: the target, whose calls a test lets hang, and the
 * polls, which are the turns that they wait for. Observed: what goes, how many at once, what is left for commands.
 */
import type { Outcome, Processor, TargetLimits } from '@trunkline/messaging';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

let database: TestDatabase;
let node: TestEngine | undefined;
let target: ScriptedTarget;
let polling: AbortController;
beforeEach(async () => {
  database = await createTestDatabase();
  target = new ScriptedTarget(1, 4);
  polling = new AbortController();
});
afterEach(async () => {
  polling.abort();
  await node?.close();
  node = undefined;
  await database.drop();
});

const forward: Processor = () => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: {} }],
});

async function start(limits: TargetLimits): Promise<TestEngine> {
  const policy = { limits };
  node = await startEngine(database.url, forward, {}, { targets: new Map([['a', { target, policy }]]) });
  return node;
}

/** A poll that has its turn, or waits for it. */
function poll({ engine }: TestEngine) {
  const state: { end?: () => void } = {};
  engine.pollTurn('a', polling.signal).then(
    (end) => {
      state.end = end;
    },
    () => undefined,
  );
  return state;
}

const accept = ({ engine }: TestEngine, ...ids: string[]) =>
  engine.intake.accept(ids.map((id) => message(id, id)));

test('D10: a poll counts among the calls at once, waits for a delivery, and holds one back while it lasts', async () => {
  const answers: (() => void)[] = [];
  target.answer = () =>
    new Promise<Outcome>((resolve) => {
      answers.push(() => resolve({ kind: 'succeeded' }));
    });
  const hub = await start({ concurrency: 1 });
  await accept(hub, 'k1');
  await until('a delivery is under way', () => answers.length === 1);
  const first = poll(hub);
  // As long as several looks of a poll that waits.
  const looks = performance.now() + 300;
  await until('it looked', () => performance.now() > looks);
  expect(first.end, 'the only call is the delivery’s').toBeUndefined();
  answers[0]?.();
  await until('the poll has its turn', () => first.end !== undefined);
  await accept(hub, 'k2');
  await until('it waits to be sent', async () => (await count(hub.pool, 'delivery')) === 1);
  const others = performance.now() + 300;
  await until('others had their time', () => performance.now() > others);
  expect(answers, 'the only call is the poll’s').toHaveLength(1);
  first.end?.();
  await until('the delivery goes', () => answers.length === 2);
  answers[1]?.();
  await until('it has ended', async () => (await count(hub.pool, 'delivery_done')) === 2);
});

test('D10: a poll that has waited for long goes before what is sent without a pause', async () => {
  target.answer = () => new Promise<Outcome>((resolve) => setTimeout(resolve, 20, { kind: 'succeeded' }));
  const hub = await start({ concurrency: 1 });
  let sent = 0;
  const flood = setInterval(() => void accept(hub, `k${sent++}`, `k${sent++}`), 20);
  try {
    await until('it is busy', async () => (await count(hub.pool, 'delivery_done')) > 3);
    const waiting = poll(hub);
    await until('it has its turn', () => waiting.end !== undefined);
    expect(await count(hub.pool, 'delivery'), 'and there was more to send').toBeGreaterThan(0);
    waiting.end?.();
  } finally {
    clearInterval(flood);
  }
});

test('D10: polls leave the last fifth of a day’s calls to commands', async () => {
  const hub = await start({ dailyBudget: { calls: 20, timezone: 'UTC' } });
  const polls = Array.from({ length: 20 }, () => poll(hub));
  const gone = () => polls.filter(({ end }) => end !== undefined).length;
  await until('sixteen polls went', () => gone() === 16);
  await accept(hub, ...Array.from({ length: 9 }, (_, n) => `k${n}`));
  await until(
    'the budget is spent',
    async () => (await count(hub.pool, 'target_control where budget_used = 20')) === 1,
  );
  await until('four commands went', async () => (await count(hub.pool, 'delivery_done')) === 4);
  expect([gone(), target.calls.length]).toEqual([16, 4]);
});

test('polls of a system without limits wait for nothing, and a poll that waits ends with its node', async () => {
  const hub = await start({});
  const [free, other] = [poll(hub), poll(hub)];
  await until('both have their turns', () => free.end !== undefined && other.end !== undefined);
  expect(await hub.engine.pollTurn('unknown', polling.signal)).toBeTypeOf('function');
  polling.abort();
  await expect(hub.engine.pollTurn('a', polling.signal)).rejects.toThrow(/abort/i);
});
