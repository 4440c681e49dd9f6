import { REFUSED_LOGIN, record, SystemRefusal, type TargetLimits, tokenChunk } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { statement } from '../statement.ts';
import { storableText } from '../storable-text.ts';
import { PollTurns } from './poll-turns.ts';
import { type BreakerAnswer, SharedBreaker } from './shared-breaker.ts';

/** A node without anything to send for this long leaves its share of the calls to others. */
const IDLE_MS = 10_000;
/** Something waits to be sent: it was asked for within this, in which a runner asks again. */
const WAITING_MS = 1500;
/** What the bucket of calls said last, asked again no sooner. */
const SOONEST_MS = 10;
/** However far off its end is said to be, a pause or a day is asked for again after this: a person may have ended it. */
const LONGEST_MS = 60_000;

export interface SlotAnswer extends BreakerAnswer {
  readonly slots: number;
  readonly paused: boolean;
  readonly held_ms: number | null;
}

/** An errand that has no turn by then is left for its next time: the calls of the day are used. */
const ERRAND_PATIENCE_MS = 30_000;

/** To be called when a poll or an errand has ended, with what it says of the whole system: that it answers, what it refuses, or nothing. */
export type PollEnded = (heard?: 'well' | SystemRefusal) => void;

/** The turn of a call that can be left for another time, or why it is not to be made now. */
export type ErrandTurn = { readonly ended: PollEnded } | { readonly held: string };

export interface TargetGateOptions {
  readonly pool: Pool;
  readonly system: string;
  readonly node: () => string;
  readonly concurrency: number;
  readonly limits: TargetLimits;
  /** This node has something to send and no share of the calls, or an open breaker to probe: asks for it now. */
  readonly onShort: () => void;
  /** What kept the target from being called is over: its breaker closed, or a person ended a pause. */
  readonly onReleased: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Whether this node may call a target now: not paused, not asked to wait, its breaker closed, within the calls at once, the rate and the
 * day's budget that all nodes share. Tokens come from the database in chunks; what a node that dies had taken is lost, and nothing else.
 */
export class TargetGate {
  readonly breaker: SharedBreaker;
  readonly #options: TargetGateOptions;
  readonly #counted: boolean;
  readonly #polls: PollTurns;
  #calls = 0;
  #slots = 0;
  #slotsUntilMs = 0;
  #paused = false;
  #heldUntilMs = 0;
  /** What was asked before this is older than this node's own word. */
  #heldSaidAtMs = Number.NEGATIVE_INFINITY;
  /** Pauses that are being stored: calls that were under way together are answered together. */
  #saying = 0;
  #tokens = 0;
  #nextTokenMs = 0;
  #taking = false;
  #wantedAtMs = Number.NEGATIVE_INFINITY;
  /** A delivery waited for a token. */
  #shortAtMs = Number.NEGATIVE_INFINITY;
  #loginRefusedAtMs = Number.NEGATIVE_INFINITY;
  #onOpen: () => void = () => undefined;

  constructor(options: TargetGateOptions) {
    this.#options = options;
    this.breaker = new SharedBreaker(options);
    this.#counted = options.limits.rate !== undefined || options.limits.dailyBudget !== undefined;
    this.#polls = new PollTurns({
      atOnce: options.limits.concurrency !== undefined,
      heldMs: (nowMs) =>
        Math.max(this.#paused ? 1000 : 0, this.#heldUntilMs - nowMs, this.breaker.refusedMs(nowMs)),
      slots: () => this.slots,
      free: () => this.slots - this.#calls,
      onShort: options.onShort,
      takeToken: (aged) => this.#tokenForPoll(aged),
      onEnded: () => this.#onOpen(),
    });
  }

  get system(): string {
    return this.#options.system;
  }

  /** Calls at once, over all nodes. */
  get total(): number {
    return this.#options.limits.concurrency ?? this.#options.concurrency;
  }

