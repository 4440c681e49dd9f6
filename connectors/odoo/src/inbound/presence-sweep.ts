import type { JsonValue } from '@trunkline/messaging';
import type { ChangedRecord, ChangeSource } from './change-stream.ts';
import type { Stamped } from './change-cursor.ts';
import { differs, heldOfGone, type HeldRecords, isGone, noticed } from './held-records.ts';
import { readById } from './look-behind.ts';

/** Of a source whose deletions are told: a delete leaves no stamp, so what there is has to be looked through by id. */
export interface Presence {
  readonly everyMs: number;
  /** All records that there are, each with the ids of the rows that belong to it. */
  read(signal: AbortSignal): Promise<ReadonlyMap<number, readonly number[]>>;
  /** What is said of a record that is gone. */
  gone(id: number): { readonly key: string; readonly payload: JsonValue };
}

/** What a poll read and what a look through the ids added to it. */
interface Swept {
  readonly records: readonly ChangedRecord[];
  readonly held: HeldRecords;
  readonly more: boolean;
}

/** Pages that one poll reads; the next one goes on. A poll has to end within its time-out. */
const PAGES_AT_MOST = 5;

/**
 * Looks through all records of a source now and then. What was deleted is missing; what the stamps did not tell, because it was there
 * before the stream began or by a transaction that lasted longer than the overlap, is read.
 */
export class PresenceSweep<Row extends Stamped> {
  readonly #source: ChangeSource<Row>;
  readonly #presence: Presence;
  readonly #nowMs: () => number;
  #sweptAtMs: number | undefined;
  #owed: readonly number[] = [];

  constructor(source: ChangeSource<Row>, presence: Presence, nowMs: () => number) {
    this.#source = source;
    this.#presence = presence;
    this.#nowMs = nowMs;
  }

  clear(): void {
    this.#sweptAtMs = undefined;
    this.#owed = [];
  }

  /**
   * @param before what was held when the poll began: only that can be found gone, because what the poll read may be newer than the look
   */
  async look(
    before: HeldRecords = {},
    { read, idle }: { readonly read: readonly ChangedRecord[]; readonly idle: boolean },
    signal: AbortSignal,
  ): Promise<Swept> {
    const own = noticed(before, read);
    if (!idle) return { ...own, more: false };
    const found = await this.#turn(before, own.held, signal);
    if (found === undefined) return { ...own, more: false };
    const swept = noticed(own.held, await this.#next(found.owed, signal));
    const held = { ...swept.held };
    const records = [...own.records, ...swept.records];
    for (const id of found.gone) {
      const known = heldOfGone(held[id]);
      held[id] = known;
      const message = this.#presence.gone(id);
      records.push({ id, changedAt: 'gone', children: [], message, revision: known[2] });
    }
    return { records, held, more: this.#owed.length > 0 };
  }

  /** Undefined: it is not time yet. */
  async #turn(before: HeldRecords, now: HeldRecords, signal: AbortSignal) {
    if (this.#owed.length > 0) return { owed: this.#owed, gone: [] };
    const nowMs = this.#nowMs();
    if (this.#sweptAtMs !== undefined && nowMs - this.#sweptAtMs < this.#presence.everyMs) return undefined;
    const found = await this.#find(before, now, signal);
    this.#sweptAtMs = nowMs;
    return found;
  }

  /** What it read counts as read when all of it could be. */
  async #next(owed: readonly number[], signal: AbortSignal): Promise<readonly ChangedRecord[]> {
    const { page } = this.#source;
    const records: ChangedRecord[] = [];
    this.#owed = owed;
    for (let at = 0; at < Math.min(owed.length, PAGES_AT_MOST * page); at += page)
      records.push(...(await readById(this.#source, owed.slice(at, at + page), signal)));
    this.#owed = owed.slice(PAGES_AT_MOST * page);
    return records;
  }

  async #find(before: HeldRecords, now: HeldRecords, signal: AbortSignal) {
    const present = await this.#presence.read(signal);
    const owed = [...present].filter(([id, rows]) => differs(now[id], rows)).map(([id]) => id);
    const gone = Object.entries(before)
      .filter(([id, held]) => !isGone(held) && !present.has(Number(id)))
      .map(([id]) => Number(id));
    return { owed, gone };
  }
}
