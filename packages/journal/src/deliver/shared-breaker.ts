import type { Pool } from 'pg';
import { statement } from '../statement.ts';

export interface BreakerAnswer {
  /** Until it may be probed; null: it is closed. */
  readonly breaker_ms: number | null;
  readonly cool_down_ms: number | null;
  /** This node is the one that probes. */
  readonly probe: boolean;
}

export interface SharedBreakerOptions {
  readonly pool: Pool;
  readonly system: string;
  readonly node: () => string;
  readonly onError: (error: unknown) => void;
}

/**
 * One target's breaker as all nodes share it: what fails on one node is left alone by all of them, and one of them probes. A node whose own
 * last call went well knows better, and goes on until one fails: a node that is cut off from a target must not stop the others. Told by
 * rounds of TargetControl; a node that cannot reach the database has its own breaker and no share of the calls.
 */
export class SharedBreaker {
  readonly #options: SharedBreakerOptions;
  #untilMs: number | undefined;
  #coolDownMs = 0;
  #probing = false;
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

  get coolDownMs(): number {
    return this.#coolDownMs;
  }

  /** `onClosed` is called when another node's probe went well, or a person said that it is mended. */
  closes(onClosed: () => void): void {
    this.#onClosed = onClosed;
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
  told({ breaker_ms, cool_down_ms, probe }: BreakerAnswer, askedMs: number): boolean {
    if (askedMs < this.#saidAtMs) return false;
    const [wasOpen, wasProbing] = [this.open, this.#probing];
    this.#untilMs = breaker_ms === null ? undefined : performance.now() + breaker_ms;
    this.#coolDownMs = cool_down_ms ?? 0;
    this.#probing = probe;
    if (wasOpen && !this.open) this.#onClosed();
    return (wasOpen && !this.open) || (!wasProbing && probe);
  }

  /** This node's calls fail, or its probe has. */
  opened(coolDownMs: number): void {
    this.#untilMs = performance.now() + coolDownMs;
    this.#coolDownMs = coolDownMs;
    this.#probing = false;
    this.#say(['open-breaker', [this.#options.system, Math.round(coolDownMs), this.#options.node()]]);
  }

  /** This node's probe went well. */
  closed(): void {
    this.#untilMs = undefined;
    this.#probing = false;
    this.#say(['close-breaker', [this.#options.system, this.#options.node()]]);
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
