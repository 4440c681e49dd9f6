import {
  explainError,
  type Message,
  type Processed,
  type Processor,
  type StakesOf,
  type StoredState,
} from '@trunkline/messaging';
import type { Pool, PoolClient } from 'pg';
import { inTransaction, openExceptions, resolveExceptions } from '../exceptions.ts';
import type { Lease } from '../lease/lease-keeper.ts';
import type { LaneRegistry } from '../lane/lane-registry.ts';
import type { LaneTraffic } from '../lane/lane-traffic.ts';
import type { LaneTurns } from '../lane/lane-turns.ts';
import { AS_TEXT, statement } from '../statement.ts';
import { BatchEffects, type OpenedException } from './columns.ts';
import { LaneReader, type WaitingRow } from './lane-reader.ts';
import { StateCache } from './state-cache.ts';

/** Of JSON: some 1,300 of the smallest states. */
const STATE_CACHE_BYTES = 512 * 1024;
const IDLE_MS = 250;

export interface ProcessorOptions {
  readonly pool: Pool;
  readonly lease: Lease;
  readonly partitions: number;
  readonly process: Processor;
  readonly stakesOf: StakesOf;
  readonly registry: LaneRegistry;
  readonly traffic: LaneTraffic;
  readonly turns: LaneTurns;
  /** After a commit: these targets of this part, and these other parts, have work. */
  readonly onEffects: (part: number, targets: ReadonlySet<string>, parts: ReadonlySet<number>) => void;
  /** The lease is gone; nothing was written. */
  readonly onFenced: (part: number) => void;
  readonly onProcessed: (count: number) => void;
  readonly onError: (error: unknown) => void;
  /** How often it looks for messages that nobody told it of. Milliseconds. */
  readonly idleReadMs?: number;
  /** JSON of states kept in memory at most; half a megabyte unless told. */
  readonly stateCacheBytes?: number;
}

type BatchStates = Map<string, StoredState | undefined>;

interface StateRow extends Omit<StoredState, 'body'> {
  readonly key: string;
  /** JSON text. */
  readonly body: string;
}

interface Poisoned {
  readonly row: WaitingRow;
  readonly error: unknown;
}

/** Processes one owned partition's messages in order: read ahead, decide in memory, complete in bulk. */
export class PartitionProcessor {
  readonly #options: ProcessorOptions;
  readonly #states: StateCache;
  readonly #reader: LaneReader;
  readonly #held = new Set<string>();
  /** Codes of open exceptions that the next good message of one (key, type) ends. */
  readonly #brokenDocuments = new Map<string, Set<string>>();
  /** False: nothing may be processed yet, or what waits behind a poison message could go before it. */
  #heldAreKnown = false;
  #wake: (() => void) | undefined;
  #signalled = false;
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(options: ProcessorOptions) {
    this.#options = options;
    this.#states = new StateCache(options.stateCacheBytes ?? STATE_CACHE_BYTES);
    const { pool, lease, registry, traffic, turns } = options;
    const wake = () => this.signal();
    this.#reader = new LaneReader({ pool, part: lease.part, registry, traffic, turns, wake });
  }

  start(): void {
    this.#running = this.#run();
  }

  /** New messages may wait. Cheap; may be called at any rate. */
  signal(): void {
    this.#signalled = true;
    this.#wake?.();
  }

