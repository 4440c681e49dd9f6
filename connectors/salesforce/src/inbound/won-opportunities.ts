import type { IncomingMessage, Polled, Poller } from '@trunkline/messaging';
import { type SalesforceClient, UnreadableAnswer } from '../client.ts';
import type { SalesforceSettings } from '../config.ts';
import { OPPORTUNITY_DOCUMENT } from '../translators/opportunity-document.ts';
import { errorsOf } from '../reported-errors.ts';
import { type Cursor, readCursor, startCursor } from './cursor.ts';
import {
  type OptionalFields,
  type Page,
  type Position,
  positionOf,
  query,
  readOptionalFields,
  versionOf,
  wholeRecord,
  wonAfter,
  wonByIds,
} from './opportunity-query.ts';
import { createOverlap } from './overlap.ts';
import { stampMs } from '../soql.ts';

/**
 * Opportunities that are won and changed since the cursor, each with its account and lines.
 *
 * Forward: keyset pages by (SystemModstamp, Id), one call a poll. Behind it the overlap: a transaction stamps its records first
 * and commits later, so a record may appear behind the cursor. Stamps younger than `overlapSeconds` are therefore looked through
 * once more, ids only, when they have aged by that much. What was handed out is remembered in memory, not in the cursor: after a
 * restart a few are handed out again, and the journal knows them.
 */
export function createWonOpportunities(
  system: string,
  client: SalesforceClient,
  settings: SalesforceSettings,
): Poller {
  const overlap = createOverlap(settings.overlapMs);
  let optional: OptionalFields | undefined;
  const ask = async (soql: string, signal: AbortSignal): Promise<Page<Record<string, unknown>>> => {
    try {
      return await query(client, soql, signal);
    } catch (error) {
      // A feature was turned off, or on and off, since the fields were read: the next poll reads them again.
      if (error instanceof UnreadableAnswer && isInvalidField(error)) optional = undefined;
      throw error;
    }
  };

  return {
    stream: 'won-opportunities',
    intervalMs: settings.pollIntervalMs,
    async poll(stored, signal): Promise<Polled> {
      const cursor = stored === undefined ? startCursor(settings.startAt) : readCursor(stored);
      overlap.confirm(cursor);
      optional ??= await readOptionalFields(client, signal);
      // Before the call: a record that becomes visible during it is not promised to be in its answer.
      const askedAt = client.serverNow();
      const page = await ask(wonAfter(cursor, settings.pageSize, optional), signal);
      const more = !page.complete || page.rows.length >= settings.pageSize;
      const fresh = page.rows.map(positionOf);
      const last: Position = fresh.at(-1) ?? cursor;
      let settled = overlap.settledAfterPage(cursor, last, askedAt);

      let late: readonly Record<string, unknown>[] = [];
      let moreLate = false;
      if (!more && overlap.isDue(settled, last, askedAt)) {
        const unseen = await overlap.findUnseen(client, settled, last, fresh, signal);
        const ids = unseen.slice(0, Math.min(settings.pageSize, IDS_PER_QUERY)).map(({ id }) => id);
        if (ids.length > 0) late = (await ask(wonByIds(ids, optional), signal)).rows;
        moreLate = ids.length < unseen.length;
        if (!moreLate) settled = overlap.settledAfterReread(settled, last, askedAt);
      }

      const rows = [...late, ...page.rows.filter((row) => !overlap.knows(versionOf(row)))];
      const messages: IncomingMessage[] = [];
      for (const row of rows) messages.push(await messageOf(system, client, row, signal));
      const count = cursor.count + (rows.length > 0 ? 1 : 0);
      const id = !more && mayStillFill(last, askedAt) ? '' : last.id;
      const next: Cursor = { at: last.at, id, settled, count };
      overlap.handOut(rows.map(versionOf), next);
      return { messages, cursor: { ...next }, more: more || moreLate };
    },
  };
}

function isInvalidField({ answer }: UnreadableAnswer): boolean {
  return errorsOf(answer.body).some(({ code }) => code === 'INVALID_FIELD');
}

/**
 * Stamps are whole seconds, and ids tell when a record was made, not when it was won: in a second that is not over, a record may
 * yet appear before the cursor, or change once more. Such a second is read again from its beginning, without what was handed out.
 */
function mayStillFill({ at }: Position, askedAt: number): boolean {
  return askedAt < stampMs(at) + 1000;
}

/** 23 characters each, percent-encoded 27: 200 of them and the field list stay under the 16,384 characters of a request line. */
const IDS_PER_QUERY = 200;

async function messageOf(
  system: string,
  client: SalesforceClient,
  row: Record<string, unknown>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { id, at, digest } = versionOf(row);
  return {
    source: system,
    sourceId: `${id}:${at}:${digest}`,
    key: `so_${id}`,
    type: OPPORTUNITY_DOCUMENT,
    payload: await wholeRecord(client, row, signal),
  };
}
