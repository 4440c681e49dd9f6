import type { JsonObject } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { statement } from '../statement.ts';
import type { WaitingDelivery } from './waiting-delivery.ts';

/** Deliveries of one (part, target, lane) in memory at most; the rest wait in the table, so that one dead target costs no memory. */
const READ_AHEAD = 150;
const PAGE = 100;
/** After a reading that failed. Milliseconds. */
const READ_AGAIN_MS = 500;
/** What is due later is looked at again then: setTimeout fires at once beyond 2^31 ms. */
const LONGEST_TIMER_MS = 86_400_000;

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

interface LaneCursor {
  lastId: string;
  /** Nothing of the lane waits behind `lastId`. */
  exhausted: boolean;
  /** Of its deliveries, in memory. */
  size: number;
  /** What is read of it now was left by an earlier owner, who may have sent it: it goes as ambiguous (D5). */
  inherited: boolean;
}

interface Chain {
  /** In order; the first is the head, and the only one that may be on its way. */
  readonly waiting: WaitingDelivery[];
  busy: boolean;
  /** Set while its head waits for its time. */
  timer: NodeJS.Timeout | undefined;
  /** What was hastened while its head was on its way, or its outcome not stored yet. */
  hastened: Hastened | undefined;
}

interface Hastened {
  readonly atMs: number;
  readonly chosen: (head: WaitingDelivery) => boolean;
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
  readonly #lanes = new Map<string, LaneCursor>();
  #size = 0;
  #closed = false;
  /** Ended while a read was under way, whose snapshot may be older than that. */
  readonly #endedMeanwhile = new Set<string>();
  #reading: Promise<void> | undefined;
  #again = false;
  #first = true;

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

  /** Closes, and waits for a reading that is under way. */
  async stop(): Promise<void> {
    this.close();
    await this.#reading?.catch(() => undefined);
  }

  get closed(): boolean {
    return this.#closed;
  }

  park(key: string): void {
    this.#parked.add(key);
    const chain = this.#chains.get(key);
    if (chain === undefined) return;
    for (const { lane } of chain.waiting) this.#resize(lane, -1);
    this.#chains.delete(key);
  }

  /** Parked keys may have been released by hand: reads everything afresh that is not in memory. */
  async reread(stillParked: ReadonlySet<string>): Promise<void> {
    await this.#reading;
    const released = [...this.#parked].filter((key) => !stillParked.has(key));
    if (released.length === 0) return;
    for (const key of released) this.#parked.delete(key);
    for (const lane of this.#lanes.values()) lane.lastId = '0';
    await this.read();
  }

  /** Reads what is new. Calls made while one is under way share the next. */
  read(): Promise<void> {
    if (this.#reading !== undefined) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#readPages()
      .catch((error: unknown) => {
        this.#readAgainSoon();
        throw error;
      })
      .finally(() => {
        this.#reading = undefined;
        this.#endedMeanwhile.clear();
        if (this.#again) {
          this.#again = false;
          this.read().catch(() => undefined);
        }
      });
    return this.#reading;
  }

  /**
   * A reading that failed (the database went away) may have moved on past rows that it did not take in, and nothing else need come to ask
   * for them: everything is read afresh, and what is in memory already is passed over.
   */
  #readAgainSoon(): void {
    for (const lane of this.#lanes.values()) lane.lastId = '0';
    setTimeout(() => {
      if (!this.#closed) this.read().catch(() => undefined);
    }, READ_AGAIN_MS).unref();
  }

  async #readPages(): Promise<void> {
    for (const lane of this.#lanes.values()) lane.exhausted = false;
    while (!this.#closed) {
      const asked = [...this.#lanes].map(([lane, cursor]) => ({
        lane,
        cursor,
        share: !cursor.exhausted && cursor.size < READ_AHEAD ? PAGE : 0,
      }));
      const { rows } = await this.#pool.query<DeliveryRow>(
        statement('read-deliveries', [
          this.part,
          this.target,
          asked.map(({ lane }) => lane),
          asked.map(({ cursor }) => cursor.lastId),
          asked.map(({ share }) => share),
          [...this.#parked],
          PAGE,
        ]),
      );
      this.#advance(rows, new Map(asked.map(({ lane, share }) => [lane, share])));
      const earlier = await this.#earlier(rows);
      const nowMs = performance.now();
      for (const row of inOrder([...earlier, ...rows])) this.#append(row, nowMs);
      this.#first = false;
      for (const lane of this.#lanes.values()) if (lane.exhausted) lane.inherited = false;
      if (![...this.#lanes.values()].some(canTakeMore)) break;
    }
  }

  #advance(rows: readonly DeliveryRow[], shares: ReadonlyMap<string, number>): void {
    const read = new Map<string, number>();
    for (const row of rows) {
      read.set(row.lane, (read.get(row.lane) ?? 0) + 1);
      this.#lane(row.lane).lastId = row.id;
    }
    for (const [lane, cursor] of this.#lanes) {
      const share = shares.get(lane) ?? PAGE;
      if (share > 0) cursor.exhausted = (read.get(lane) ?? 0) < share;
    }
  }

  /** A key keeps its order across lanes: what stands before these rows in lanes that were not read to their end. */
  async #earlier(rows: readonly DeliveryRow[]): Promise<readonly DeliveryRow[]> {
    const unread = [...this.#lanes].filter(([, { exhausted }]) => !exhausted);
    const only = unread.length === 1 ? unread[0]?.[0] : undefined;
    const overtaking = unread.length === 0 ? [] : rows.filter((row) => row.lane !== only);
    if (overtaking.length === 0) return [];
    const last = new Map(overtaking.map((row) => [row.key, row.id]));
    const earlier = await this.#pool.query<DeliveryRow>(
      statement('read-earlier-deliveries', [
        this.part,
        this.target,
        [...last.keys()],
        [...last.values()],
        unread.map(([lane]) => lane),
        unread.map(([, { lastId }]) => lastId),
      ]),
    );
    return earlier.rows;
  }

  #append(row: DeliveryRow, nowMs: number): void {
    if (this.#closed || this.#parked.has(row.key) || this.#endedMeanwhile.has(row.id)) return;
    let chain = this.#chains.get(row.key);
    if (chain?.waiting.some((other) => other.delivery.id === row.id)) return;
    if (chain === undefined) {
      chain = { waiting: [], busy: false, timer: undefined, hastened: undefined };
      this.#chains.set(row.key, chain);
    }
    chain.waiting.push(this.#toWaiting(row, nowMs));
    this.#resize(row.lane, 1);
    if (chain.waiting.length === 1) this.#offer(chain);
  }

  #lane(lane: string): LaneCursor {
    let cursor = this.#lanes.get(lane);
    if (cursor === undefined) {
      cursor = { lastId: '0', exhausted: false, size: 0, inherited: this.#first };
      this.#lanes.set(lane, cursor);
    }
    return cursor;
  }

  #resize(lane: string, by: 1 | -1): void {
    this.#size += by;
    this.#lane(lane).size += by;
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
      // When it failed is its former owner's knowledge.
      failedAtMs: (row.due_in_ms ?? 0) > 0 ? nowMs : undefined,
      pausedByTarget: false,
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
        ambiguous: row.ambiguous || this.#lane(row.lane).inherited,
      },
    };
  }

  #offer(chain: Chain): void {
    const head = chain.waiting[0];
    if (head === undefined || chain.busy) return;
    chain.busy = true;
    this.#offerInTime(chain, head);
  }

