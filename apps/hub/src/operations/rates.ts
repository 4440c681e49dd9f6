/** Events per second over a sliding window, from a counter that only grows. */
export class RateMeter {
  readonly #windowMs: number;
  #samples: { readonly atMs: number; readonly total: number }[] = [];

  constructor(windowMs = 5000) {
    this.#windowMs = windowMs;
  }

  /** Takes a reading and answers the rate since the oldest one in the window. */
  sample(total: number, atMs: number): number {
    this.#samples.push({ atMs, total });
    this.#samples = this.#samples.filter((sample) => atMs - sample.atMs <= this.#windowMs);
    const first = this.#samples[0];
    if (first === undefined || atMs - first.atMs < 1) return 0;
    return Math.round(((total - first.total) / (atMs - first.atMs)) * 10_000) / 10;
  }
}
