/**
 * Real: PostgreSQL, its NOTIFY, two engines on one database with a pool each: one that only accepts, one that works. Doubled: nothing.
 * Observed: the notifications on the wire, how long a message waits for its handler, and that losing the listener loses no message.
 */
import type { Processor } from '@trunkline/messaging';
import pg, { type Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine, migrate, openDatabase, partitionOf } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { message, NOTHING, startEngine, type TestEngine, until } from './support/engine.ts';

const PARTITIONS = 4;
let database: TestDatabase;
let gatewayPool: Pool;
let gateway: Engine;
let worker: TestEngine;
const handledAtMs = new Map<string, number>();

const noting: Processor = (incoming) => {
  handledAtMs.set(incoming.sourceId, performance.now());
  return NOTHING;
};

beforeAll(async () => {
  database = await createTestDatabase();
  gatewayPool = openDatabase({ url: database.url, poolSize: 3 });
  await migrate(gatewayPool, PARTITIONS);
  // Never started: the role of a gateway.
  gateway = new Engine({
    pool: gatewayPool,
    partitions: PARTITIONS,
    process: noting,
    targets: new Map(),
    onError: () => undefined,
  });
  worker = await startEngine(database.url, noting, {});
  await until('the worker has all', () => ['k0', 'k1', 'k2', 'k3'].every((key) => worker.engine.owns(key)));
});
afterAll(async () => {
  await worker.close();
  await gatewayPool.end();
  await database.drop();
});

/** From before the accept to the handler, one message after the other, in milliseconds, sorted. */
async function waits(prefix: string, size: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let i = 0; i < size; i++) {
    const id = `${prefix}${i}`;
    const sentMs = performance.now();
    await gateway.intake.accept([message(`k${i}`, id)]);
    await until(`${id} was handled`, () => handledAtMs.has(id));
    took.push((handledAtMs.get(id) ?? Number.NaN) - sentMs);
  }
  return took.sort((a, b) => a - b);
}

test('what one node accepts wakes the owner on another, long before its idle read', async () => {
  const took = await waits('woken', 21);
  // Unwoken, the wait is even between 0 and 250 ms: a median under 70 ms would come once in some 100,000 runs.
  expect(took[10]).toBeLessThan(70);
});

test('a hint goes out for partitions of other nodes alone', async () => {
  const listener = new pg.Client({ connectionString: database.url });
  await listener.connect();
  const heard: (string | undefined)[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload));
  await listener.query('listen trunkline_work');
  await worker.engine.intake.accept([message('own', 'own-1')]);
  await gateway.intake.accept([message('other', 'other-1')]);
  await until('the gateway’s is heard', () => heard.length > 0);
  // Notifications come in the order of their commits: the worker's would have been the first.
  expect(heard).toEqual([String(partitionOf('other', PARTITIONS))]);
  await listener.end();
});

test('without the listener every message is handled all the same, and the listener comes back', async () => {
  const listeners =
    "select pid from pg_stat_activity where application_name = 'trunkline-hints' and datname = current_database()";
  const before = (await gatewayPool.query<{ pid: number }>(listeners)).rows;
  expect(before).toHaveLength(1);
  await gatewayPool.query('select pg_terminate_backend($1)', [before[0]?.pid]);
  await until('it is gone', async () =>
    (await gatewayPool.query<{ pid: number }>(listeners)).rows.every((row) => row.pid !== before[0]?.pid),
  );
  expect(await waits('deaf', 3)).toHaveLength(3);
  await until('a new one listens', async () => (await gatewayPool.query(listeners)).rowCount === 1);
  expect((await waits('again', 21))[10]).toBeLessThan(70);
});
