import type { JsonValue } from '@trunkline/messaging';
import { datetimeToOdoo } from '../values.ts';
import type { HeldRecords } from './held-records.ts';

/** Where a stream of changes stands. Times are the server's own, in whole seconds (RFC 3339); the hub's clock has no part in it. */
export interface ChangeCursor {
  /** The next page begins in this second. */
  readonly since: string;
  /** Rows of that second that were read; fewer than six pages of them. */
  readonly seen: readonly number[];
  /** Set while what is stamped before `until` is read by id, from here on. */
  readonly after?: number;
  /** The end of what is read by id; a second after `since` when absent: more rows share it than can be left out by id. */
  readonly until?: string;
  /** What was stamped up to here has been looked at again when nothing could come late any more. */
  readonly settled: string;
  /** Rises when something was handed out, so that a page that was stored is told from one that was not. */
  readonly count: number;
  /** Of a source whose deletions are told: what was read last of each record. */
  readonly held?: HeldRecords;
}

export interface Stamped {
  readonly id: number;
  /** RFC 3339, whole seconds: the start of the transaction that changed it last. */
  readonly changedAt: string;
}

/**
 * Pages of rows to leave out by id. To leave out 4,000 costs an Odoo 19.0 2 ms of a page's 40; to begin a second anew by id costs a call,
 * and imports in transactions of a page would make one of each page.
 */
const SEEN_PAGES = 5;

export type Domain = readonly unknown[];

export function startCursor(since: string): ChangeCursor {
  return { since, seen: [], settled: since, count: 0 };
}

/** A cursor as it was stored; releases before this one kept `since` and `seen` alone. */
export function readCursor(stored: JsonValue): ChangeCursor {
  const {
    since,
    seen = [],
    after,
    until,
    settled,
    count = 0,
    held,
  } = stored as unknown as Partial<ChangeCursor>;
  if (since === undefined) throw new Error('The stored cursor has no time; remove its row of poll_cursor.');
  return {
    since,
    seen,
    ...(after === undefined ? {} : { after }),
    ...(until === undefined ? {} : { until }),
    settled: settled ?? since,
    count,
    ...(held === undefined ? {} : { held }),
  };
}

/** What of a model the next page is taken from, and in which order. `write_date` sorts by microseconds and reads back in seconds. */
export function pageQuery(domain: Domain, cursor: ChangeCursor): { domain: Domain; order: string } {
  const from = ['write_date', '>=', datetimeToOdoo(cursor.since)];
  // A row of that second that changed later is not one that was seen.
  const later = ['write_date', '>=', datetimeToOdoo(secondAfter(cursor.since))];
  const unseen = cursor.seen.length === 0 ? [] : ['|', later, ['id', 'not in', cursor.seen]];
  if (cursor.after === undefined) return { domain: [...domain, from, ...unseen], order: 'write_date, id' };
  const within = ['write_date', '<', datetimeToOdoo(endOf(cursor))];
  return { domain: [...domain, from, within, ['id', '>', cursor.after], ...unseen], order: 'id' };
}

/** Where the page after `rows` begins, and whether there may be one now. */
export function afterPage(
  cursor: ChangeCursor,
  rows: readonly Stamped[],
  limit: number,
): { readonly cursor: ChangeCursor; readonly more: boolean } {
  const { after, until: _, ...rest } = cursor;
  const last = rows.at(-1);
  const full = rows.length >= limit;
  if (after !== undefined) {
    if (full && last !== undefined) return { cursor: { ...cursor, after: last.id }, more: true };
    return { cursor: { ...rest, since: endOf(cursor), seen: [] }, more: true };
  }
  if (last === undefined) return { cursor, more: false };
  const since = last.changedAt;
  const ofThatSecond = rows.filter(({ changedAt }) => changedAt === since).map(({ id }) => id);
  const seen = [...(since === cursor.since ? cursor.seen : []), ...ofThatSecond];
  if (full && seen.length >= SEEN_PAGES * limit)
    return { cursor: { ...rest, since, seen, after: 0 }, more: true };
  return { cursor: { ...rest, since, seen }, more: full };
}

/**
 * The same place, read by id up to the second of a stamp that exists. What changes meanwhile is stamped later, so it comes once that second
 * is reached; what ends late is for the look behind the cursor.
 */
export function byIdUpTo(newest: string, cursor: ChangeCursor): ChangeCursor {
  return newest > cursor.since ? { ...cursor, after: 0, until: newest } : cursor;
}

function endOf({ since, until }: ChangeCursor): string {
  return until ?? secondAfter(since);
}

function secondAfter(time: string): string {
  return wholeSeconds(Date.parse(time) + 1000);
}

/** As Odoo's stamps read back, so that two of them compare as text. */
export function wholeSeconds(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
