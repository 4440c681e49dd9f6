/**
 * Real: PostgreSQL, its NOTIFY, two engines on one database with a pool each: one that only accepts, one that works. Doubled: its idle
 * read, which comes once in ten minutes where a hint alone is to wake it.
 * Observed: the notifications on the wire, and that what one node accepts is handled on the other.
 */
import type { Processor } from '@trunkline/messaging';
import pg, { type Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Engine, type EngineOptions, migrate, openDatabase, partitionOf } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { message, NOTHING, startEngine, type TestEngine, until } from './support/engine.ts';

const PARTITIONS = 4;
let database: TestDatabase;
let gatewayPool: Pool;
let gateway: Engine;
let worker: TestEngine;
const handled = new Set<string>();
const HINTS_ALONE = { idleReadMs: 600_000 };

const noting: Processor = (incoming) => {
  handled.add(incoming.sourceId);
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
});
afterEach(() => worker.close());
afterAll(async () => {
  await gatewayPool.end();
  await database.drop();
});

async function startWorker(more: Partial<EngineOptions>): Promise<void> {
  worker = await startEngine(database.url, noting, {}, more);
  await until('the worker has all', () => ['k0', 'k1', 'k2', 'k3'].every((key) => worker.engine.owns(key)));
}

/** Accepts on the gateway, one message after the other; each is handled by the worker before the next. */
async function handles(prefix: string, size: number): Promise<void> {
  for (let i = 0; i < size; i++) {
    const id = `${prefix}${i}`;
    await gateway.intake.accept([message(`k${i}`, id)]);
    await until(`${id} was handled`, () => handled.has(id));
  }
}

test('what one node accepts wakes the owner on another', async () => {
  await startWorker(HINTS_ALONE);
  await handles('woken', 21);
});

test('a hint goes out for partitions of other nodes alone', async () => {
  await startWorker({});
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

const LISTENERS =
  "select pid from pg_stat_activity where application_name = 'trunkline-hints' and datname = current_database()";

async function killListener(): Promise<void> {
  const before = (await gatewayPool.query<{ pid: number }>(LISTENERS)).rows;
  expect(before).toHaveLength(1);
  await gatewayPool.query('select pg_terminate_backend($1)', [before[0]?.pid]);
  await until('it is gone', async () =>
    (await gatewayPool.query<{ pid: number }>(LISTENERS)).rows.every((row) => row.pid !== before[0]?.pid),
  );
}

test('without the listener every message is handled all the same', async () => {
  await startWorker({});
  await killListener();
  await handles('deaf', 3);
});

test('the listener comes back, and hints with it', async () => {
  await startWorker(HINTS_ALONE);
  await killListener();
  // What comes while nobody listens is found when one does again.
  await handles('again', 21);
});