  get wanted(): number {
    if (performance.now() - this.#wantedAtMs < IDLE_MS) return this.total;
    return this.#polls.wanted;
  }

  /** Something waits to be sent. */
  get waiting(): boolean {
    return performance.now() - this.#wantedAtMs < WAITING_MS;
  }

  /** Calls, polls among them where they count. */
  get underWay(): number {
    return this.#calls + this.#polls.underWay;
  }

  /** This node's share of the calls at once. */
  get slots(): number {
    return performance.now() < this.#slotsUntilMs ? this.#slots : 0;
  }

  /** `onOpen` is called when what kept calls back may be over. */
  opens(onOpen: () => void): void {
    this.#onOpen = onOpen;
  }

  /** What all nodes share, as of `askedMs`; the share of the calls is good for `forMs` from then on. */
  told(answer: SlotAnswer, askedMs: number, forMs: number): void {
    const resumed = this.#paused && !answer.paused;
    const opened = answer.slots > this.slots || resumed;
    this.#slots = answer.slots;
    this.#slotsUntilMs = askedMs + forMs;
    this.#paused = answer.paused;
    const released = this.#heldToldMs(answer.held_ms ?? 0, askedMs);
    const wasOpen = this.breaker.open;
    const mended = this.breaker.told(answer, askedMs);
    if (resumed || released || (wasOpen && !this.breaker.open)) this.released();
    if (opened || released || mended) this.#onOpen();
  }

  /** True when it is over earlier than this node knew. */
  #heldToldMs(heldMs: number, askedMs: number): boolean {
    if (askedMs < this.#heldSaidAtMs) return false;
    const nowMs = performance.now();
    const untilMs = nowMs + heldMs;
    const released = this.#heldUntilMs > nowMs && untilMs < this.#heldUntilMs - SOONEST_MS;
    this.#heldUntilMs = untilMs;
    return released;
  }

  /** Undefined: a call may go. Else how long to wait before asking again, at most; milliseconds. */
  waitMs(): number | undefined {
    const nowMs = performance.now();
    this.#wantedAtMs = nowMs;
    if (this.#paused) return 1000;
    if (nowMs < this.#heldUntilMs) return this.#heldUntilMs - nowMs;
    const brokenMs = this.breaker.waitMs(nowMs);
    if (brokenMs === 0) this.#options.onShort();
    if (brokenMs !== undefined) return Math.max(SOONEST_MS, brokenMs || 1000);
    if (this.underWay + this.#polls.reserved >= this.slots) {
      if (this.slots === 0) this.#options.onShort();
      return 1000;
    }
    if (!this.#counted || this.#tokens > 0) return undefined;
    this.#shortAtMs = nowMs;
    if (nowMs >= this.#nextTokenMs) void this.#take();
    return Math.max(SOONEST_MS, this.#nextTokenMs - nowMs);
  }

  /** What kept all calls back is over: what waits for its sake alone need not wait for its own time. */
  released(): void {
    this.#options.onReleased();
  }

  /** A call goes; `ended` when it is over. */
  used(): void {
    this.#calls++;
    if (this.#counted) this.#tokens--;
  }

  ended(): void {
    this.#calls--;
  }

  /** Waits until a poll may go, behind what waits to be sent; resolves with what is to be called at its end. */
  async poll(signal: AbortSignal): Promise<PollEnded> {
    const ended = await this.#polls.next(signal);
    if (ended === undefined) throw new RangeError('The patience of a poll has no end.');
    return this.#listening(ended);
  }

  /**
   * A turn among the polls for what can be left for another time, so that it waits for no hold: nor for calls that fail, which a poll tries.
   * A hold whose time is over does not count: an errand may be what finds out.
   */
  async errand(signal: AbortSignal): Promise<ErrandTurn> {
    const held = this.#heldBy();
    if (held !== undefined) return { held };
    const ended = await this.#polls.next(signal, ERRAND_PATIENCE_MS);
    if (ended === undefined) return { held: this.#heldBy() ?? 'none of its calls is free' };
    return { ended: this.#listening(ended) };
  }

  #heldBy(): string | undefined {
    const nowMs = performance.now();
    if (this.#paused) return 'a person paused it';
    if (nowMs < this.#heldUntilMs) return 'it asked for a pause';
    if (this.breaker.refusedMs(nowMs) > 0) return 'it refuses the hub’s login';
    if ((this.breaker.waitMs(nowMs) ?? 0) > 0) return 'its calls fail';
    return undefined;
  }

  #listening(ended: () => void): PollEnded {
    const startedMs = performance.now();
    return (heard) => {
      ended();
      if (heard === 'well' && this.breaker.loginTaken()) this.#onOpen();
      if (!(heard instanceof SystemRefusal)) return;
      if (heard.code === 'target_busy') void this.hold(heard.afterMs, heard.message);
      else this.#loginRefused(heard.message, startedMs);
    };
  }

  /** Polls that were under way together say it once. */
  #loginRefused(words: string, startedMs: number): void {
    if (startedMs < this.#loginRefusedAtMs) return;
    this.#loginRefusedAtMs = performance.now();
    this.breaker.saw(true, 0);
    const probe = { state: 'half_open', coolDownMs: this.breaker.refusedCoolDownMs } as const;
    const after = record(REFUSED_LOGIN, probe, true, this.#loginRefusedAtMs);
    if (after.state === 'open') this.breaker.opened(after.coolDownMs, words);
  }

  /** The target asked to be left alone: this answer says it of all calls. */
  async hold(ms: number, words: string): Promise<void> {
    this.#heldUntilMs = Math.max(this.#heldUntilMs, performance.now() + ms);
    this.#heldSaidAtMs = Number.POSITIVE_INFINITY;
    this.#saying++;
    await this.#options.pool
      .query(statement('hold-target', [this.system, ms, storableText(words, 500)]))
      .catch(this.#options.onError)
      .finally(() => {
        if (--this.#saying === 0) this.#heldSaidAtMs = performance.now();
      });
  }

  async #take(): Promise<void> {
    if (this.#taking) return;
    this.#taking = true;
    try {
      const { calls, waitMs } = await this.#askForTokens(tokenChunk(this.#options.limits), 1);
      this.#tokens += calls;
      // Asked again now and then however far off the day's end is: a restart with a larger budget on another node counts at once.
      this.#nextTokenMs = performance.now() + Math.max(SOONEST_MS, Math.min(waitMs, LONGEST_MS));
    } catch (error) {
      this.#nextTokenMs = performance.now() + 1000;
      this.#options.onError(error);
    } finally {
      this.#taking = false;
      if (this.#tokens > 0) this.#onOpen();
    }
  }

  /** Undefined: it has one. A poll that has waited long goes before the deliveries; else it leaves what there is to them. */
  async #tokenForPoll(aged: boolean): Promise<number | undefined> {
    if (!this.#counted) return undefined;
    if (!aged && performance.now() - this.#shortAtMs < WAITING_MS) return 200;
    try {
      const { calls, waitMs } = await this.#askForTokens(1, POLLS_SHARE);
      return calls > 0 ? undefined : Math.max(SOONEST_MS, Math.min(waitMs, LONGEST_MS));
    } catch (error) {
      this.#options.onError(error);
      return 1000;
    }
  }

  async #askForTokens(atMost: number, share: number): Promise<{ calls: number; waitMs: number }> {
    const { pool, system, limits } = this.#options;
    const { rate, dailyBudget } = limits;
    const { rows } = await pool.query<{
      calls: number;
      spent: boolean;
      day_ends_in_ms: number;
      next_in_ms: number;
    }>(
      statement('take-tokens', [
        system,
        atMost,
        rate?.perSecond ?? null,
        rate?.burst ?? null,
        dailyBudget === undefined ? null : Math.floor(dailyBudget.calls * share),
        dailyBudget?.timezone ?? 'UTC',
      ]),
    );
    const [answer] = rows;
    if (answer === undefined) return { calls: 0, waitMs: 1000 };
    return { calls: answer.calls, waitMs: answer.spent ? answer.day_ends_in_ms : answer.next_in_ms };
  }
}

/** Of a day's calls: the rest is for commands alone, which polls would use up by doing nothing but asking. */
const POLLS_SHARE = 0.8;
