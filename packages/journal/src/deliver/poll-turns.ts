import { setTimeout as delay } from 'node:timers/promises';

/** A poll that has waited this long goes before deliveries, once: a system that is written to without a pause is read all the same. */
const PATIENCE_MS = 5000;
/** Polls that wait for a free call look again after this, and for a share of the calls after that. */
const LOOK_MS = 50;
const SHARE_MS = 250;
/** A poll says that it wants a call for as long after it was last asked for. */
const WANTED_MS = 1500;

export interface PollTurnsOptions {
  /** Whether polls count among the calls at once: where the configuration limits those. */
  readonly atOnce: boolean;
  /** For how long the target is left alone: a person paused it, it asked for that itself, or its refused login is not tried. */
  readonly heldMs: (nowMs: number) => number;
  /** This node's share of the calls at once, and what deliveries leave of it. */
  readonly slots: () => number;
  readonly free: () => number;
  /** It has no share, and a poll wants one. */
  readonly onShort: () => void;
  /** Undefined: taken. Else how long to wait; `aged` goes before deliveries. */
  readonly takeToken: (aged: boolean) => Promise<number | undefined>;
  readonly onEnded: () => void;
}

/** The turns of one target's polls: within its limits, behind what waits to be sent. */
export class PollTurns {
  readonly #options: PollTurnsOptions;
  #underWay = 0;
  #aged = 0;
  #wantedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: PollTurnsOptions) {
    this.#options = options;
  }

  get underWay(): number {
    return this.#options.atOnce ? this.#underWay : 0;
  }

  /** Calls that deliveries leave to polls that have waited for long. */
  get reserved(): number {
    return this.#options.atOnce && this.#aged > 0 ? 1 : 0;
  }

  get wanted(): number {
    const wants = this.#underWay > 0 || performance.now() - this.#wantedAtMs < WANTED_MS;
    return this.#options.atOnce && wants ? 1 : 0;
  }

  /** Undefined: it cannot have one within `patienceMs`, or by then it had none. */
  async next(signal: AbortSignal, patienceMs = Number.POSITIVE_INFINITY): Promise<(() => void) | undefined> {
    const sinceMs = performance.now();
    let aged = false;
    try {
      for (;;) {
        signal.throwIfAborted();
        const nowMs = performance.now();
        if (!aged && nowMs - sinceMs >= PATIENCE_MS) {
          aged = true;
          this.#aged++;
        }
        const waitMs = await this.#waitMs(nowMs, aged);
        if (waitMs === undefined) break;
        if (nowMs + waitMs > sinceMs + patienceMs) return undefined;
        await delay(waitMs, undefined, { signal });
      }
    } finally {
      if (aged) this.#aged--;
    }
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#underWay--;
      this.#options.onEnded();
    };
  }

  /** Undefined: it goes, and counts from here on. */
  async #waitMs(nowMs: number, aged: boolean): Promise<number | undefined> {
    const { atOnce, heldMs, slots, free, onShort, takeToken } = this.#options;
    this.#wantedAtMs = nowMs;
    const held = heldMs(nowMs);
    // In pieces: a person may end the pause.
    if (held > 0) return Math.min(held, 1000);
    if (atOnce && free() <= this.#underWay) {
      if (slots() > 0) return LOOK_MS;
      onShort();
      return SHARE_MS;
    }
    this.#underWay++;
    const waitMs = await takeToken(aged);
    if (waitMs !== undefined) this.#underWay--;
    return waitMs;
  }
}
