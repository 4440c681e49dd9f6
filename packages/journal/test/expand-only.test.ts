/**
 * Real: PostgreSQL, its catalogue, the migrations as they are. Observed: whether a migration takes anything from the statements of the
 * release before, of which a node may still run while the first of the new one starts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../src/index.ts';
import { readCatalogue } from './support/catalogue.ts';
import { contractions } from './support/contractions.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

const MIGRATIONS = new URL('../src/migrations/', import.meta.url);
/**
 * The rule is as old as this; the ones before made keys and slices anew, when nothing had been released. A migration that takes away what
 * the release before uses no more is excepted here by name, with that release.
 */
const FROM = '0015';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await pool.query('create schema trunkline');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('every migration only adds: no statement of the release before fails on it', async () => {
  const files = readdirSync(MIGRATIONS).sort();
  const apply = (file: string) => pool.query(readFileSync(new URL(file, MIGRATIONS), 'utf8'));
  for (const file of files.filter((name) => name < FROM)) await apply(file);
  const held = files.filter((name) => name >= FROM);
  expect(held.length).toBeGreaterThan(3);
  for (const file of held) {
    const before = await readCatalogue(pool);
    await apply(file);
    expect(contractions(before, await readCatalogue(pool)), file).toEqual([]);
  }
});

test.each([
  ['drop table state_tally', 'state_tally is gone'],
  ['alter table target_node drop column total', 'target_node.total is gone'],
  ['alter table target_node rename column total to share', 'target_node.total is gone'],
  ['alter table target_node alter column total type bigint', 'target_node.total was integer and is bigint'],
  [
    'alter table target_node alter column total drop default',
    'target_node.total is filled by itself no more',
  ],
  [
    'alter table target_control alter column probe_by set not null',
    'target_control.probe_by must be filled now',
  ],
  ['alter table target_node add column zone text not null', 'target_node.zone is new and must be filled'],
  [
    'alter table target_node drop constraint target_node_pkey',
    'target_node is unique no more by btree (target, node)',
  ],
  ['create unique index on target_node (node)', 'target_node must be unique by btree (node)'],
  ['alter table target_node add check (total < 9)', 'target_node is held to more: CHECK ((total < 9))'],
])('one that takes something is told: %s', async (sql, told) => {
  const client = await pool.connect();
  try {
    const before = await readCatalogue(pool);
    await client.query('begin');
    await client.query(sql);
    expect(contractions(before, await readCatalogue(client as unknown as Pool))).toContain(told);
  } finally {
    await client.query('rollback');
    client.release();
  }
});
