/**
 * The sums of the overview. Real: PostgreSQL, the engine, two nodes of which one loses its leases in mid-work. Doubled: the processor, which
 * puts each key into the stage that its message names. Observed: the sums against a count of the states themselves.
 */
import { fc } from '@fast-check/vitest';
import type { Processor } from '@trunkline/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countStages, migrate, openDatabase, WaitingCounts } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { count, message, NOTHING, startEngine, until } from './support/engine.ts';

const SEED = Number(process.env['TRUNKLINE_TEST_SEED'] ?? 7);
const MESSAGES = 1200;
console.log(`seed ${SEED}`);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const staging: Processor = ({ payload }) => {
  const { kind, stage } = payload as { kind: string; stage: string };
  return { ...NOTHING, state: { kind, stage, body: {} } };
};

test('threads by stage are what their states say, whatever moved them and whoever was fenced meanwhile', async () => {
  const moves = fc.sample(
    fc.record({
      key: fc.integer({ min: 1, max: 60 }),
      kind: fc.constantFrom('order', 'order', 'order', 'customer'),
      stage: fc.constantFrom('received', 'confirmed', 'released', 'shipped'),
    }),
    { seed: SEED, numRuns: MESSAGES },
  );
  const first = await startEngine(database.url, staging, {});
  const second = await startEngine(database.url, staging, {});
  const { pool } = first;
  for (let sent = 0; sent < MESSAGES; sent += 30) {
    await first.engine.intake.accept(
      moves
        .slice(sent, sent + 30)
        .map(({ key, ...payload }, n) => message(`k${key}`, `m${sent + n}`, payload)),
    );
    // As when an owner stood still for longer than its lease: what it still writes is refused.
    if (sent === 300 || sent === 750)
      await pool.query(
        "update partition_lease set epoch = epoch + 1, expires_at = '-infinity' where part < 2",
      );
  }
  await until('all are processed', async () => (await count(pool, 'message_result')) === MESSAGES);
  for (const kind of ['order', 'customer']) {
    const { rows } = await pool.query<{ stage: string; count: number }>(
      'select stage, count(*)::int as count from canonical_state where kind = $1 group by stage',
      [kind],
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(await countStages(pool, kind)).toEqual(new Map(rows.map((row) => [row.stage, row.count])));
  }
  await Promise.all([first.close(), second.close()]);
});

test('what waits is counted for each who asks while it is little, and where it is much it is told with its age', async () => {
  const own = await createTestDatabase();
  const pool = openDatabase({ url: own.url });
  await migrate(pool, 8);
  const arrive = (messages: number, parked: number) =>
    pool.query(
      `with m as (insert into message_waiting (part, lane, id, key) select n % 8, 'dallas', nextval('delivery_id'), 'k' || n from generate_series(1, $1::int) n)
       insert into delivery (part, target, key, message_id, type, flow, payload, state)
       select n % 8, 'erp', 'k' || n, n, 'order.place', 'order-acceptance', '{}', 'parked' from generate_series(1, $2::int) n`,
      [messages, parked],
    );
  let nowMs = 0;
  const counts = new WaitingCounts(pool, () => nowMs);
  await arrive(3, 2);
  const few = { messages: 3, targets: new Map([['erp', { waiting: 0, parked: 2 }]]) };
  expect(await counts.read()).toEqual(few);
  await arrive(1, 0);
  expect(await counts.read()).toEqual({ ...few, messages: 4 });

  await arrive(6000, 0);
  const { countedAt, ...many } = await counts.read().then(() => counts.read());
  expect(many).toEqual({ ...few, messages: 6004 });
  expect(countedAt).toBeInstanceOf(Date);
  await arrive(1000, 0);
  expect(await counts.read(), 'the same count, with its time').toEqual({ ...many, countedAt });
  nowMs += 30_000;
  const [anew, shared] = await Promise.all([counts.read(), counts.read()]);
  expect(anew.messages).toBe(7004);
  expect(shared, 'counted once for both').toEqual(anew);

  await pool.query('delete from message_waiting');
  nowMs += 30_000;
  expect(await counts.read(), 'little again').toEqual({ ...few, messages: 0 });
  await pool.end();
  await own.drop();
});
