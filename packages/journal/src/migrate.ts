import { readdirSync, readFileSync } from 'node:fs';
import type { Pool, PoolClient } from 'pg';

/** Any number; every node takes the same lock, so that two that start at once migrate one after the other. */
const MIGRATION_LOCK = 7_472_756;
const MINIMUM_SERVER = 150_000;

export const DEFAULT_PARTITIONS = 8;

export class JournalStartError extends Error {
  override readonly name = 'JournalStartError';
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly text: string;
}

function migrations(): readonly Migration[] {
  const folder = new URL('./migrations/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      text: readFileSync(new URL(name, folder), 'utf8'),
    }));
}

/**
 * Brings the schema `trunkline` to this version, forward only, in one transaction under a lock. Refuses a newer schema and a
 * server before 15. Returns the journal's number of partitions, which is fixed by whoever came first.
 */
export async function migrate(pool: Pool, partitions = DEFAULT_PARTITIONS): Promise<number> {
  const client = await pool.connect();
  try {
    await requireServer(client);
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query('create schema if not exists trunkline');
    await client.query('set local search_path to trunkline');
    await client.query(
      'create table if not exists schema_migration (version integer primary key, name text not null, applied_at timestamptz not null default now())',
    );
    const applied = await client.query<{ version: number }>('select version from schema_migration');
    const versions = new Set(applied.rows.map(({ version }) => version));
    const current = Math.max(0, ...versions);
    const known = migrations();
    const newest = known.at(-1)?.version ?? 0;
    if (current > newest) {
      throw new JournalStartError(
        `The database's schema is version ${current}, and this Trunkline knows ${newest} at most: it was used by a newer release. Start that release, or restore a backup from before the upgrade.`,
      );
    }
    for (const migration of known.filter(({ version }) => !versions.has(version))) {
      await client.query(migration.text);
      await client.query('insert into schema_migration (version, name) values ($1, $2)', [
        migration.version,
        migration.name,
      ]);
    }
    const fixed = await fixPartitions(client, partitions);
    await client.query('commit');
    return fixed;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function requireServer(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: string; text: string }>(
    "select current_setting('server_version_num') as version, current_setting('server_version') as text",
  );
  const row = rows[0];
  if (row !== undefined && Number(row.version) < MINIMUM_SERVER) {
    throw new JournalStartError(
      `The database server is PostgreSQL ${row.text}; the journal needs 15 or newer. Point DATABASE_URL to a newer server.`,
    );
  }
}

async function fixPartitions(client: PoolClient, wanted: number): Promise<number> {
  await client.query(
    "insert into journal_setting (name, value) values ('partitions', $1) on conflict (name) do nothing",
    [String(wanted)],
  );
  const { rows } = await client.query<{ value: string }>(
    "select value from journal_setting where name = 'partitions'",
  );
  const partitions = Number(rows[0]?.value);
  await client.query(
    'insert into partition_lease (part) select generate_series(0, $1::int - 1) on conflict do nothing',
    [partitions],
  );
  return partitions;
}
