/**
 * Real: PostgreSQL, its clock, the engine. Doubled: the processor and the target, which answers by script. Observed: what the target
 * received and what the tables hold, of deliveries that end or wait otherwise than by success and refusal.
 */
import { DEFAULT_BREAKER, type Outcome, type Processor } from '@trunkline/messaging';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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
let running: TestEngine | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await running?.engine.stop();
  await running?.pool.query(
    'truncate message, message_dedupe, message_waiting, message_result, canonical_state, delivery, delivery_done, delivery_attempt, exception_case, identifier',
  );
  await running?.close();
  running = undefined;
});
afterAll(() => database.drop());

/** Sends each message on; its payload's `ttl` is how long it may take, in milliseconds of the database's time. */
const forward: Processor = ({ payload, sourceId }, _state, now) => {
  const { ttl } = payload as { ttl?: number };
  return {
    ...NOTHING,
    commands: [
      {
        role: 'a',
        target: 'a',
        type: 'release',
        flow: 'order-release',
        payload: { id: sourceId },
        ...(ttl === undefined ? {} : { expiresAt: new Date(Date.parse(now) + ttl).toISOString() }),
      },
    ],
  };
};

test('D9: what is past its time is not sent, and what waited behind it goes on; its owner is told', async () => {
  const a = new ScriptedTarget();
  running = await startEngine(database.url, forward, { a });
  const { engine, pool } = running;
  await engine.intake.accept([
    message('k', 'late', { ttl: -1 }),
    message('k', 'next'),
    message('k2', 'in time', { ttl: 600_000 }),
  ]);
  await until('all have ended', async () => (await count(pool, 'delivery_done')) === 3);
  expect(a.delivered.map(({ payload }) => payload['id']).sort()).toEqual(['in time', 'next']);
  expect(await count(pool, "delivery_done where state = 'expired' and key = 'k'")).toBe(1);
  expect(await count(pool, "delivery_attempt where outcome <> 'succeeded'")).toBe(0);
  const { rows } = await pool.query(
    'select code, key, target, owner, resolved_at, delivery_id from exception_case',
  );
  expect(rows).toEqual([
    {
      code: 'delivery_expired',
      key: 'k',
      target: 'a',
      owner: 'operations',
      resolved_at: null,
      delivery_id: null,
    },
  ]);
});

test('D9: the database’s clock decides, however wrong the node’s is', async () => {
  const a = new ScriptedTarget();
  const real = Date.now;
  try {
    Date.now = () => real() + 3_600_000;
    running = await startEngine(database.url, forward, { a });
    const { engine, pool } = running;
    await engine.intake.accept([message('k', 'in time', { ttl: 60_000 })]);
    await until('it has ended', async () => (await count(pool, 'delivery_done')) === 1);
    expect(a.delivered).toHaveLength(1);
  } finally {
    Date.now = real;
  }
});

// Many at once: a timer that fires up to a millisecond early sent about one of three a second time.
test('D9: those that back off end when their time is over, not when their next try would be', async () => {
  const a = new ScriptedTarget();
  a.answer = () => ({ kind: 'retry', code: 'target_unavailable', detail: '503', afterMs: 60_000 });
  const policy = {
    retry: { baseMs: 10, maxMs: 60_000, giveUpAfterMs: 600_000 },
    breaker: { ...DEFAULT_BREAKER, minimumVolume: 1_000_000 },
  };
  const targets = new Map([['a', { target: a, policy }]]);
  running = await startEngine(database.url, forward, {}, { targets });
  const { engine, pool } = running;
  const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
  await engine.intake.accept(keys.map((key, i) => message(key, key, { ttl: 3000 + i })));
  await until('all have ended', async () => (await count(pool, 'delivery_done')) === keys.length);
  const ended = await pool.query(
    'select state, attempts, count(*)::int from delivery_done group by 1, 2 order by 1, 2',
  );
  expect(ended.rows).toEqual([{ state: 'expired', attempts: 1, count: keys.length }]);
  expect(a.delivered).toHaveLength(keys.length);
});

