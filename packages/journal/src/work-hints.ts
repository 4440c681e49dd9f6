import pg, { type Pool } from 'pg';

const CHANNEL = 'trunkline_work';
const RECONNECT_MS = 500;

export interface WorkHintsOptions {
  readonly pool: Pool;
  /** Another node put messages into these partitions. */
  readonly onWork: (parts: ReadonlySet<number>) => void;
  /** Hints come in from now on; of what came before, none did. */
  readonly onListening: () => void;
}

/**
 * Tells the other nodes that partitions of theirs have work, by NOTIFY. Hints only: a lost one costs an idle read's wait (250 ms), so
 * nothing is repeated, nothing is kept, and an error is no failure. One notification at a time per node, because a commit with one
 * takes a lock that all such commits of the database share; what comes meanwhile goes with the next.
 */
export class WorkHints {
  readonly #options: WorkHintsOptions;
  #waiting = new Set<number>();
  #sending = false;
  #listener: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = true;

  constructor(options: WorkHintsOptions) {
    this.#options = options;
  }

  send(parts: Iterable<number>): void {
    for (const part of parts) this.#waiting.add(part);
    if (!this.#sending && this.#waiting.size > 0) void this.#sendWaiting();
  }

  /** Begins to listen, on a connection of its own: one from a pool would lose its subscription when it is handed on. */
  async listen(): Promise<void> {
    this.#stopped = false;
    await this.#connect();
  }

  async #connect(): Promise<void> {
    const { pool } = this.#options;
    // Who ended the pool has no use for hints, stopped or not.
    if (this.#stopped || pool.ending) return;
    // The pool hides its password from being copied.
    const listener = new pg.Client({
      ...pool.options,
      password: pool.options.password,
      application_name: 'trunkline-hints',
    });
    const again = () => this.#reconnect(listener);
    listener.on('error', again);
    listener.on('end', again);
    listener.on('notification', ({ payload }) => this.#options.onWork(partsOf(payload)));
    this.#listener = listener;
    try {
      await listener.connect();
      await listener.query(`listen ${CHANNEL}`);
      this.#options.onListening();
    } catch {
      again();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const listener = this.#listener;
    this.#listener = undefined;
    await listener?.end().catch(() => undefined);
  }

  async #sendWaiting(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.size > 0) {
      const parts = [...this.#waiting].join(',');
      this.#waiting = new Set();
      await this.#options.pool
        .query({ name: 'hint', text: `select pg_notify('${CHANNEL}', $1)`, values: [parts] })
        .catch(() => undefined);
    }
    this.#sending = false;
  }

  #reconnect(failed: pg.Client): void {
    if (this.#listener !== failed) return;
    this.#listener = undefined;
    failed.end().catch(() => undefined);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#connect(), RECONNECT_MS);
  }
}

function partsOf(payload: string | undefined): ReadonlySet<number> {
  return new Set((payload ?? '').split(',').filter(Boolean).map(Number));
}
