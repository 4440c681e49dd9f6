/** A second reading this much later has seen every short transaction that shared the stamp's second. */
const SETTLED_AFTER_MS = 2000;
/** A forgotten row is read once more than needed; a remembered one takes some 150 bytes. */
const REMEMBERED = 50_000;

/** From before a question was sent until after its answer came. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What was read lately. Stamps are whole seconds, so a row that changed again within its second looks the same: by a short
 * transaction soon after, by one that began in that second and lasted up to the overlap much later. So a row is settled for now when it
 * was read again two seconds after its first reading, and for good when it was read again an overlap after it.
 */
export class RecentRows {
  readonly #overlapMs: number;
  readonly #read = new Map<
    string,
    { readonly changedAt: string; readonly firstMs: number; lastMs: number }
  >();

  constructor(overlapMs: number) {
    this.#overlapMs = overlapMs;
  }

  /** The row was as it is at some moment between the two; of each reading the end counts that makes two of them the closer. */
  note(row: string, changedAt: string, { fromMs, toMs }: Span): void {
    const known = this.#read.get(row);
    if (known?.changedAt === changedAt) {
      known.lastMs = Math.max(known.lastMs, fromMs);
      return;
    }
    this.#read.delete(row);
    this.#read.set(row, { changedAt, firstMs: toMs, lastMs: toMs });
    if (this.#read.size > REMEMBERED) forgetOldest(this.#read);
  }

  settled(row: string, changedAt: string, nowMs: number): boolean {
    const known = this.#read.get(row);
    if (known === undefined || known.changedAt !== changedAt) return false;
    const age = nowMs - known.firstMs;
    if (age < SETTLED_AFTER_MS) return true;
    return known.lastMs - known.firstMs >= (age < this.#overlapMs ? SETTLED_AFTER_MS : this.#overlapMs);
  }

  clear(): void {
    this.#read.clear();
  }
}

/** What was handed out of a record with its newest stamp, oldest first. */
interface Told {
  readonly stamp: string;
  readonly contents: readonly string[];
}

/**
 * The contents that were handed out last of each record, so that what only looks changed is not handed out again. In memory: of a value that
 * comes back within the very second in which the hub started anew, the one between stays the last word until the record's next change.
 */
export class HandedOut {
  readonly #stored = new Map<string, Told>();
  #pending = new Map<string, Told>();

  /**
   * Hands out a content; to be relied on once it is known to be stored. Undefined: it is what was handed out last. Else how often it was
   * told before with this stamp: stamps are whole seconds, and a value may come back within one.
   */
  tell(record: string, stamp: string, content: string): number | undefined {
    const told = this.#pending.get(record) ?? this.#stored.get(record);
    if (told?.contents.at(-1) === content) return undefined;
    const contents = told?.stamp === stamp ? told.contents : [];
    this.#pending.set(record, { stamp, contents: [...contents, content] });
    return contents.filter((before) => before === content).length;
  }

  confirm(): void {
    for (const [record, told] of this.#pending) {
      this.#stored.delete(record);
      this.#stored.set(record, told);
      if (this.#stored.size > REMEMBERED) forgetOldest(this.#stored);
    }
    this.#pending = new Map();
  }

  clear(): void {
    this.#stored.clear();
    this.#pending = new Map();
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
