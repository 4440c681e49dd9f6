/**
 * Real: PostgreSQL, the migrations as they are, the engine. Observed: a journal that was filled before the time slices came is whole
 * after them: what waits goes on, what ended is found, a repeat is known, ids rise, and the old rows end by retention.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  DEFAULT_RETENTION,
  dayOf,
  migrate,
  openDatabase,
  partitionOf,
  Retention,
  ThreadReader,
} from '../src/index.ts';
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

const MIGRATIONS = new URL('../src/migrations/', import.meta.url);
const SLICES = 7;

let database: TestDatabase;
let before: Pool;
let node: TestEngine;
const target = new ScriptedTarget();
beforeAll(async () => {
  database = await createTestDatabase();
  before = openDatabase({ url: database.url });
  await before.query('create schema trunkline');
  await before.query(
    'create table schema_migration (version integer primary key, name text not null, applied_at timestamptz not null default now())',
  );
  for (const name of readdirSync(MIGRATIONS).sort()) {
    if (Number(name.slice(0, 4)) >= SLICES) continue;
    await before.query(readFileSync(new URL(name, MIGRATIONS), 'utf8'));
    await before.query('insert into schema_migration (version, name) values ($1, $2)', [
      Number(name.slice(0, 4)),
      name,
    ]);
  }
});
afterAll(async () => {
  await node.close();
  expect(node.errors).toEqual([]);
  await before.end();
  await database.drop();
});

async function fill(): Promise<void> {
  const part = partitionOf('k', 4);
  await before.query(
    `insert into message (part, key, source, source_id, type, payload)
     select $1, 'k', 'test', 'old' || n, 'event', json_build_object('n', n) from generate_series(1, 1000) n`,
    [part],
  );
  await before.query(
    'insert into message_dedupe (part, source, source_id) select part, source, source_id from message',
  );
  await before.query(
    "insert into message_result (part, id, state) select part, id, 'processed' from message where id <= 990",
  );
  await before.query(
    'insert into message_waiting (part, id, key) select part, id, key from message where id > 990',
  );
  await before.query(
    `insert into delivery (part, target, key, message_id, type, flow, payload)
     select $1, 'a', 'k', n, 'act', 'test', json_build_object('n', n) from generate_series(981, 990) n`,
    [part],
  );
  await before.query(
    `insert into delivery_done (part, id, target, key, message_id, type, flow, payload, state, attempts, created_at)
     select $1, 1000 + n, 'a', 'k', n, 'act', 'test', '{}', 'succeeded', 1, now() from generate_series(1, 980) n`,
    [part],
  );
  await before.query(
    "insert into invalid_message (source, source_id, payload, faults) values ('dallas', 'x', '?', '[]')",
  );
}

test('a journal with messages in it is whole after the migration, and its old rows end by retention', async () => {
  await fill();
  await before.query('vacuum analyze');
  await migrate(before, 4);
  expect(await count(before, 'message')).toBe(1000);
  expect(await count(before, 'delivery_done')).toBe(980);
  expect(await count(before, 'invalid_message')).toBe(1);
  node = await startEngine(
    database.url,
    (incoming) => ({
      ...NOTHING,
      commands: [
        {
          role: 'a',
          target: 'a',
          type: 'act',
          flow: 'test',
          payload: { n: Number((incoming.payload as { n: number }).n) },
        },
      ],
    }),
    { a: target },
  );
  const answers = await node.engine.intake.accept([message('k', 'old5'), message('k', 'new', { n: 1001 })]);
  expect(answers.map((answer) => answer.kind)).toEqual(['duplicate', 'stored']);
  await until('all have ended', async () => (await count(node.pool, 'delivery_done')) === 1001);
  expect(target.delivered.map((delivery) => delivery.payload['n'])).toEqual(
    Array.from({ length: 21 }, (_, i) => 981 + i),
  );
  const { rows } = await before.query<{ source_id: string }>(
    'select source_id from message order by id desc limit 2',
  );
  expect(rows).toEqual([{ source_id: 'new' }, { source_id: 'old1000' }]);
  const reader = new ThreadReader(node.pool, 4);
  expect(await reader.messages('k')).toHaveLength(1001);
  await new Retention(node.pool, DEFAULT_RETENTION).run((await dayOf(node.pool)) + 90);
  const left = await before.query<{ source_id: string }>('select source_id from message');
  expect(left.rows).toEqual([{ source_id: 'new' }]);
});
