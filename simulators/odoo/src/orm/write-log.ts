interface Entry {
  readonly stamp: string;
  readonly id: number;
}

/**
 * Ids in the order of their last write, so that `write_date >= X` costs what it finds.
 * Entries are never removed on a newer write; the reader checks the row's own stamp. A slow call commits with the
 * stamp of its start, so a late entry is moved back to its place (calls overlap by seconds: the move is short).
 */
export class WriteLog {
  #entries: Entry[] = [];
  #live = 0;

  note(stamp: string, id: number): void {
    const entries = this.#entries;
    const at = entries.findLastIndex((entry) => entry.stamp <= stamp) + 1;
    const before = entries[at - 1];
    if (before?.stamp === stamp && before.id === id) return;
    if (at === entries.length) entries.push({ stamp, id });
    else entries.splice(at, 0, { stamp, id });
  }

  /** How many entries are at or after `stamp`: an upper bound of what {@link since} yields. */
  countSince(stamp: string): number {
    return this.#entries.length - this.#firstAt(stamp);
  }

  since(stamp: string): Set<number> {
    const ids = new Set<number>();
    for (const entry of this.#entries.slice(this.#firstAt(stamp))) ids.add(entry.id);
    return ids;
  }

  /** Drops entries that a newer write replaced; called when the log has outgrown its table. */
  compact(currentStamp: (id: number) => string | undefined, rows: number): void {
    if (this.#entries.length < 4 * rows + 1024 || this.#entries.length < 2 * this.#live) return;
    this.#entries = this.#entries.filter((entry) => currentStamp(entry.id) === entry.stamp);
    this.#live = this.#entries.length;
  }

  #firstAt(stamp: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.stamp ?? '') < stamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
