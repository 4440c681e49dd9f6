/** Failures allowed in a window. An attempt counts when it starts, so that parallel guesses cannot slip through. */
const ATTEMPTS = 10;
const WINDOW_MS = 5 * 60 * 1000;
/** Addresses remembered; the oldest is forgotten first, which bounds memory at about 1 MB. */
const REMEMBERED = 10_000;

interface Window {
  readonly startedAt: number;
  count: number;
}

/**
 * Holds back the guessing of passwords, per client address and in memory: a restart forgives, several nodes each allow their
 * own ten. The first password has 99 bits, so this protects the processor (0.2 s a guess) more than the secret.
 */
export class GuessLimit {
  readonly #windows = new Map<string, Window>();

  /** Milliseconds to wait, or 0 and the attempt is counted. */
  attempt(address: string, now: number): number {
    const window = this.#current(address, now);
    if (window.count >= ATTEMPTS) return window.startedAt + WINDOW_MS - now;
    window.count += 1;
    return 0;
  }

  /** A right password wipes the slate. */
  succeeded(address: string): void {
    this.#windows.delete(address);
  }

  #current(address: string, now: number): Window {
    const known = this.#windows.get(address);
    if (known !== undefined && now < known.startedAt + WINDOW_MS) return known;
    const fresh = { startedAt: now, count: 0 };
    this.#windows.delete(address);
    this.#windows.set(address, fresh);
    const oldest = this.#windows.keys().next();
    if (this.#windows.size > REMEMBERED && !oldest.done) this.#windows.delete(oldest.value);
    return fresh;
  }
}
