/** Real: PostgreSQL and the reader of one partition's lanes. Doubled: nothing; the turns of the lanes that rest are taken by the test. */
import type { IncomingMessage } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MessageIntake, migrate, openDatabase, partitionOf } from '../src/index.ts';
import { LaneRegistry } from '../src/lane/lane-registry.ts';
import { LaneTraffic } from '../src/lane/lane-traffic.ts';
import { LaneTurns } from '../src/lane/lane-turns.ts';
import { LaneReader } from '../src/process/lane-reader.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { message } from './support/engine.ts';

const PARTITIONS = 4;
const KEYS = Array.from({ length: 40 }, (_, n) => `k${n}`).filter(
  (key) => partitionOf(key, PARTITIONS) === 0,
);

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, PARTITIONS);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a lane that waits for its turn is looked at, and only what it holds is looked for among the keys’ histories', async () => {
  const intake = new MessageIntake({ pool, partitions: PARTITIONS });
  const inLane = (lane: string, n: number): IncomingMessage => ({
    ...message(KEYS[n % KEYS.length] ?? '', `${lane}${n}`),
    lane,
  });
  await intake.accept(Array.from({ length: 400 }, (_, n) => inLane('orders', n)));
  const traffic = new LaneTraffic();
  const turns = new LaneTurns();
  turns.giveWay({ who: {}, bulk: false, wake: () => undefined });
  for (const lane of ['replay', 'batch']) traffic.saw(lane, false);
  traffic.saw('orders', true);
  const registry = new LaneRegistry(pool);
  const reader = new LaneReader({ pool, part: 0, registry, traffic, turns, wake: () => undefined });
  const asked = vi.spyOn(pool, 'query');
  const statements = () => asked.mock.calls.map(([query]) => (query as unknown as { name?: string }).name);

  const first = await reader.read(new Set());
  expect(first.rows).not.toHaveLength(0);
  expect(statements()).toContain('read-waiting');
  expect(statements()).not.toContain('read-earlier');

  await intake.accept([inLane('replay', 0)]);
  await intake.accept([inLane('crm', 0)]);
  const read = await reader.read(new Set());
  const own = read.rows
    .filter(({ key, lane }) => key === KEYS[0] && lane !== 'orders')
    .map(({ lane }) => lane);
  expect(statements()).toContain('read-earlier');
  expect(own, 'the replay came first, so it goes first').toEqual(['replay', 'crm']);
  reader.close();
});