test('D9: one whose outcome is unknown is found out before it may expire', async () => {
  const a = Object.assign(new ScriptedTarget(), {
    verify: async (deliveries: readonly unknown[]) => deliveries.map(() => ({ kind: 'present' as const })),
  });
  a.answer = async (): Promise<Outcome> => {
    await until(
      'its time is over',
      async () => (await count(pool, 'delivery where expires_at < clock_timestamp()')) === 1,
    );
    return { kind: 'unknown', code: 'outcome_unknown', detail: 'time-out' };
  };
  // Given up much later than the time is over, or the answer would park it.
  const policy = { retry: { baseMs: 20, maxMs: 100, giveUpAfterMs: 600_000 } };
  running = await startEngine(
    database.url,
    forward,
    {},
    { targets: new Map([['a', { target: a, policy }]]) },
  );
  const { pool } = running;
  await running.engine.intake.accept([message('k', 'm', { ttl: 2000 })]);
  await until('it has ended', async () => (await count(pool, 'delivery_done')) === 1);
  expect(await count(pool, "delivery_done where state = 'succeeded'")).toBe(1);
  expect(await count(pool, 'exception_case')).toBe(0);
});

test('O6: what the target cannot make sense of is parked with its faults, as invalid, and holds back its key alone', async () => {
  const a = new ScriptedTarget();
  const faults = [{ code: 'payload_invalid', path: 'lines/0/uom', message: 'No such unit.' }];
  a.answer = ({ key }): Outcome =>
    key === 'bad' ? { kind: 'invalid', detail: 'HTTP 422', faults } : { kind: 'succeeded' };
  running = await startEngine(database.url, forward, { a });
  const { engine, pool } = running;
  await engine.intake.accept([message('bad', 'b1'), message('bad', 'b2'), message('good', 'g1')]);
  await until('it is parked', async () => (await count(pool, "delivery where state = 'parked'")) === 1);
  await until('the other is through', async () => (await count(pool, 'delivery_done')) === 1);
  expect(a.delivered.filter(({ key }) => key === 'bad')).toHaveLength(1);
  const { rows } = await pool.query('select code, owner, faults from exception_case');
  expect(rows).toEqual([{ code: 'command_invalid', owner: 'integration', faults }]);
  expect(await count(pool, "delivery_attempt where outcome = 'invalid'")).toBe(1);
});

test('O7: what a stopping node cancels goes back to ready, counts as no attempt, and goes at the next start', async () => {
  const a = new ScriptedTarget();
  a.deliver = (deliveries) => {
    a.calls.push(deliveries);
    // The node's end aborts nothing before its grace is over; this stands in for a connector that had not sent yet.
    return stopping.then(() => deliveries.map(() => ({ kind: 'cancelled' as const })));
  };
  let stop: () => void = () => undefined;
  const stopping = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const first = await startEngine(database.url, forward, { a });
  await first.engine.intake.accept([message('k', 'm')]);
  await until('it is under way', () => a.calls.length === 1);
  const closed = first.close();
  stop();
  await closed;
  const b = new ScriptedTarget();
  running = await startEngine(database.url, forward, { a: b });
  const { pool } = running;
  await until('it has ended', async () => (await count(pool, 'delivery_done')) === 1);
  expect(b.delivered).toMatchObject([{ attempt: 1 }]);
  expect(await count(pool, "delivery_attempt where outcome <> 'succeeded'")).toBe(0);
});

test('O7: a call that its time limit cut before anything was sent is a failure like any other', async () => {
  const a = new ScriptedTarget();
  a.answer = ({ attempt }): Outcome => (attempt === 1 ? { kind: 'cancelled' } : { kind: 'succeeded' });
  running = await startEngine(database.url, forward, { a });
  await running.engine.intake.accept([message('k', 'm')]);
  const { pool } = running;
  await until('it has ended', async () => (await count(pool, 'delivery_done')) === 1);
  expect(a.delivered.map(({ attempt }) => attempt)).toEqual([1, 2]);
});
