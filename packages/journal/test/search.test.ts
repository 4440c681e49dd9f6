/** Real: PostgreSQL with 20,000 identifiers, the readers of threads and cases. Doubled: nothing. Observed: what is found, and the planner's own plan. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseDesk, migrate, openDatabase, ThreadReader } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';

let database: TestDatabase;
let pool: Pool;
const plans: string[] = [];
/** Asks for the plan of each statement before it runs it. */
const explaining = {
  query: async (text: string, values: unknown[]) => {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    return pool.query(text, values);
  },
} as unknown as Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, 4);
  await pool.query(
    `insert into canonical_state (part, key, kind, stage, body)
     select n % 4, 'so_' || n, 'order', 'shipped', '{}' from generate_series(1, 20000) n`,
  );
  await pool.query(
    `insert into identifier (part, key, kind, value, system)
     select n % 4, 'so_' || n, 'order_number', 'S' || lpad(n::text, 5, '0'), 'erp' from generate_series(1, 20000) n`,
  );
  await pool.query(
    `insert into identifier (part, key, kind, value, system) values (0, 'so_8', 'customer_po', 's00042', 'crm')`,
  );
  await pool.query('analyze');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('a thread is found by an identifier in any case, by the index; as it is written goes first', async () => {
  const reader = new ThreadReader(explaining, 4);
  const keysOf = async (words: string) => (await reader.find(words, 5)).map(({ key }) => key);
  plans.length = 0;
  expect(await keysOf('s00043')).toEqual(['so_43']);
  expect(await keysOf('s00042')).toEqual(['so_8', 'so_42']);
  expect(await keysOf('S00042')).toEqual(['so_42', 'so_8']);
  expect((await keysOf('s0004')).length).toBe(5);
  expect(plans.length).toBeGreaterThanOrEqual(4);
  for (const plan of plans.slice(0, 4)) {
    expect(plan).toMatch(/Index Scan (using|on) identifier_by_value/);
    expect(plan).not.toContain('Seq Scan on identifier');
  }
});

test('so is the case that an order is caught in', async () => {
  plans.length = 0;
  const query = { status: 'all', sort: 'oldest', q: 's00043' } as const;
  expect(await new CaseDesk(explaining, 4, {}).list(query, 5, 0)).toEqual({ items: [], total: 0 });
  expect(plans[0]).toMatch(/Index Scan (using|on) identifier_by_value/);
  expect(plans[0]).not.toContain('Seq Scan on identifier');
});
