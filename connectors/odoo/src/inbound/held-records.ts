import { hash } from 'node:crypto';
import type { ChangedRecord } from './change-stream.ts';

/**
 * What was read last of a record whose rows can be deleted: how far the rows' ids reach, a digest of them, and how often rows of it, or
 * itself, were found gone.
 */
export type Held = readonly [last: number, digest: string, revision: number];
/** By the record's id; kept in the stream's cursor, some 35 bytes each. */
export type HeldRecords = Readonly<Record<string, Held>>;

const GONE = 'gone';

/**
 * A record as it was read now. Rows that were added since change nothing; that one is gone does, because what is left may be word for
 * word what was handed out before the row came, with the stamps of then.
 */
export function heldAfter(known: Held | undefined, rows: readonly number[]): Held {
  const sorted = rows.toSorted((a, b) => a - b);
  const last = sorted.at(-1) ?? 0;
  const digest = digestOf(sorted);
  if (known === undefined) return [last, digest, 0];
  const [knownLast, knownDigest, revision] = known;
  const lost = digestOf(sorted.filter((id) => id <= knownLast)) !== knownDigest;
  return [last, digest, lost ? revision + 1 : revision];
}

export function heldOfGone(known: Held | undefined): Held {
  return [0, GONE, (known?.[2] ?? 0) + 1];
}

export function isGone([, digest]: Held): boolean {
  return digest === GONE;
}

/** Whether a record may differ from what was read last. */
export function differs(known: Held | undefined, rows: readonly number[]): boolean {
  return known === undefined || known[1] !== digestOf(rows.toSorted((a, b) => a - b));
}

/** The records with their revisions, in the order in which they were read, and what is held after them. */
export function noticed(
  held: HeldRecords,
  records: readonly ChangedRecord[],
): { readonly records: readonly ChangedRecord[]; readonly held: HeldRecords } {
  const next: Record<string, Held> = { ...held };
  const revised = records.map((record) => {
    const after = heldAfter(
      next[record.id],
      record.children.map(({ id }) => id),
    );
    next[record.id] = after;
    return { ...record, revision: after[2] };
  });
  return { records: revised, held: next };
}

function digestOf(sorted: readonly number[]): string {
  return hash('sha1', sorted.join(' '), 'base64url').slice(0, 12);
}
