/**
 * Real: PostgreSQL, its clock, and two engines on it. Doubled: the processor and the targets, which note when they are called. Observed:
 * how many calls reach a target, from all nodes together, and what is told of it.
 */
import type { Outcome, Processor, TargetLimits } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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

let database: TestDatabase;
let running: TestEngine[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(running.map(({ engine }) => engine.stop()));
  await running[0]?.pool.query(
    'truncate message, message_dedupe, message_waiting, message_result, canonical_state, delivery, delivery_done, delivery_attempt, exception_case, identifier, target_control, target_node',
  );
  await Promise.all(running.map((each) => each.close()));
  running = [];
});
afterAll(() => database.drop());

const forward: Processor = ({ payload }) => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: payload as never }],
});

async function start(a: ScriptedTarget, limits: TargetLimits = {}): Promise<TestEngine> {
  const policy = { retry: { baseMs: 20, maxMs: 100, giveUpAfterMs: 60_000 }, limits };
  const started = await startEngine(
    database.url,
    forward,
    {},
    { targets: new Map([['a', { target: a, policy }]]) },
  );
  running.push(started);
  return started;
}

/** Two nodes that both have partitions, so that both call the target. */
async function startTwo(a: ScriptedTarget, limits: TargetLimits): Promise<Pool> {
  const [{ pool }] = await Promise.all([start(a, limits), start(a, limits)]);
  await until(
    'both own partitions',
    async () =>
      (await count(
        pool,
        '(select owner from partition_lease where owner is not null group by owner having count(*) = 2) as nodes',
      )) === 2,
  );
  return pool;
}

async function accept(ids: number): Promise<void> {
  await running[0]?.engine.intake.accept(
    Array.from({ length: ids }, (_, n) => message(`k${n}`, `m${n}`, { n })),
  );
}

test('D10: calls at once are within the limit over all nodes, and every node comes to its turn', async () => {
  const a = new ScriptedTarget(1, 8);
  let underWay = 0;
  let most = 0;
  a.answer = async () => {
    underWay++;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setTimeout(resolve, 3));
    underWay--;
    return { kind: 'succeeded' };
  };
  const pool = await startTwo(a, { concurrency: 1 });
  await accept(100);
  await until('all are sent', async () => (await count(pool, 'delivery_done')) === 100);
  expect(most).toBe(1);
  const { rows } = await pool.query<{ node: string }>('select distinct node from delivery_attempt');
  expect(rows.length, 'nodes that sent').toBe(2);
});

test('D10: calls over time are within the rate and burst over all nodes', async () => {
  const a = new ScriptedTarget(1, 4);
  const at: number[] = [];
  a.answer = () => {
    at.push(performance.now());
    return { kind: 'succeeded' };
  };
  const rate = { perSecond: 40, burst: 10 };
  const pool = await startTwo(a, { rate });
  await accept(80);
  await until('all are sent', async () => (await count(pool, 'delivery_done')) === 80);
  // Between any two calls no more than what the bucket holds and what came in meanwhile, and what each node had in hand.
  const inHand = 2 * 10;
  for (let from = 0; from < at.length; from++)
    for (let to = from + 1; to < at.length; to++) {
      const seconds = ((at[to] ?? 0) - (at[from] ?? 0)) / 1000;
      expect(to - from + 1).toBeLessThanOrEqual(rate.burst + inHand + Math.ceil(seconds * rate.perSecond));
    }
  expect((at.at(-1) ?? 0) - (at[0] ?? 0), 'the whole').toBeGreaterThan(((80 - 10 - inHand) / 40) * 1000);
});

