import type { Odoo } from '../external-ids.ts';
import type { ChangedRecord, ChangeSource } from './change-stream.ts';
import type { Stamped } from './change-cursor.ts';
import { RecentRows, type Span } from './recent-rows.ts';
import { SettledMarks } from './settled-marks.ts';
import { findUnsettled, type Unsettled } from './unsettled-rows.ts';

/** How often what is unsettled is looked at, unless a source says otherwise. */
const EVERY_MS = 3000;
/** Pages that one poll reads behind the cursor; the next one goes on. A poll has to end within its time-out. */
const PAGES_AT_MOST = 5;

/** A look at all that was unsettled when it began; it may take several polls. */
interface Round {
  readonly began: { readonly atMs: number; readonly newest: string };
  readonly linked: Unsettled['linked'];
  readonly found: Span;
  left: readonly (readonly number[])[];
}

interface Asked {
  readonly settled: string;
  /** Where the cursor is. */
  readonly since: string;
}

/**
 * What is stamped behind a stream's cursor and may still change unseen: which rows of it were read often enough, and up to where nothing
 * can come late any more.
 *
 * A round finds all that is unsettled once and reads it through, so it ends however much that is, also more than is remembered: 60,000
 * rows of one import would otherwise be found anew with every poll, as those that were read first are forgotten by the time that the last are.
 */
export class LookBehind<Row extends Stamped> {
  readonly #source: ChangeSource<Row>;
  readonly #odoo: Odoo;
  readonly #nowMs: () => number;
  readonly #everyMs: number;
  readonly #recent: RecentRows;
  readonly #marks: SettledMarks;
  /** When the last round began; undefined: there was none. */
  #roundAtMs: number | undefined;
  #round: Round | undefined;
  #owed = false;

  constructor(source: ChangeSource<Row>, odoo: Odoo, overlapSeconds: number, nowMs: () => number) {
    this.#source = source;
    this.#odoo = odoo;
    this.#nowMs = nowMs;
    this.#everyMs = source.lookBehindEveryMs ?? EVERY_MS;
    const overlapMs = Math.max(this.#everyMs, overlapSeconds * 1000);
    this.#recent = new RecentRows(overlapMs);
    this.#marks = new SettledMarks(overlapMs);
  }

  /** What was read here counts for nothing. */
  clear(): void {
    this.#recent.clear();
    this.#marks.clear();
    this.#roundAtMs = undefined;
    this.#round = undefined;
    this.#owed = false;
  }

  note(records: readonly ChangedRecord[], span: Span): void {
    for (const { id, changedAt, children } of records) {
      this.#recent.note(`${this.#source.model}:${id}`, changedAt, span);
      for (const child of children) this.#recent.note(`${child.model}:${child.id}`, child.changedAt, span);
    }
  }

  /**
   * Whether to look in this poll. What is new is not held up by what may be late: a poll that brings some leaves it to the next one,
   * which then does it whatever it brings.
   */
  turn(foundNew: boolean): 'now' | 'next' | 'later' {
    const nowMs = this.#nowMs();
    if (this.#round !== undefined || this.#owed) return 'now';
    if (this.#roundAtMs === undefined && foundNew) this.#roundAtMs = nowMs;
    const sinceMs = this.#roundAtMs === undefined ? this.#everyMs : nowMs - this.#roundAtMs;
    if (sinceMs < (foundNew ? 2 : 1) * this.#everyMs) return 'later';
    this.#owed = foundNew;
    return foundNew ? 'next' : 'now';
  }

  /** What it finds counts as read when all of it could be, so that a poll that fails has passed over nothing. */
  async read(
    asked: Asked,
    signal: AbortSignal,
  ): Promise<{
    readonly records: readonly ChangedRecord[];
    readonly settled: string;
    readonly more: boolean;
  }> {
    const round = this.#round ?? (await this.#begin(asked, signal));
    const readings: { records: readonly ChangedRecord[]; span: Span }[] = [];
    for (const ids of round.left.slice(0, PAGES_AT_MOST)) {
      const fromMs = this.#nowMs();
      const records = await readById(this.#source, ids, signal);
      readings.push({ records, span: { fromMs, toMs: this.#nowMs() } });
    }
    for (const { records, span } of readings) this.note(records, span);
    round.left = round.left.slice(PAGES_AT_MOST);
    const more = round.left.length > 0;
    this.#round = more ? round : undefined;
    this.#owed = false;
    return {
      records: readings.flatMap(({ records }) => records),
      settled: more ? asked.settled : this.#end(round, asked.settled),
      more,
    };
  }

  async #begin({ settled, since }: Asked, signal: AbortSignal): Promise<Round> {
    const atMs = this.#nowMs();
    const { pages, newest, linked } = await findUnsettled(
      {
        source: this.#source,
        odoo: this.#odoo,
        recent: this.#recent,
        settled,
        nowMs: atMs,
        idle: settled >= since,
      },
      signal,
    );
    return {
      began: { atMs, newest: newest > since ? newest : since },
      linked,
      found: { fromMs: atMs, toMs: this.#nowMs() },
      left: pages,
    };
  }

  #end({ began, linked, found }: Round, settled: string): string {
    for (const { model, id, changedAt } of linked) this.#recent.note(`${model}:${id}`, changedAt, found);
    this.#roundAtMs = began.atMs;
    return this.#marks.settledAt(began.atMs, [settled, began.newest]);
  }
}

/** Records as they are now; one that is gone is absent. */
export async function readById<Row extends Stamped>(
  source: ChangeSource<Row>,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<readonly ChangedRecord[]> {
  const domain = [...source.domain, ['id', 'in', ids]];
  return source.complete(await source.rows({ domain, order: 'id', limit: ids.length }, signal), signal);
}
