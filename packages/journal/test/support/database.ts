import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, inject } from 'vitest';
import './database-server.ts';

const CLOSING_MS = 3_000;

export interface TestDatabase {
  readonly url: string;
  /**
   * Removes the database; call it in afterAll, when every pool has ended.
   * @throws Error when connections were left open, which is a leak in what was tested
   */
  drop(): Promise<void>;
}

let someTestFailed = false;
afterEach(({ task }) => {
  someTestFailed ||= task.result?.state === 'fail';
});

/** An empty database of its own for one test file, on the run's real PostgreSQL. Kept when a test failed. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await onServer((client) => client.query(`create database ${name}`));
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => drop(name) };
}

async function drop(name: string): Promise<void> {
  if (someTestFailed && (await keep(name))) return;
  await onServer(async (client) => {
    const leaked = await openConnections(client, name);
    await client.query(`drop database ${name} with (force)`);
    if (leaked > 0 && !someTestFailed) {
      throw new Error(
        `${leaked} connection(s) to ${name} were still open when its tests had ended: end every pool.`,
      );
    }
  });
}

async function keep(name: string): Promise<boolean> {
  const list = inject('keptDatabasesFile');
  if (list === '') return false;
  await appendFile(list, `${name}\n`);
  console.error(`A test failed; its database ${name} is kept.`);
  return true;
}

/** A closed client's backend needs a moment to go; what is still there after 3 s is a leak. */
async function openConnections(client: pg.Client, name: string): Promise<number> {
  const deadline = Date.now() + CLOSING_MS;
  for (;;) {
    const found = await client.query<{ open: number }>(
      'select count(*)::int as open from pg_stat_activity where datname = $1',
      [name],
    );
    const open = found.rows[0]?.open ?? 0;
    if (open === 0 || Date.now() > deadline) return open;
    await delay(25);
  }
}

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