test('D10: a day’s budget stops the calls until the target’s next day, for all nodes; what is left over is told', async () => {
  const a = new ScriptedTarget(1, 4);
  const pool = await startTwo(a, { dailyBudget: { calls: 10, timezone: 'Asia/Tokyo' } });
  await accept(30);
  const desk = new TargetDesk(pool, new Map([['a', 'Asia/Tokyo']]));
  await until('the budget is spent', async () => (await desk.list())[0]?.budgetUsed === 10);
  await until('its calls are made', async () => (await count(pool, 'delivery_done')) === 10);
  expect(a.calls).toHaveLength(10);
  // As if the target's day had ended.
  await pool.query("update target_control set budget_day = budget_day - 1 where target = 'a'");
  expect((await desk.list())[0]?.budgetUsed).toBeLessThan(10);
});

test('D11: a target that asks for a pause is left alone by every node and for every key', async () => {
  const a = new ScriptedTarget(1, 2);
  let askedAtMs = 0;
  const after: number[] = [];
  a.answer = ({ payload }): Outcome => {
    if (askedAtMs > 0) after.push(performance.now() - askedAtMs);
    if (payload['n'] !== 0 || askedAtMs > 0) return { kind: 'succeeded' };
    askedAtMs = performance.now();
    return { kind: 'retry', code: 'target_busy', detail: 'HTTP 429', afterMs: 2500 };
  };
  const pool = await startTwo(a, {});
  await running[0]?.engine.intake.accept([message('k', 'first', { n: 0 })]);
  await until('it asked', () => askedAtMs > 0);
  await until(
    'every node knows',
    async () => (await new TargetDesk(pool).list())[0]?.heldReason === 'HTTP 429',
  );
  const known = performance.now() + 1100;
  await until('a round of both nodes', () => performance.now() > known);
  await running[1]?.engine.intake.accept(
    Array.from({ length: 20 }, (_, n) => message(`k${n}`, `m${n}`, { n: 1 })),
  );
  await until('all are sent', async () => (await count(pool, 'delivery_done')) === 21);
  expect(Math.min(...after)).toBeGreaterThanOrEqual(2400);
});

test('D12: what a person paused is not called by any node, also not by one that starts, until a person resumes it', async () => {
  const a = new ScriptedTarget();
  const first = await start(a);
  const desk = new TargetDesk(first.pool);
  expect(await desk.pause('a', 'ada', 'upgrade')).toBe(true);
  expect(await desk.pause('a', 'ada', 'again'), 'paused already').toBe(false);
  await first.engine.stop();
  const { engine, pool } = await start(a);
  await engine.intake.accept([message('k', 'm')]);
  await until('it waits', async () => (await count(pool, 'delivery')) === 1);
  const round = performance.now() + 1100;
  await until('another round', () => performance.now() > round);
  expect(a.calls).toHaveLength(0);
  expect(await desk.list()).toMatchObject([{ target: 'a', pausedBy: 'ada', pauseReason: 'upgrade' }]);
  expect(await desk.resume('a', 'bob')).toBe(true);
  await until('it is sent', async () => (await count(pool, 'delivery_done')) === 1);
  const { rows } = await pool.query(
    'select action, actor, reason, target from operator_action where part = 0 order by id',
  );
  expect(rows).toEqual([
    { action: 'pause_target', actor: 'ada', reason: 'upgrade', target: 'a' },
    { action: 'resume_target', actor: 'bob', reason: null, target: 'a' },
  ]);
});

test('D13: waiting commands become one call up to the batch size, no later than the linger, each with its own outcome', async () => {
  const a = Object.assign(new ScriptedTarget(10, 1), { lingerMs: 40 });
  a.answer = ({ payload }): Outcome =>
    payload['n'] === 3 ? { kind: 'rejected', code: 'target_rejected', detail: 'no' } : { kind: 'succeeded' };
  const { pool } = await start(a);
  await accept(24);
  await until('all are settled', async () => (await count(pool, 'delivery_done')) === 23);
  expect(Math.max(...a.calls.map((call) => call.length))).toBe(10);
  expect(a.calls.length).toBeLessThan(12);
  expect(await count(pool, "delivery where state = 'parked'")).toBe(1);
  await running[0]?.engine.intake.accept([message('alone', 'alone', { n: 0 })]);
  await until('one alone goes as well', async () => (await count(pool, 'delivery_done')) === 24);
});
