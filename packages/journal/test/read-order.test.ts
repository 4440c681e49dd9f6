/**
 * Real: PostgreSQL, the engine. Doubled: a slow sender, by a transaction that this test holds open; the processor, which notes what it
 * sees. Observed: the order in which a key's messages are processed, when ids and commits come in different orders.
 */
import type { IncomingMessage, Message, Processor } from '@trunkline/messaging';
import type { Pool, PoolClient } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MessageIntake, migrate, openDatabase, partitionOf } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { count, message, NOTHING, startEngine, type TestEngine, until } from './support/engine.ts';

let database: TestDatabase;
let running: TestEngine;
let seen: string[];
let pool: Pool;
let intake: MessageIntake;
let slow: PoolClient;
let onStall: () => void;

const noting: Processor = ({ key, sourceId }: Message) => {
  if (key === 'stall') onStall();
  seen.push(sourceId);
  return NOTHING;
};

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  seen = [];
  pool = openDatabase({ url: database.url });
  intake = new MessageIntake({ pool, partitions: await migrate(pool, 4) });
  // The lane stands before the sender that holds its transaction open: who adds a lane waits for whoever adds the same.
  await pool.query("insert into lane (name) values ('test') on conflict do nothing");
  slow = await pool.connect();
});
afterEach(async () => {
  slow.release();
  await running.close();
  await pool.end();
});
afterAll(() => database.drop());

/** Takes ids for the messages and does not commit. */
async function acceptSlowly(key: string, id: string): Promise<void> {
  await slow.query('begin');
  // A pool in name only: the intake asks it for nothing but `query`.
  const uncommitted = new MessageIntake({ pool: slow as unknown as Pool, partitions: 4 });
  await uncommitted.accept([message(key, id)]);
}

/** Other keys' messages in every partition, with higher ids than the slow one's. */
const others = (name: string) =>
  Array.from({ length: 16 }, (_, n) => message(`${name}-other-${n}`, `${name}-other-${n}`));

async function untilProcessed(messages: readonly IncomingMessage[]): Promise<void> {
  await until('they are processed', () => messages.every(({ sourceId }) => seen.includes(sourceId)));
}

async function ownOrder(ids: readonly string[]): Promise<readonly string[]> {
  await until('both are processed', async () => (await count(pool, 'message_waiting')) === 0);
  return seen.filter((id) => ids.includes(id));
}

test('a commit that came late right after the start is read before what its key got later', async () => {
  await acceptSlowly('k', 'start-1');
  await intake.accept(others('start'));
  running = await startEngine(database.url, noting, {});
  await untilProcessed(others('start'));
  await slow.query('commit');
  await running.engine.intake.accept([message('k', 'start-2')]);
  expect(await ownOrder(['start-1', 'start-2'])).toEqual(['start-1', 'start-2']);
});

test('a commit during a batch that took longer than the overlap is read before what its key got later', async () => {
  expect(partitionOf('k2', 4), 'it is this partition’s reads that must lie far apart').toBe(
    partitionOf('stall', 4),
  );
  running = await startEngine(database.url, noting, {});
  await acceptSlowly('k2', 'long-1');
  await intake.accept(others('long'));
  await untilProcessed(others('long'));
  let committed: Promise<unknown> = Promise.resolve();
  onStall = () => {
    committed = slow.query('commit');
    const until700Ms = performance.now() + 700;
    while (performance.now() < until700Ms);
  };
  await running.engine.intake.accept([message('stall', 'stall')]);
  await until('it has stalled', () => seen.includes('stall'));
  await committed;
  await running.engine.intake.accept([message('k2', 'long-2')]);
  expect(await ownOrder(['long-1', 'long-2'])).toEqual(['long-1', 'long-2']);
});
