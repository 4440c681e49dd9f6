import type { Pool } from 'pg';
import { statement } from '../statement.ts';
import { storableText } from '../storable-text.ts';

export interface BreakerAnswer {
  /** Until it may be probed; null: it is closed. */
  readonly breaker_ms: number | null;
  readonly cool_down_ms: number | null;
  /** It is open because the target refuses the hub's login. */
  readonly refused: boolean;
  /** This node is the one that probes. */
  readonly probe: boolean;
}

export interface SharedBreakerOptions {
  readonly pool: Pool;
  readonly system: string;
  readonly node: () => string;
  readonly onError: (error: unknown) => void;
}

/** Bounds what a target may say of a refused login. */
const MAX_WORDS = 500;

/**
 * One target's breaker as all nodes share it: what fails on one node is left alone by all of them, and one of them probes. A node whose own
 * last call went well knows better, and goes on until one fails: a node that is cut off from a target must not stop the others. Told by
 * rounds of TargetControl; a node that cannot reach the database has its own breaker and no share of the calls.
 */
export class SharedBreaker {
  readonly #options: SharedBreakerOptions;
  #untilMs: number | undefined;
  #coolDownMs = 0;
  #refused = false;
  #probing = false;
  #probedInVain = false;
  /** This node's last call went well, and is proof until then. */
  #wellUntilMs = Number.NEGATIVE_INFINITY;
  /** What was asked before this is older than this node's own word. */
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #onClosed: () => void = () => undefined;

  constructor(options: SharedBreakerOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#untilMs !== undefined;
  }

  get probing(): boolean {
    return this.#probing;
  }

  /** Its own last probe failed: another node that has something to send may know better. */
  get probedInVain(): boolean {
    return this.#probedInVain;
  }

  get coolDownMs(): number {
    return this.#coolDownMs;
  }

  /** `onClosed` is called when another node's probe went well, or a person said that it is mended. */
  closes(onClosed: () => void): void {
    this.#onClosed = onClosed;
  }

  /** For how long no poll goes, because the login is refused; from then on a poll is a probe of it like any call. */
  refusedMs(nowMs: number): number {
    if (!this.#refused || this.#untilMs === undefined || nowMs < this.#wellUntilMs) return 0;
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** How long it was left alone last for its refusal of the login; 0: it refuses none. */
  get refusedCoolDownMs(): number {
    return this.#refused ? this.#coolDownMs : 0;
  }

  /** Undefined: a call may go, be it the probe. 0: it could be probed, and another node may be at it. */
  waitMs(nowMs: number): number | undefined {
    if (this.#untilMs === undefined || this.#probing || nowMs < this.#wellUntilMs) return undefined;
    return Math.max(0, this.#untilMs - nowMs);
  }

  /** A call of this node has ended: well, which proves something until `untilMs`, or not. */
  saw(failed: boolean, untilMs: number): void {
    this.#wellUntilMs = failed ? Number.NEGATIVE_INFINITY : untilMs;
  }

  /** True when what it kept back may go now. */
  told({ breaker_ms, cool_down_ms, refused, probe }: BreakerAnswer, askedMs: number): boolean {
    if (askedMs < this.#saidAtMs) return false;
    const [wasOpen, wasProbing] = [this.open, this.#probing];
    this.#untilMs = breaker_ms === null ? undefined : performance.now() + breaker_ms;
    this.#coolDownMs = cool_down_ms ?? 0;
    this.#refused = refused;
    this.#probing = probe;
    if (!this.open) this.#probedInVain = false;
    if (wasOpen && !this.open) this.#onClosed();
    return (wasOpen && !this.open) || (!wasProbing && probe);
  }

  /** This node's calls fail, or its probe has; `refusal`: the words in which the target refuses the login. */
  opened(coolDownMs: number, refusal?: string): void {
    this.#untilMs = performance.now() + coolDownMs;
    this.#coolDownMs = coolDownMs;
    this.#probedInVain = this.#probing;
    this.#probing = false;
    this.#refused ||= refusal !== undefined;
    const { system, node } = this.#options;
    const words = refusal === undefined ? null : storableText(refusal, MAX_WORDS);
    this.#say(['open-breaker', [system, Math.round(coolDownMs), node(), words]]);
  }

  /** This node's probe went well. */
  closed(): void {
    this.#close(false);
  }

  /** A poll went well whose turn it was to try a refused login. True: what was kept back may go. */
  loginTaken(): boolean {
    if (!this.#refused || this.#untilMs === undefined || performance.now() < this.#untilMs) return false;
    this.#close(true);
    this.#onClosed();
    return true;
  }

  #close(byLogin: boolean): void {
    this.#untilMs = undefined;
    this.#probing = false;
    this.#probedInVain = false;
    this.#refused = false;
    this.#say(['close-breaker', [this.#options.system, this.#options.node(), byLogin]]);
  }

  #say([name, values]: ['open-breaker' | 'close-breaker', unknown[]]): void {
    this.#saidAtMs = Number.POSITIVE_INFINITY;
    this.#options.pool
      .query(statement(name, values))
      .catch(this.#options.onError)
      .finally(() => {
        this.#saidAtMs = performance.now();
      });
  }
}
