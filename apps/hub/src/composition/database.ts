import { dirname, resolve } from 'node:path';
import { openDatabase } from '@trunkline/journal';
import { findRunningEmbedded, startEmbeddedPostgres } from '@trunkline/journal/embedded';
import type { Pool, PoolClient } from 'pg';
import type { Configuration } from '../configuration/schema.ts';
import { CommandError } from '../terminal/command-error.ts';

export interface OpenedDatabase {
  readonly pool: Pool;
  /** Sentences for the start-up report. */
  readonly origin: string;
  close(): Promise<void>;
}

/** The folder of the embedded database and the first credentials. */
export function stateFolder(configuration: Configuration, file: string): string {
  return resolve(dirname(file), configuration.hub.state ?? '.trunkline');
}

/** Undefined: the embedded server. The configuration's own address has been judged by its schema, the environment's not. */
function serverUrl(configuration: Configuration, environment: NodeJS.ProcessEnv): string | undefined {
  const given = configuration.database?.url ?? (environment['DATABASE_URL'] || undefined);
  if (given === undefined || /^postgres(ql)?:\/\//.test(given)) return given;
  throw new CommandError(
    'DATABASE_URL is no address of a PostgreSQL server. Write it as postgres://user:password@host:5432/name, or unset it for the embedded server.',
    2,
  );
}

/** The hub's database: the configured server, else DATABASE_URL, else the embedded server, which is started or found running. */
export async function openHubDatabase(
  configuration: Configuration,
  file: string,
  environment: NodeJS.ProcessEnv,
  onError: (error: Error) => void,
): Promise<OpenedDatabase> {
  const url = serverUrl(configuration, environment);
  if (url !== undefined) {
    const pool = openDatabase({ url, onIdleError: onError });
    return { pool, origin: 'the configured PostgreSQL', close: () => pool.end() };
  }
  const embedded = await startEmbeddedPostgres({
    stateDir: stateFolder(configuration, file),
  });
  const pool = openDatabase({ url: embedded.url, onIdleError: onError });
  const presence = await announcePresence(pool, onError);
  embedded.onExit((exit) => {
    if (exit.expected) return;
    onError(
      new Error(
        'The embedded PostgreSQL ended unexpectedly. Its own log is postgres.log in the state folder.',
      ),
    );
    // Everything durable is in its data directory; the supervisor that starts the hub again starts it again.
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  });
  return {
    pool,
    origin: embedded.reattached ? 'the embedded PostgreSQL, found running' : 'the embedded PostgreSQL',
    close: async () => {
      const alone = await isAlone(presence);
      await pool.end();
      if (alone) await embedded.stop();
    },
  };
}

/** Any number but the migrations'. */
const PRESENCE_LOCK = 7_472_757;

/**
 * Every hub on an embedded server holds this lock, shared, for as long as it lives. The server serves whoever re-attached to it, so
 * a hub that ends (or could not start: a second one finds the port taken) must not end it under another.
 */
async function announcePresence(pool: Pool, onError: (error: Error) => void): Promise<PoolClient> {
  const client = await pool.connect();
  client.on('error', onError);
  await client.query('select pg_advisory_lock_shared($1)', [PRESENCE_LOCK]);
  return client;
}

/** A server that no longer answers has nobody on it. */
async function isAlone(presence: PoolClient): Promise<boolean> {
  try {
    await presence.query('select pg_advisory_unlock_shared($1)', [PRESENCE_LOCK]);
    const { rows } = await presence.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
      PRESENCE_LOCK,
    ]);
    return rows[0]?.alone ?? true;
  } catch {
    return true;
  } finally {
    presence.release(true);
  }
}

/** For commands that only look: the database of a hub that runs, or undefined when its embedded server does not. */
export async function findHubDatabase(
  configuration: Configuration,
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<Pool | undefined> {
  const url = serverUrl(configuration, environment);
  if (url !== undefined) return openDatabase({ url, poolSize: 4 });
  const running = await findRunningEmbedded(stateFolder(configuration, file));
  return running === undefined ? undefined : openDatabase({ url: running, poolSize: 4 });
}
