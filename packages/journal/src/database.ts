import pg from 'pg';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most. The engine needs about one per partition in work plus a few for readers. */
  readonly poolSize?: number;
  /** Told of a connection that failed while idle; the pool replaces it. */
  readonly onIdleError?: (error: Error) => void;
}

/** A pool whose connections speak to the schema `trunkline`. Bigints stay strings: they do not fit a number. */
export function openDatabase(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 14,
    application_name: 'trunkline',
    options: '-c search_path=trunkline',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
  });
  pool.on('error', (error) => options.onIdleError?.(error));
  // A connection that breaks between two statements of a transaction tells only the client, and an error that nobody listens to ends the process.
  // The transaction learns of it by its next statement.
  pool.on('connect', (client) => client.on('error', (error) => options.onIdleError?.(error)));
  return pool;
}
