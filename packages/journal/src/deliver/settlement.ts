import type { Identifier, StakesOf } from '@trunkline/messaging';
import type { Pool, PoolClient } from 'pg';
import type { ExchangeRecorder } from '../audit/exchange-recorder.ts';
import { SettledCalls } from '../audit/settled-calls.ts';
import { inTransaction, openExceptions } from '../exceptions.ts';
import type { Asking, LaneTurns } from '../lane/lane-turns.ts';
import type { Lease } from '../lease/lease-keeper.ts';
import type { OpenedException } from '../process/columns.ts';
import { statement } from '../statement.ts';
import type { Settled, WaitingDelivery } from './waiting-delivery.ts';

const MAX_BATCH = 500;
/** How long outcomes in a lane that gives way wait for company, and as many of them as are then written at once. */
const GATHER_MS = 100;
const YIELDING_BATCH = 50;
/** A call to one's turn that was missed costs no more than this. */
const LONGEST_TURN_MS = 500;

export interface Settlement {
  readonly waiting: WaitingDelivery;
  readonly settled: Settled;
  /** Absent when nothing was sent (superseded). */
  readonly attempt?: {
    readonly outcome: string;
    readonly code: string | null;
    readonly detail: string | null;
    readonly tookMs: number;
  };
  readonly reply?: { readonly type: string; readonly payload: unknown };
  readonly identifiers: readonly Identifier[];
  readonly exception?: OpenedException;
  /** Called after the commit. */
  readonly done: () => void;
}

export interface SettlementOptions {
  readonly pool: Pool;
  readonly lease: Lease;
  readonly stakesOf: StakesOf;
  /** Others of this node have work that this must not get in the way of. */
  readonly givesWay: (waiting: WaitingDelivery) => boolean;
  readonly turns: LaneTurns;
  /** Of a lane that comes in bulk. */
  readonly bulk: (waiting: WaitingDelivery) => boolean;
  readonly exchanges?: ExchangeRecorder | undefined;
  readonly onReplies: (part: number) => void;
  readonly onFenced: (part: number) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes what became of deliveries, per partition, in bulk: results that come in while a statement is under way share the next.
 * A statement that fails is repeated until it passes or the lease is gone; until then the key waits, and nothing is forgotten.
 */
export class SettlementWriter {
  readonly #options: SettlementOptions;
  #queue: Settlement[] = [];
  /** Ends the wait that is under way. */
  #hurry: () => void = () => undefined;
  readonly #asking: readonly Asking[];
  #writing: Promise<void> | undefined;
  #stopped = false;

  constructor(options: SettlementOptions) {
    this.#options = options;
    this.#asking = [true, false].map((bulk) => ({ who: {}, bulk, wake: () => this.#hurry() }));
  }

  add(settlement: Settlement): void {
    this.#queue.push(settlement);
    if (!this.#patient(settlement)) this.#hurry();
    this.#writing ??= this.#drain();
  }

  #patient({ waiting }: Settlement): boolean {
    return !this.#stopped && this.#options.givesWay(waiting);
  }

