/**
 * Real: PostgreSQL, its catalogue and its planner, on the schema that the migrations make. Nothing is doubled. Observed: what would
 * keep the journal from being distributed by `part` (ADR 3): keys without it, statements that touch several parts, triggers,
 * foreign keys; and whether docs/spec/journal-schema.md is current. Needs a server from 16 on (EXPLAIN GENERIC_PLAN).
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate, openDatabase } from '../src/index.ts';
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
  node: 'one row per node',
  schedule_job: 'one row per job',
  credential: 'a few rows, read at start and when someone signs in',
  invalid_message: 'what could not be read has no business key; not on the path of a valid message',
  journal_setting: 'a few rows, read at start',
  poll_cursor: 'one row per polled stream',
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
  'read-nodes.sql': 'ownership of parts, once a second per node',
  'renew-leases.sql': 'ownership of parts, once a second per node',
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

test('docs/spec/journal-schema.md is current; `npm run schema` writes it', () => {
  expect(readFileSync(MANIFEST, 'utf8')).toBe(schemaManifest(tables));
});