  /** Finishes the batch under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
    this.#reader.close();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      this.#signalled = false;
      try {
        const more = await this.#step();
        failures = 0;
        if (!more && !this.#signalled) await this.#idle(this.#options.idleReadMs ?? IDLE_MS);
      } catch (error) {
        this.#options.onError(error);
        this.#forget();
        failures++;
        await this.#idle(Math.min(5000, 100 * 2 ** failures));
      }
    }
  }

  #idle(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }

  async #loadHeld(): Promise<void> {
    const { rows } = await this.#options.pool.query<{ key: string }>(
      'select distinct key from message_waiting where part = $1 and held',
      [this.#options.lease.part],
    );
    this.#held.clear();
    for (const row of rows) this.#held.add(row.key);
    const broken = await this.#options.pool.query<{ key: string; type: string; code: string }>(
      statement('read-broken', [this.#options.lease.part]),
    );
    this.#brokenDocuments.clear();
    for (const row of broken.rows) this.#noteBroken(row.key, row.type, row.code);
    this.#heldAreKnown = true;
  }

  #forget(): void {
    this.#states.clear();
    this.#heldAreKnown = false;
    this.#reader.forget();
  }

  /** True when more can be read at once. */
  async #step(): Promise<boolean> {
    if (!this.#heldAreKnown || (this.#reader.sweeps && this.#held.size > 0)) await this.#loadHeld();
    const read = await this.#reader.read(this.#held);
    try {
      if (read.rows.length > 0) await this.#complete(read.rows);
    } finally {
      read.end();
    }
    return read.more;
  }