  /** Writes what is queued, then no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#hurry();
    await this.#writing;
  }

  async #drain(): Promise<void> {
    let failures = 0;
    while (this.#queue.length > 0) {
      const { batch, end } = await this.#next();
      try {
        const fenced = await this.#write(batch).finally(end);
        const written = new Set(batch);
        this.#queue = this.#queue.filter((settlement) => !written.has(settlement));
        failures = 0;
        if (!fenced) {
          this.#queue = [];
          this.#options.onFenced(this.#options.lease.part);
          break;
        }
        if (batch.some((row) => row.reply !== undefined)) this.#options.onReplies(this.#options.lease.part);
        for (const settlement of batch) settlement.done();
      } catch (error) {
        this.#options.onError(error);
        failures++;
        if (this.#stopped && failures > 3) break;
        await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 100 * 2 ** failures)));
      }
    }
    this.#writing = undefined;
    // What gave way may have been written out of turn: whose turn it were would be called and not come, and keep all others waiting.
    for (const { who } of this.#asking) this.#options.turns.needNotGiveWay(who);
  }

  /**
   * What is written next. One turn of the loop lets the outcomes of one call gather; those of lanes that give way gather from several calls,
   * so that a flood costs few commits, and go by themselves, in turns with all that gives way.
   */
  async #next(): Promise<{ readonly batch: readonly Settlement[]; readonly end: () => void }> {
    let gathered = false;
    for (;;) {
      if (!this.#queue.every((settlement) => this.#patient(settlement))) {
        await new Promise((resolve) => setImmediate(resolve));
        const urgent = this.#queue.filter((settlement) => !this.#patient(settlement));
        if (urgent.length === 0) continue;
        return { batch: urgent.slice(0, MAX_BATCH), end: () => undefined };
      }
      if (!gathered) {
        await this.#wait(GATHER_MS);
        gathered = true;
        continue;
      }
      const { turns, bulk } = this.#options;
      const of = Map.groupBy(this.#queue, ({ waiting }) => bulk(waiting));
      for (const { who, bulk: kind } of this.#asking) if (!of.has(kind)) turns.needNotGiveWay(who);
      const turn = turns.giveWay(...this.#asking.filter((one) => of.has(one.bulk)));
      const own = turn === undefined ? undefined : of.get(turn.asking.bulk);
      if (turn !== undefined && own !== undefined)
        return { batch: own.slice(0, YIELDING_BATCH), end: () => turn.end() };
      await this.#wait(LONGEST_TURN_MS);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #write(batch: readonly Settlement[]): Promise<boolean> {
    const { pool, lease, stakesOf, exchanges } = this.#options;
    const calls = new SettledCalls(
      exchanges,
      lease.part,
      batch.filter(isTried).map((row) => row.waiting.delivery),
    );
    const exceptions = batch.flatMap((row) => (row.exception === undefined ? [] : [row.exception]));
    if (exceptions.length === 0) {
      const fenced = await settle(pool, lease, batch, calls);
      calls.stored();
      return fenced;
    }
    const fenced = await inTransaction(pool, async (client) => {
      const fenced = await settle(client, lease, batch, calls);
      if (fenced) await openExceptions(client, lease.part, 'deliver', exceptions, stakesOf);
      return fenced;
    });
    calls.stored();
    return fenced;
  }
}

type Tried = Settlement & { readonly attempt: NonNullable<Settlement['attempt']> };

function isTried(row: Settlement): row is Tried {
  return row.attempt !== undefined;
}

async function settle(
  client: Pool | PoolClient,
  lease: Lease,
  batch: readonly Settlement[],
  calls: SettledCalls,
): Promise<boolean> {
  const ended = batch.filter((row) => row.settled.kind === 'ended');
  const kept = batch.filter((row) => row.settled.kind !== 'ended');
  const tried = batch.filter(isTried);
  const replies = batch.flatMap((row) => (row.reply === undefined ? [] : [{ row, reply: row.reply }]));
  const identifiers = batch.flatMap((row) =>
    row.identifiers.map((identifier) => ({ key: row.waiting.delivery.key, identifier })),
  );
  const { rows } = await client.query<{ fenced: number }>(
    statement('settle-deliveries', [
      lease.part,
      lease.owner,
      lease.epoch,
      lease.owner,
      ended.map((row) => row.waiting.delivery.target),
      ended.map((row) => row.waiting.delivery.id),
      ended.map((row) => (row.settled.kind === 'ended' ? row.settled.state : null)),
      ended.map((row) => (row.settled.kind === 'ended' ? (row.settled.note ?? null) : null)),
      ended.map(attemptsOf),
      kept.map((row) => row.waiting.delivery.target),
      kept.map((row) => row.waiting.delivery.id),
      kept.map((row) => (row.settled.kind === 'waiting' ? row.settled.state : 'parked')),
      kept.map(attemptsOf),
      kept.map((row) =>
        row.settled.kind === 'waiting' ? row.settled.ambiguous : row.waiting.delivery.ambiguous,
      ),
      kept.map((row) => (row.settled.kind === 'waiting' ? row.settled.dueInMs : 0)),
      tried.map((row) => row.waiting.delivery.id),
      tried.map((row) => row.waiting.delivery.attempt),
      tried.map(({ attempt }) => attempt.outcome),
      tried.map(({ attempt }) => attempt.code),
      tried.map(({ attempt }) => attempt.detail),
      tried.map(({ attempt }) => attempt.tookMs),
      replies.map(({ row }) => row.waiting.delivery.key),
      replies.map(({ row }) => row.waiting.delivery.target),
      replies.map(({ row }) => `delivery:${row.waiting.delivery.id}`),
      replies.map(({ reply }) => reply.type),
      replies.map(({ reply }) => JSON.stringify(reply.payload)),
      identifiers.map((row) => row.key),
      identifiers.map((row) => row.identifier.kind),
      identifiers.map((row) => row.identifier.value),
      identifiers.map((row) => row.identifier.system),
      ended.map((row) => row.waiting.lane),
      kept.map((row) => row.waiting.lane),
      replies.map(({ row }) => row.waiting.lane),
      ...calls.columns(),
      kept.map((row) => row.settled.kind === 'waiting' && row.settled.anew === true),
    ]),
  );
  return rows[0]?.fenced === 1;
}

/** Tries made: the one that this settles counts if it was made. */
function attemptsOf({ attempt, waiting }: Settlement): number {
  return attempt === undefined ? waiting.delivery.attempt - 1 : waiting.delivery.attempt;
}
