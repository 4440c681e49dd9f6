/**
 * Transaction stamps as PostgreSQL prints them, never the same twice: records written in one millisecond still sort by
 * the order of their calls.
 */
export class Clock {
  #last = 0;
  #aheadMs = 0;
  readonly #machine: () => number;

  constructor(now: () => number) {
    this.#machine = now;
  }

  /** Moves the clock on, as if so long had passed. */
  advance(seconds: number): void {
    this.#aheadMs += seconds * 1000;
  }

  #now(): number {
    return this.#machine() + this.#aheadMs;
  }

  stamp(): string {
    const now = Math.max(this.#now() * 1000, this.#last + 1);
    this.#last = now;
    return print(now);
  }

  /** The stamp of a transaction that began so many seconds ago; it may meet another's. */
  stampBefore(seconds: number): string {
    return print((this.#now() - seconds * 1000) * 1000);
  }
}

/** `now` in microseconds since 1970. */
function print(now: number): string {
  const millis = Math.floor(now / 1000);
  const seconds = new Date(millis).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${String(millis % 1000).padStart(3, '0')}${String(now % 1000).padStart(3, '0')}`;
}
