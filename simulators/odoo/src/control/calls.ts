/** Counts of what was asked, per `model.method`. */
export class Calls {
  readonly #counts = new Map<string, { calls: number; records: number; failed: number }>();

  note(model: string, method: string, records: number): void {
    const count = this.#of(`${model}.${method}`);
    count.calls++;
    count.records += records;
  }

  noteFailure(model: string, method: string): void {
    this.#of(`${model}.${method}`).failed++;
  }

  report(): Record<string, { calls: number; records: number; failed: number }> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #of(key: string) {
    const known = this.#counts.get(key);
    if (known) return known;
    const fresh = { calls: 0, records: 0, failed: 0 };
    this.#counts.set(key, fresh);
    return fresh;
  }
}
