import type { SalesforceClient } from '../client.ts';
import { stampMs } from '../soql.ts';
import type { Cursor } from './cursor.ts';
import { type Position, positionOf, query, stampsBetween, type Version } from './opportunity-query.ts';

/** Rows of ids and stamps per call; the API's own maximum. */
const STAMPS_PER_CALL = 2000;
/** Stamps are whole seconds: one is complete when its second is over. */
const RESOLUTION_MS = 1000;

export interface Overlap {
  /** The cursor that came back says whether what was handed out last was stored. */
  confirm(cursor: Cursor): void;
  /** Handed out before with this content, and stored. */
  knows(version: Version): boolean;
  /**
   * How far back the stream is settled after a forward page up to `last`, asked for at `askedAt`: with nothing unsettled before it,
   * up to the page's end or to where nothing can come late any more, whichever is older.
   */
  settledAfterPage(cursor: Cursor, last: Position, askedAt: number): number;
  /** True when a re-read would settle all there is, or a whole overlap of it; not sooner, as each costs a call. */
  isDue(settled: number, last: Position, askedAt: number): boolean;
  /** Records between `settled` and `last` that were never handed out: the late ones. */
  findUnseen(
    client: SalesforceClient,
    settled: number,
    last: Position,
    inHand: readonly Position[],
    signal: AbortSignal,
  ): Promise<readonly Position[]>;
  settledAfterReread(settled: number, last: Position, askedAt: number): number;
  handOut(versions: readonly Version[], next: Cursor): void;
}

/** Times are Salesforce's clock, in milliseconds. The memory is bounded by the records of two overlaps. */
export function createOverlap(overlapMs: number): Overlap {
  const lagMs = overlapMs + RESOLUTION_MS;
  const seen = new Map<string, { readonly atMs: number; readonly digest: string }>();
  let confirmed: number | undefined;
  let pending: { versions: readonly Version[]; next: Cursor } | undefined;

  const settledAfterReread = (settled: number, last: Position, askedAt: number): number =>
    Math.max(settled, Math.min(stampMs(last.at), askedAt - lagMs));

  return {
    confirm(cursor) {
      if (pending !== undefined && isSame(cursor, pending.next)) {
        for (const version of pending.versions)
          seen.set(nameOf(version), { atMs: stampMs(version.at), digest: version.digest });
      } else if (cursor.count !== confirmed) {
        seen.clear();
      }
      pending = undefined;
      confirmed = cursor.count;
      for (const [name, { atMs }] of seen) if (atMs < cursor.settled) seen.delete(name);
    },
    knows: (version) => seen.get(nameOf(version))?.digest === version.digest,
    settledAfterPage(cursor, last, askedAt) {
      const unsettledBefore = cursor.settled < stampMs(cursor.at);
      return unsettledBefore ? cursor.settled : settledAfterReread(cursor.settled, last, askedAt);
    },
    isDue(settled, last, askedAt) {
      const end = stampMs(last.at);
      return settled < end && askedAt - lagMs >= Math.min(end, settled + overlapMs);
    },
    async findUnseen(client, settled, last, inHand, signal) {
      const known = new Set(inHand.map(nameOf));
      const unseen: Position[] = [];
      let from: Position = { at: new Date(settled).toISOString(), id: '' };
      for (;;) {
        const page = await query(client, stampsBetween(from, last.at, STAMPS_PER_CALL), signal);
        const positions = page.rows.map(positionOf);
        unseen.push(...positions.filter((one) => !seen.has(nameOf(one)) && !known.has(nameOf(one))));
        from = positions.at(-1) ?? from;
        if (positions.length === 0 || (page.complete && positions.length < STAMPS_PER_CALL)) return unseen;
      }
    },
    settledAfterReread,
    handOut(versions, next) {
      pending = { versions, next };
    },
  };
}

/** The whole of it: another node's page from the same place has the same count. */
function isSame(one: Cursor, other: Cursor): boolean {
  return (
    one.count === other.count && one.at === other.at && one.id === other.id && one.settled === other.settled
  );
}

function nameOf(position: Position): string {
  return `${position.id}:${stampMs(position.at)}`;
}
