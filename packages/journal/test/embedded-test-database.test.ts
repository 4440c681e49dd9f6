// Real: the run's one PostgreSQL. This holds the tests' own footing: isolated databases, leaks found.
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { createTestDatabase } from './support/database.ts';

async function databases(): Promise<string[]> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
  await client.end();
  return rows.map((row) => row.datname);
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

test('two databases know nothing of each other and are gone after their drop', async () => {
  const [one, other] = [await createTestDatabase(), await createTestDatabase()];
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  await client.query('create table only_here (n int)');
  await client.end();
  const second = new pg.Client({ connectionString: other.url });
  await second.connect();
  await expect(second.query('select from only_here')).rejects.toMatchObject({ code: '42P01' });
  await second.end();
  await one.drop();
  await other.drop();
  const left = await databases();
  expect(left).not.toContain(nameOf(one.url));
  expect(left).not.toContain(nameOf(other.url));
});

test('a connection that was left open fails the drop, and the database is gone all the same', async () => {
  const database = await createTestDatabase();
  const leaked = new pg.Client({ connectionString: database.url });
  leaked.on('error', () => {});
  await leaked.connect();
  await expect(database.drop()).rejects.toThrow(/1 connection\(s\) .* still open/);
  expect(await databases()).not.toContain(nameOf(database.url));
});
