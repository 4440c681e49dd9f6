import {
  type Accepted,
  type CursorStore,
  type IncomingMessage,
  type InvalidMessageChannel,
  type JsonValue,
  laneOf,
  type MessageStore,
  PageOvertaken,
  type ReadFrom,
} from '@trunkline/messaging';
import type { Pool } from 'pg';
import { LaneRegistry } from './lane/lane-registry.ts';
import { type AcceptGroup, AcceptQueue } from './lane/accept-queue.ts';
import { LaneTraffic } from './lane/lane-traffic.ts';
import { LaneTurns } from './lane/lane-turns.ts';
import { partitionOf } from './partition.ts';
import { statement } from './statement.ts';

/** Accept statements under way at once; more only queue in the server. */
const MAX_CONCURRENT = 4;

export interface AcceptOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly registry?: LaneRegistry;
  /** Those of the node, where it works partitions as well. */
  readonly traffic?: LaneTraffic;
  readonly turns?: LaneTurns;
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
  readonly #registry: LaneRegistry;
  readonly #waiting: AcceptQueue;
  #running = 0;
  #scheduled = false;

  constructor(options: AcceptOptions) {
    this.#pool = options.pool;
    this.#partitions = options.partitions;
    this.#registry = options.registry ?? new LaneRegistry(options.pool);
    this.#waiting = new AcceptQueue(
      options.traffic ?? new LaneTraffic(),
      options.turns ?? new LaneTurns(),
      () => this.#flush(),
    );
    this.#onAccepted = options.onAccepted ?? (() => undefined);
  }

  accept(messages: readonly IncomingMessage[]): Promise<readonly Accepted[]> {
    if (messages.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.add({ messages, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#flush();
      });
    });
  }

  #flush(): void {
    while (this.#running < MAX_CONCURRENT) {
      const group = this.#waiting.take();
      if (group === undefined) return;
      this.#running++;
      void this.#store(group).finally(() => {
        this.#running--;
        group.end();
        this.#flush();
      });
    }
  }

  async #store({ calls: group }: AcceptGroup): Promise<void> {
    const all = group.flatMap((waiting) => waiting.messages);
    try {
      await this.#registry.ensure(all.map(laneOf));
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
    from?: ReadFrom,
  ): Promise<readonly Accepted[]> {
    const page = { source, stream, cursor, from };
    const end = await this.#waiting.turnOfPage(messages);
    try {
      await this.#registry.ensure(messages.map(laneOf));
      const accepted = await insertMessages(this.#pool, this.#partitions, messages, page);
      this.#onAccepted(partsOf(messages, this.#partitions));
      return accepted;
    } finally {
      end();
    }
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

/** Of a poller; its cursor moves in the statement that stores its messages. */
interface Page {
  readonly source: string;
  readonly stream: string;
  readonly cursor: JsonValue;
  readonly from: ReadFrom | undefined;
}

/** In place of a message's position: nothing was stored. */
const OVERTAKEN = 0;

/** @throws PageOvertaken */
async function insertMessages(
  pool: Pool,
  partitions: number,
  messages: readonly IncomingMessage[],
  page?: Page,
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
      ...(page === undefined ? [] : [page.source, page.stream, JSON.stringify(page.cursor)]),
      rows.map((row) => laneOf(row.message)),
      ...(page === undefined ? [] : [page.from !== undefined, JSON.stringify(page.from?.cursor) ?? null]),
    ]),
  );
  if (page !== undefined && result.rows.some(({ position }) => position === OVERTAKEN))
    throw new PageOvertaken(page.source, page.stream);
  for (const { position } of result.rows) {
    const row = rows[position - 1];
    if (row !== undefined) answers[row.index] = { kind: 'stored' };
  }
  return answers;
}
