import type { JsonObject } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { statement } from '../statement.ts';
import type { WaitingDelivery } from './waiting-delivery.ts';

/** Deliveries of one (part, target) in memory at most; the rest wait in the table, so that one dead target costs no memory. */
const READ_AHEAD = 150;
const PAGE = 100;

interface DeliveryRow {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly flow: string;
  readonly payload: JsonObject;
  readonly supersedes: string | null;
  readonly reply: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly ambiguous: boolean;
  readonly message_id: string;
  readonly lane: string;
  readonly tried_for_ms: number | null;
  readonly due_in_ms: number | null;
  readonly expires_in_ms: number | null;
}

interface Chain {
  /** In order; the first is the head, and the only one that may be on its way. */
  readonly waiting: WaitingDelivery[];
  busy: boolean;
}

/**
 * What waits for one target in one partition, chained by key: the head of a chain may go, the rest waits behind it. A parked head
 * keeps its key's rows in the table and costs no memory.
 */
export class TargetChains {
  readonly part: number;
  readonly target: string;
  readonly #pool: Pool;
  readonly #onHead: (head: WaitingDelivery, chains: TargetChains) => void;
  readonly #chains = new Map<string, Chain>();
  readonly #parked = new Set<string>();
  #size = 0;
  #closed = false;
  #lastId = '0';
  #exhausted = true;
  #reading: Promise<void> | undefined;
  #again = false;
  /** What the first reading finds was left by an earlier owner, who may have sent it: it goes as ambiguous (D5). */
  #inherited = true;

  constructor(
    pool: Pool,
    part: number,
    target: string,
    onHead: (head: WaitingDelivery, chains: TargetChains) => void,
  ) {
    this.#pool = pool;
    this.part = part;
    this.target = target;
    this.#onHead = onHead;
  }

  get waiting(): number {
    return this.#size;
  }

  get hasParked(): boolean {
    return this.#parked.size > 0;
  }

  /** The lease is gone: another owner has these deliveries, and nothing of what is known here may be sent or settled any more. */
  close(): void {
    this.#closed = true;
    this.#chains.clear();
    this.#size = 0;
  }

  get closed(): boolean {
    return this.#closed;
  }

  park(key: string): void {
    this.#parked.add(key);
    const chain = this.#chains.get(key);
    if (chain === undefined) return;
    this.#size -= chain.waiting.length;
    this.#chains.delete(key);
  }

  /** Parked keys may have been released by hand: reads everything afresh that is not in memory. */
  async reread(stillParked: ReadonlySet<string>): Promise<void> {
    await this.#reading;
    const released = [...this.#parked].filter((key) => !stillParked.has(key));
    if (released.length === 0) return;
    for (const key of released) this.#parked.delete(key);
    this.#lastId = '0';
    await this.read();
  }

  /** Reads what is new. Calls made while one is under way share the next. */
  read(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#readPages().finally(() => {
      this.#reading = undefined;
      if (this.#again) {
        this.#again = false;
        this.read().catch(() => undefined);
      }
    });
    return this.#reading;
  }

  async #readPages(): Promise<void> {
    this.#exhausted = false;
    while (!this.#closed && !this.#exhausted && this.#size < READ_AHEAD) {
      const { rows } = await this.#pool.query<DeliveryRow>(
        statement('read-deliveries', [this.part, this.target, this.#lastId, [...this.#parked], PAGE]),
      );
      const nowMs = performance.now();
      for (const row of rows) this.#append(row, nowMs);
      this.#lastId = rows.at(-1)?.id ?? this.#lastId;
      this.#exhausted = rows.length < PAGE;
      if (this.#exhausted) this.#inherited = false;
    }
  }

  #append(row: DeliveryRow, nowMs: number): void {
    if (this.#closed || this.#parked.has(row.key)) return;
    let chain = this.#chains.get(row.key);
    if (chain?.waiting.some((other) => other.delivery.id === row.id)) return;
    if (chain === undefined) {
      chain = { waiting: [], busy: false };
      this.#chains.set(row.key, chain);
    }
    chain.waiting.push(this.#toWaiting(row, nowMs));
    this.#size++;
    if (chain.waiting.length === 1) this.#offer(chain);
  }

  #toWaiting(row: DeliveryRow, nowMs: number): WaitingDelivery {
    return {
      part: this.part,
      lane: row.lane,
      messageId: row.message_id,
      supersedes: row.supersedes,
      reply: row.reply,
      verifying: row.state === 'verifying',
      dueAtMs: nowMs + (row.due_in_ms ?? 0),
      expiresAtMs: row.expires_in_ms === null ? undefined : nowMs + row.expires_in_ms,
      firstTriedAtMs: row.tried_for_ms === null ? undefined : nowMs - row.tried_for_ms,
      delivery: {
        id: row.id,
        key: row.key,
        target: this.target,
        type: row.type,
        flow: row.flow,
        payload: row.payload,
        attempt: row.attempts + 1,
        ambiguous: row.ambiguous || this.#inherited,
      },
    };
  }

  #offer(chain: Chain): void {
    const head = chain.waiting[0];
    if (head === undefined || chain.busy) return;
    chain.busy = true;
    const wait = head.dueAtMs - performance.now();
    if (wait <= 0) this.#onHead(head, this);
    else
      setTimeout(() => {
        if (!this.#closed) this.#onHead(head, this);
      }, wait).unref();
  }

  /** A newer state for the same key waits behind this head: the head need not go. */
  successorOf(head: WaitingDelivery): WaitingDelivery | undefined {
    if (head.supersedes === null) return undefined;
    return this.#chains
      .get(head.delivery.key)
      ?.waiting.findLast(
        (other) => other.supersedes === head.supersedes && other.delivery.id !== head.delivery.id,
      );
  }

  /** The head has ended: the next of its key may go. */
  ended(head: WaitingDelivery): void {
    const chain = this.#chains.get(head.delivery.key);
    if (chain === undefined) return;
    chain.waiting.shift();
    this.#size--;
    chain.busy = false;
    if (chain.waiting.length === 0) this.#chains.delete(head.delivery.key);
    else this.#offer(chain);
    if (!this.#exhausted && this.#size < READ_AHEAD / 2) this.read().catch(() => undefined);
  }

  /** The head must be tried again; it keeps its place. */
  again(head: WaitingDelivery, next: WaitingDelivery): void {
    const chain = this.#chains.get(head.delivery.key);
    if (chain === undefined) return;
    chain.waiting[0] = next;
    chain.busy = false;
    this.#offer(chain);
  }
}
