import {
  type Accepted,
  type CursorStore,
  type IncomingMessage,
  type InvalidMessageChannel,
  type JsonValue,
  laneOf,
  type MessageStore,
} from '@trunkline/messaging';
import type { Pool } from 'pg';
import { partitionOf } from './partition.ts';
import { statement } from './statement.ts';

/** Rows of one accept statement at most: 2,000 messages of 1 KB are a 2 MB statement, past which it gets no faster. */
const MAX_BATCH = 2000;
/** Accept statements under way at once; more only queue in the server. */
const MAX_CONCURRENT = 4;

interface Waiting {
  readonly messages: readonly IncomingMessage[];
  readonly resolve: (accepted: readonly Accepted[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface AcceptOptions {
  readonly pool: Pool;
  readonly partitions: number;
  /** A hint that these partitions have work; called after the commit. */
  readonly onAccepted?: (parts: ReadonlySet<number>) => void;
}

/**
 * The way into the journal. Requests that wait at the same time share one statement and one commit, which is what makes single
 * accepts cheap; each resolves only after that commit.
 */
export class MessageIntake implements MessageStore, CursorStore, InvalidMessageChannel {
  readonly #pool: Pool;
  readonly #partitions: number;
  readonly #onAccepted: (parts: ReadonlySet<number>) => void;
  #waiting: Waiting[] = [];
  #running = 0;

  constructor(options: AcceptOptions) {
    this.#pool = options.pool;
    this.#partitions = options.partitions;
    this.#onAccepted = options.onAccepted ?? (() => undefined);
  }

  accept(messages: readonly IncomingMessage[]): Promise<readonly Accepted[]> {
    if (messages.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ messages, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#running < MAX_CONCURRENT) {
      const group: Waiting[] = [];
      let size = 0;
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        if (group.length > 0 && size + next.messages.length > MAX_BATCH) break;
        group.push(next);
        size += next.messages.length;
        this.#waiting.shift();
      }
      this.#running++;
      void this.#store(group).finally(() => {
        this.#running--;
        this.#flush();
      });
    }
  }

  async #store(group: readonly Waiting[]): Promise<void> {
    const all = group.flatMap((waiting) => waiting.messages);
    try {
      const accepted = await insertMessages(this.#pool, this.#partitions, all);
      this.#onAccepted(partsOf(all, this.#partitions));
      let at = 0;
      for (const waiting of group) {
        waiting.resolve(accepted.slice(at, at + waiting.messages.length));
        at += waiting.messages.length;
      }
    } catch (error) {
      for (const waiting of group) waiting.reject(error);
    }
  }

  async read(source: string, stream: string): Promise<JsonValue | undefined> {
    const { rows } = await this.#pool.query<{ cursor: JsonValue }>(
      'select cursor from poll_cursor where source = $1 and stream = $2',
      [source, stream],
    );
    return rows[0]?.cursor;
  }

  async acceptAndMove(
    source: string,
    stream: string,
    cursor: JsonValue,
    messages: readonly IncomingMessage[],
  ): Promise<readonly Accepted[]> {
    const page = [source, stream, JSON.stringify(cursor)] as const;
    const accepted = await insertMessages(this.#pool, this.#partitions, messages, page);
    this.#onAccepted(partsOf(messages, this.#partitions));
    return accepted;
  }

  async keep(source: string, sourceId: string, payload: string, faults: readonly unknown[]): Promise<void> {
    await this.#pool.query(
      'insert into invalid_message (source, source_id, payload, faults) values ($1, $2, $3, $4)',
      [source, sourceId, payload, JSON.stringify(faults)],
    );
  }
}

function partsOf(messages: readonly IncomingMessage[], partitions: number): ReadonlySet<number> {
  return new Set(messages.map((message) => partitionOf(message.key, partitions)));
}

/** `page`: the poller's source, stream and cursor, which moves in the same statement. */
async function insertMessages(
  pool: Pool,
  partitions: number,
  messages: readonly IncomingMessage[],
  page?: readonly [string, string, string],
): Promise<readonly Accepted[]> {
  const answers: Accepted[] = messages.map(() => ({ kind: 'duplicate' }));
  const rows: { part: number; message: IncomingMessage; index: number }[] = [];
  const seen = new Set<string>();
  messages.forEach((message, index) => {
    const part = partitionOf(message.key, partitions);
    const identity = `${part}\u0000${message.source}\u0000${message.sourceId}`;
    if (seen.has(identity)) return;
    seen.add(identity);
    rows.push({ part, message, index });
  });
  const result = await pool.query<{ position: number }>(
    statement(page === undefined ? 'accept-messages' : 'accept-page', [
      rows.map((row) => row.part),
      rows.map((row) => row.message.key),
      rows.map((row) => row.message.source),
      rows.map((row) => row.message.sourceId),
      rows.map((row) => row.message.type),
      rows.map((row) => JSON.stringify(row.message.payload)),
      ...(page ?? []),
      rows.map((row) => laneOf(row.message)),
    ]),
  );
  for (const { position } of result.rows) {
    const row = rows[position - 1];
    if (row !== undefined) answers[row.index] = { kind: 'stored' };
  }
  return answers;
}
