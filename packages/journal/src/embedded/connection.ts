import pg from 'pg';
import { SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';
import type { StatePaths } from './state-directory.ts';

const DATABASE = 'trunkline';
const INVALID_PASSWORD = '28P01';

export function connectionUrl(port: number, password: string, database = DATABASE): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Proves the password against the running server and makes Trunkline's database at the first start. */
export async function ensureDatabase(paths: StatePaths, port: number, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: connectionUrl(port, password, 'postgres') });
  try {
    await client.connect();
    const found = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === INVALID_PASSWORD)) throw error;
    throw new EmbeddedPostgresError(
      'PASSWORD_REFUSED',
      `The embedded PostgreSQL refused the password in ${paths.password}: that file is not the one its data was made with. Put the right file back, or move ${paths.root} away to start empty.`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}
