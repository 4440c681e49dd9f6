/**
 * Real: PostgreSQL and its planner, on the schema that the migrations make. Nothing is doubled. Observed: how the statements that every batch of
 * messages runs are planned for a journal in which nothing waits at the moment. Needs a server from 16 on (EXPLAIN GENERIC_PLAN).
 */
import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate, openDatabase } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, 4);
  await pool.query(
    "insert into message_waiting (part, id, key, lane) select n % 4, n, 'k' || n, 'crm' from generate_series(1, 20000) n",
  );
  await pool.query('delete from message_waiting');
  await pool.query('vacuum analyze message_waiting');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test.each(['read-waiting', 'complete-messages'])(
  'after a flood, when nothing waits, %s is planned for the next one: not by reading all that waits',
  async (name) => {
    const text = readFileSync(new URL(`../src/sql/${name}.sql`, import.meta.url), 'utf8');
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain (generic_plan, costs off) ${text}`);
    const scans = rows.map((row) => row['QUERY PLAN']).filter((line) => / on message_waiting\b/.test(line));
    expect(scans.length).toBeGreaterThan(0);
    expect(scans.filter((line) => line.includes('Seq Scan'))).toEqual([]);
  },
);