  async #complete(rows: readonly WaitingRow[]): Promise<void> {
    const { effects, poisoned } = this.#decide(rows, await this.#loadStates(rows));
    try {
      await this.#write(effects, poisoned);
    } catch (error) {
      if (!isDataError(error)) throw error;
      // The database refuses something that one of these messages caused: find it by halves, in order, and hold it alone.
      const [only] = rows;
      if (rows.length > 1) {
        const middle = rows.length >> 1;
        await this.#complete(rows.slice(0, middle));
        await this.#complete(rows.slice(middle));
      } else if (only !== undefined) {
        this.#held.add(only.key);
        await this.#write(new BatchEffects(), [{ row: only, error }]);
      }
    }
  }

  #decide(rows: readonly WaitingRow[], states: BatchStates): { effects: BatchEffects; poisoned: Poisoned[] } {
    const effects = new BatchEffects();
    const poisoned: Poisoned[] = [];
    for (const row of rows) {
      if (this.#held.has(row.key)) continue;
      const state = effects.states.get(row.key) ?? states.get(row.key);
      const processed = this.#try(row, state);
      if ('error' in processed) {
        this.#held.add(row.key);
        this.#noteBroken(row.key, row.type, 'poison_message');
        poisoned.push({ row, error: processed.error });
      } else {
        effects.add(row, processed, this.#options.partitions, state);
        if (processed.disposition === 'invalid') this.#noteBroken(row.key, row.type, 'payload_invalid');
        else this.#mend(row, effects);
      }
    }
    return { effects, poisoned };
  }

  /** What went wrong with an earlier document of this key and type is over when one of them is understood. */
  #mend({ key, type }: WaitingRow, effects: BatchEffects): void {
    const document = documentOf(key, type);
    const codes = this.#brokenDocuments.get(document);
    if (codes === undefined) return;
    for (const code of codes) effects.resolve(key, code);
    effects.mended.push(document);
  }

  #noteBroken(key: string, type: string, code: string): void {
    const document = documentOf(key, type);
    this.#brokenDocuments.set(document, (this.#brokenDocuments.get(document) ?? new Set()).add(code));
  }

  async #write(effects: BatchEffects, poisoned: readonly Poisoned[]): Promise<void> {
    const { lease, pool } = this.#options;
    await this.#options.registry.ensure(effects.lanes);
    const values = [lease.part, lease.owner, lease.epoch, ...effects.columns()];
    const fenced =
      effects.hasExceptions || poisoned.length > 0
        ? await inTransaction(pool, (client) =>
            this.#completeWithExceptions(client, values, effects, poisoned),
          )
        : await completed(pool, values);
    if (!fenced) {
      this.#stopped = true;
      this.#options.onFenced(lease.part);
      return;
    }
    for (const [key, state] of effects.states) this.#states.set(key, state, effects.lengthOf(key));
    for (const document of effects.mended) this.#brokenDocuments.delete(document);
    this.#options.onProcessed(effects.results.length);
    this.#options.onEffects(
      lease.part,
      new Set(effects.deliveries.map((row) => row.command.target)),
      new Set([...effects.messages.values()].map((row) => row.part)),
    );
  }

  #try(row: WaitingRow, state: StoredState | undefined): Processed | { error: unknown } {
    const message: Message = {
      id: row.id,
      key: row.key,
      lane: row.lane,
      source: row.source,
      sourceId: row.source_id,
      type: row.type,
      payload: JSON.parse(row.payload) as Message['payload'],
      acceptedAt: instantOf(row.accepted_at),
    };
    try {
      return this.#options.process(message, state, message.acceptedAt);
    } catch (error) {
      return { error };
    }
  }

  /**
   * The states of a batch's keys, whole before anything is decided. Held apart from the cache, because filling the cache for some
   * keys may evict others of the same batch, and a key without its state would be decided as new.
   */
  async #loadStates(rows: readonly WaitingRow[]): Promise<BatchStates> {
    const states: BatchStates = new Map();
    const missing: string[] = [];
    for (const { key } of rows) {
      if (states.has(key)) continue;
      const cached = this.#states.get(key);
      states.set(key, cached);
      if (cached === undefined && !this.#states.has(key)) missing.push(key);
    }
    if (missing.length === 0) return states;
    const read = statement('read-states', [this.#options.lease.part, missing]);
    const { rows: loaded } = await this.#options.pool.query<StateRow>({ ...read, types: AS_TEXT });
    const lengths = new Map<string, number>();
    for (const { key, kind, stage, body } of loaded) {
      states.set(key, { kind, stage, body: JSON.parse(body) as StoredState['body'] });
      lengths.set(key, body.length);
    }
    for (const key of missing) this.#states.set(key, states.get(key), lengths.get(key) ?? 0);
    return states;
  }

  async #completeWithExceptions(
    client: PoolClient,
    values: unknown[],
    effects: BatchEffects,
    poisoned: readonly Poisoned[],
  ): Promise<boolean> {
    const { lease, stakesOf } = this.#options;
    const { part } = lease;
    if (!(await completed(client, values))) return false;
    await resolveExceptions(client, part, 'process', effects.resolved, 'resolved by a later event');
    const opened = [...effects.exceptions, ...poisoned.map(({ row, error }) => poisonException(row, error))];
    await openExceptions(client, part, 'process', opened, stakesOf);
    await resolveExceptions(client, part, 'process', effects.resolvedAtOnce, 'resolved by a later event');
    if (poisoned.length > 0) {
      await client.query(
        'update message_waiting set held = true where part = $1 and id = any ($2::bigint[])',
        [part, poisoned.map(({ row }) => row.id)],
      );
    }
    return true;
  }
}

async function completed(client: Pool | PoolClient, values: unknown[]): Promise<boolean> {
  const { rows } = await client.query<{ fenced: number }>(statement('complete-messages', values));
  return rows[0]?.fenced === 1;
}

/** `2026-11-25 09:58:00.12` as `2026-11-25T09:58:00.120Z`. */
function instantOf(text: string): string {
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, 23).padEnd(3, '0')}Z`;
}

function documentOf(key: string, type: string): string {
  return `${key}\u0000${type}`;
}

/** SQLSTATE classes 22 (data) and 23 (integrity): the same rows would be refused again. */
function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^2[23]/.test(code);
}

function poisonException(row: WaitingRow, error: unknown): OpenedException {
  const known = explainError('poison_message');
  return {
    code: known.code,
    flow: 'process',
    summary: `${known.meaning} ${error instanceof Error ? error.message : String(error)}`,
    faults: [],
    owner: known.owner,
    remedy: known.remedy,
    key: row.key,
    messageId: row.id,
    deliveryId: null,
    target: null,
  };
}