  /** A timer may fire a millisecond early, and a head that is only near its time would be sent: against its back-off, or past its use. */
  #offerInTime(chain: Chain, head: WaitingDelivery): void {
    // An unknown outcome is found out even when the command is of no use any more.
    const expiresAtMs = head.verifying ? undefined : head.expiresAtMs;
    const waitMs = Math.min(head.dueAtMs, expiresAtMs ?? head.dueAtMs) - performance.now();
    chain.timer = undefined;
    if (waitMs <= 0) {
      this.#onHead(head, this);
      return;
    }
    chain.timer = setTimeout(
      () => {
        if (!this.#closed) this.#offerInTime(chain, head);
      },
      Math.min(Math.ceil(waitMs), LONGEST_TIMER_MS),
    );
    chain.timer.unref();
  }

  /**
   * Heads for which `chosen` is true need not wait for their time any more, nor those that have failed by now and whose outcome is still being
   * stored. Nothing is stored: after a crash they wait for the time that they were given.
   */
  hasten(chosen: (head: WaitingDelivery) => boolean): void {
    for (const chain of this.#chains.values()) {
      const [head] = chain.waiting;
      if (chain.timer === undefined) chain.hastened = { atMs: performance.now(), chosen };
      if (head === undefined || chain.timer === undefined || !chosen(head)) continue;
      clearTimeout(chain.timer);
      const hastened = { ...head, dueAtMs: performance.now() };
      chain.waiting[0] = hastened;
      this.#offerInTime(chain, hastened);
    }
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
    if (this.#reading !== undefined) this.#endedMeanwhile.add(head.delivery.id);
    this.#resize(head.lane, -1);
    chain.busy = false;
    if (chain.waiting.length === 0) this.#chains.delete(head.delivery.key);
    else this.#offer(chain);
    const { exhausted, size } = this.#lane(head.lane);
    if (!exhausted && size < READ_AHEAD / 2) this.read().catch(() => undefined);
  }

  /** The head must be tried again; it keeps its place. */
  again(head: WaitingDelivery, next: WaitingDelivery): void {
    const chain = this.#chains.get(head.delivery.key);
    if (chain === undefined) return;
    const hastened = chain.hastened !== undefined && missed(chain.hastened, next);
    chain.waiting[0] = hastened ? { ...next, dueAtMs: performance.now() } : next;
    chain.busy = false;
    this.#offer(chain);
  }
}

/** It had failed by then, and was not told. */
function missed({ atMs, chosen }: Hastened, head: WaitingDelivery): boolean {
  return head.failedAtMs !== undefined && head.failedAtMs <= atMs && chosen(head);
}

function canTakeMore({ exhausted, size }: LaneCursor): boolean {
  return !exhausted && size < READ_AHEAD;
}

function inOrder(rows: readonly DeliveryRow[]): readonly DeliveryRow[] {
  const unique = new Map(rows.map((row) => [row.id, row]));
  return [...unique.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}
