/** Real: PostgreSQL, a pool, a connection that the server ends. Doubled: nothing. Observed: that the process lives, and who is told. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { until } from './support/engine.ts';

let database: TestDatabase;
let pool: Pool;
const told: Error[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url, onIdleError: (error) => told.push(error) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a connection that breaks between two statements of a transaction fails the transaction and not the process', async () => {
  const client = await pool.connect();
  await client.query('begin');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  await until('it was told', () => told.length > 0);
  await expect(client.query('commit')).rejects.toThrow();
  client.release(true);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});
