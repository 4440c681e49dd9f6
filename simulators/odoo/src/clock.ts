/**
 * Transaction stamps as PostgreSQL prints them, never the same twice: records written in one millisecond still sort by
 * the order of their calls.
 */
export class Clock {
  #last = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  stamp(): string {
    const now = Math.max(this.#now() * 1000, this.#last + 1);
    this.#last = now;
    const millis = Math.floor(now / 1000);
    const seconds = new Date(millis).toISOString().slice(0, 19).replace('T', ' ');
    return `${seconds}.${String(millis % 1000).padStart(3, '0')}${String(now % 1000).padStart(3, '0')}`;
  }
}
