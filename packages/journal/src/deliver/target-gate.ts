import { type TargetLimits, tokenChunk } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { statement } from '../statement.ts';

/** A node without anything to send for this long leaves its share of the calls to others. */
const IDLE_MS = 10_000;
/** What the bucket of calls said last, asked again no sooner. */
const SOONEST_MS = 10;

export interface SlotAnswer {
  readonly slots: number;
  readonly paused: boolean;
  readonly held_ms: number | null;
}

export interface TargetGateOptions {
  readonly pool: Pool;
  readonly system: string;
  readonly concurrency: number;
  readonly limits: TargetLimits;
  /** This node has something to send and no share of the calls: asks for one now. */
  readonly onShort: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Whether this node may call a target now: not paused, not asked to wait, within the calls at once, the rate and the day's budget that
 * all nodes share. Tokens come from the database in chunks; what a node that dies had taken is lost, and nothing else.
 */
export class TargetGate {
  readonly #options: TargetGateOptions;
  readonly #counted: boolean;
  #slots = 0;
  #slotsUntilMs = 0;
  #paused = false;
  #heldUntilMs = 0;
  #tokens = 0;
  #nextTokenMs = 0;
  #taking = false;
  #wantedAtMs = Number.NEGATIVE_INFINITY;
  #onOpen: () => void = () => undefined;

  constructor(options: TargetGateOptions) {
    this.#options = options;
    this.#counted = options.limits.rate !== undefined || options.limits.dailyBudget !== undefined;
  }

  get system(): string {
    return this.#options.system;
  }

  /** Calls at once, over all nodes. */
  get total(): number {
    return this.#options.limits.concurrency ?? this.#options.concurrency;
  }

  get wanted(): number {
    return performance.now() - this.#wantedAtMs < IDLE_MS ? this.total : 0;
  }

  /** This node's share of the calls at once. */
  get slots(): number {
    return performance.now() < this.#slotsUntilMs ? this.#slots : 0;
  }

  /** `onOpen` is called when what kept calls back may be over. */
  opens(onOpen: () => void): void {
    this.#onOpen = onOpen;
  }

  /** What all nodes share, as of now; good until `untilMs`. */
  told(answer: SlotAnswer, untilMs: number): void {
    const opened = answer.slots > this.slots || (this.#paused && !answer.paused);
    this.#slots = answer.slots;
    this.#slotsUntilMs = untilMs;
    this.#paused = answer.paused;
    const heldUntilMs = performance.now() + (answer.held_ms ?? 0);
    const released = heldUntilMs < this.#heldUntilMs - SOONEST_MS;
    this.#heldUntilMs = heldUntilMs;
    if (opened || released) this.#onOpen();
  }

  /** Undefined: a call may go. Else how long to wait before asking again, at most; milliseconds. */
  waitMs(underWay: number): number | undefined {
    const nowMs = performance.now();
    this.#wantedAtMs = nowMs;
    if (this.#paused) return 1000;
    if (nowMs < this.#heldUntilMs) return this.#heldUntilMs - nowMs;
    if (underWay >= this.slots) {
      if (this.slots === 0) this.#options.onShort();
      return 1000;
    }
    if (!this.#counted || this.#tokens > 0) return undefined;
    if (nowMs >= this.#nextTokenMs) void this.#take();
    return Math.max(SOONEST_MS, this.#nextTokenMs - nowMs);
  }

  /** A call goes. */
  used(): void {
    if (this.#counted) this.#tokens--;
  }

  /** The target asked to be left alone: this delivery's failure says it of all. */
  async hold(ms: number, words: string): Promise<void> {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, performance.now() + ms);
    await this.#options.pool
      .query(statement('hold-target', [this.system, ms, words.slice(0, 500)]))
      .catch(this.#options.onError);
  }

  async #take(): Promise<void> {
    if (this.#taking) return;
    this.#taking = true;
    const { pool, system, limits, onError } = this.#options;
    const { rate, dailyBudget } = limits;
    try {
      const { rows } = await pool.query<{
        calls: number;
        spent: boolean;
        day_ends_in_ms: number;
        next_in_ms: number;
      }>(
        statement('take-tokens', [
          system,
          tokenChunk(limits),
          rate?.perSecond ?? null,
          rate?.burst ?? null,
          dailyBudget?.calls ?? null,
          dailyBudget?.timezone ?? 'UTC',
        ]),
      );
      const [answer] = rows;
      this.#tokens += answer?.calls ?? 0;
      const waitMs = answer === undefined ? 1000 : answer.spent ? answer.day_ends_in_ms : answer.next_in_ms;
      // Asked again now and then however far off the day's end is: a restart with a larger budget on another node counts at once.
      this.#nextTokenMs = performance.now() + Math.max(SOONEST_MS, Math.min(waitMs, 60_000));
    } catch (error) {
      this.#nextTokenMs = performance.now() + 1000;
      onError(error);
    } finally {
      this.#taking = false;
      if (this.#tokens > 0) this.#onOpen();
    }
  }
}
