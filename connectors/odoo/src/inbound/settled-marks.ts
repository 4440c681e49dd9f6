/**
 * Remembers when which stamp was the newest there was. What is stamped up to the newest of an overlap ago has ended since, so that
 * looking through it once more settles it.
 */
export class SettledMarks {
  readonly #overlapMs: number;
  #marks: { readonly newest: string; readonly atMs: number }[] = [];
  #newest = '';

  constructor(overlapMs: number) {
    this.#overlapMs = overlapMs;
  }

  /** All that is unsettled has been looked at, as of `nowMs`. @param stamps how far it was settled before, and the newest there are */
  settledAt(nowMs: number, stamps: readonly [settled: string, ...newest: string[]]): string {
    const newest = stamps.reduce((latest, stamp) => (stamp > latest ? stamp : latest));
    const old = this.#marks.filter(({ atMs }) => nowMs - atMs >= this.#overlapMs);
    this.#marks = this.#marks.slice(old.length);
    if (newest > this.#newest) {
      this.#newest = newest;
      this.#marks.push({ newest, atMs: nowMs });
    }
    const settled = old.at(-1)?.newest ?? stamps[0];
    return settled > stamps[0] ? settled : stamps[0];
  }

  clear(): void {
    this.#marks = [];
    this.#newest = '';
  }
}
