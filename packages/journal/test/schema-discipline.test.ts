/**
 * Real: PostgreSQL, its catalogue and its planner, on the schema that the migrations make. Nothing is doubled. Observed: what would
 * keep the journal from being distributed by `part` (ADR 3): keys without it, statements that touch several parts, triggers,
 * foreign keys; and whether docs/spec/journal-schema.md is current. Needs a server from 16 on (EXPLAIN GENERIC_PLAN).
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_RETENTION, migrate, openDatabase, Retention } from '../src/index.ts';
import { readCatalogue, type Table } from './support/catalogue.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { partsTouched } from './support/parts-touched.ts';
import { MANIFEST, schemaManifest } from './support/schema-manifest.ts';

const SQL = new URL('../src/sql/', import.meta.url);

/** Tables that need no `part`: small, and copied to every shard or kept on one when the journal is distributed. */
const REFERENCE: Readonly<Record<string, string>> = {
  bulk_operation: 'one row per act on many exceptions, by people',
  failure_case: 'one row per kind of failure, written when it is seen for the first time',
  mapping: 'one row per word that people translate, by people',
  lane: 'one row per source system, segment and named lane',
  node: 'one row per node',
  schedule_job: 'one row per job',
  retention_class: 'a row per kind of key with days of its own',
  dedupe_generation: 'a row per generation, five at most',
  credential: 'a few rows, read at start and when someone signs in',
  invalid_message: 'what could not be read has no business key; not on the path of a valid message',
  journal_setting: 'a few rows, read at start',
  poll_cursor: 'one row per polled stream',
  poll_progress: 'one row per polled stream, written every few seconds',
  schema_migration: 'one row per migration',
  target_control: 'one row per target, read once a second',
  target_node: 'one row per target and node, written once a second',
};

/** Statements that touch more than one part, each with what distributing by `part` makes of it. */
const SEVERAL_PARTS: Readonly<Record<string, string>> = {
  'accept-page.sql': 'a poller’s page and its cursor in one commit; splits by part when distributed',
  'accept-messages.sql': 'one commit for the messages of several senders; splits by part when distributed',
  'acquire-leases.sql': 'ownership of parts, once a second per node',
  'bury-nodes.sql': 'ownership of parts, when a node has died',
  'complete-messages.sql': 'reads and writes its own part; messages to other keys go to the parts of those',
  'pause-target.sql': 'a person’s act on a target, told in part 0',
  'read-nodes.sql': 'ownership of parts, once a second per node',
  'renew-leases.sql': 'ownership of parts, once a second per node',
  'resume-target.sql': 'a person’s act on a target, told in part 0',
};

let database: TestDatabase;
let pool: Pool;
let tables: readonly Table[];
let hot: readonly Table[];
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, 4);
  tables = await readCatalogue(pool);
  hot = tables.filter((table) => !(table.name in REFERENCE));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('every hot table has `part` in its primary key and in every unique index', () => {
  expect(hot.length).toBeGreaterThan(5);
  const without = hot.flatMap((table) => {
    const unique = table.indexes.filter((index) => index.unique && !index.columns.includes('part'));
    const keyless = table.indexes.some((index) => index.primary) ? [] : [`${table.name} has no primary key`];
    return [...keyless, ...unique.map((index) => index.name)];
  });
  expect(without).toEqual([]);
});

test('`part` is a smallint in every hot table, so that all are distributed alike', () => {
  const types = hot.map((table) => table.columns.find((column) => column.name === 'part')?.type);
  expect(new Set(types)).toEqual(new Set(['smallint']));
});

test('a table is a reference table only while it has no `part`, and only while it exists', () => {
  const names = tables
    .filter((table) => !table.columns.some((column) => column.name === 'part'))
    .map((table) => table.name);
  expect(names).toEqual(Object.keys(REFERENCE).sort());
});

test('there are no triggers and no foreign keys', () => {
  expect(tables.flatMap((table) => [...table.triggers, ...table.foreignKeys])).toEqual([]);
});

test('every statement in src/sql touches one part at most, but for those that say why', async () => {
  const files = readdirSync(SQL).sort();
  expect(files.length).toBeGreaterThan(10);
  const several: string[] = [];
  for (const file of files) {
    const parts = await partsTouched(pool, readFileSync(new URL(file, SQL), 'utf8'), hot);
    if (parts.size > 1 || parts.has('several')) several.push(file);
  }
  expect(several).toEqual(Object.keys(SEVERAL_PARTS).sort());
});

test('what grows for ever ends by DROP: it is partitioned, one level deep, and nothing else than that is', () => {
  const partitioned = tables.filter((table) => table.partitioned !== null);
  expect(partitioned.map(({ name, partitioned: by }) => `${name}: ${by}`)).toEqual([
    'delivery_attempt: RANGE (class, delivery_id)',
    'delivery_done: RANGE (class, id)',
    'exchange: RANGE (id)',
    'exchange_body: RANGE (day)',
    'invalid_message: RANGE (id)',
    'message: RANGE (class, id)',
    'message_dedupe: LIST (generation)',
    'message_result: RANGE (class, id)',
  ]);
});

test('a partition is itself not partitioned, and has every index of its table', async () => {
  const { rows } = await pool.query<{ name: string; kind: string; missing: number }>(
    `select c.relname as name, c.relkind as kind,
       (select count(*) from pg_index where indrelid = i.inhparent)::int - (select count(*) from pg_index where indrelid = c.oid)::int as missing
     from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
     where p.relkind = 'p' and c.relnamespace = 'trunkline'::regnamespace`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(8);
  expect(rows.filter((row) => row.kind !== 'r' || row.missing !== 0)).toEqual([]);
});

test('a message is read from one slice, however many there are', async () => {
  const retention = new Retention(pool, DEFAULT_RETENTION);
  await retention.prepare();
  await pool.query(
    "insert into message (part, class, key, source, source_id, type, payload) values (1, 0, 'k', 's', 'i', 't', '{}')",
  );
  await pool.query('insert into message_waiting (part, id, key) select part, id, key from message');
  const client = await pool.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(
      `prepare read_waiting (smallint, text[], bigint[], integer[], text[], integer) as ${readFileSync(new URL('read-waiting.sql', SQL), 'utf8')}`,
    );
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      "explain (analyze, costs off, timing off, summary off) execute read_waiting (1, '{}', '{}', '{}', '{}', 10)",
    );
    const scans = rows.map((row) => row['QUERY PLAN']).filter((line) => /Scan .* on message_c\d/.test(line));
    expect(scans.length).toBeGreaterThan(1);
    expect(scans.filter((line) => !line.includes('never executed'))).toHaveLength(1);
  } finally {
    client.release();
    await pool.query('truncate message, message_waiting');
  }
});

test('no statement takes an advisory lock', () => {
  const source = new URL('../src/', import.meta.url);
  const holders = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(sql|ts)$/.test(file))
    .filter((file) => readFileSync(new URL(file, source), 'utf8').includes('pg_advisory'));
  // Migrations run before there is a row that could be locked.
  expect(holders).toEqual(['migrate.ts']);
});

test('docs/spec/journal-schema.md is current; `npm run schema` writes it', () => {
  expect(readFileSync(MANIFEST, 'utf8')).toBe(schemaManifest(tables));
});
