import { hash } from 'node:crypto';
import type { IncomingMessage, JsonValue, Polled, Poller } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import { datetimeFromOdoo } from '../values.ts';
import {
  type ChangeCursor,
  type Domain,
  readCursor,
  type Stamped,
  startCursor,
  wholeSeconds,
} from './change-cursor.ts';
import { LookBehind } from './look-behind.ts';
import { PagesAhead } from './pages-ahead.ts';
import { type Presence, PresenceSweep } from './presence-sweep.ts';
import { HandedOut } from './recent-rows.ts';
import type { Linked } from './unsettled-rows.ts';

/** Rows whose change does not always bump the record that they belong to. */
export interface Children {
  readonly model: string;
  /** Their many2one to the record. */
  readonly parent: string;
  readonly domain: Domain;
}

/** A record as it stands now, with everything that its document says. */
export interface ChangedRecord extends Stamped {
  readonly children: readonly (Stamped & { readonly model: string })[];
  /** The newest stamp of the rows that it is linked with. */
  readonly linkedAt?: string;
  /** How often rows of it were found gone. */
  readonly revision?: number;
  /** Undefined: none of the hub's business. */
  readonly message?: { readonly key: string; readonly payload: JsonValue };
}

/** What a stream follows: a model, what belongs to its records, and how they are read. */
export interface ChangeSource<Row extends Stamped> {
  /** Unique within the connector, e.g. `outgoing-pickings`. */
  readonly stream: string;
  readonly model: string;
  /** The messages' type. */
  readonly document: string;
  readonly domain: Domain;
  readonly children: readonly Children[];
  /** What its records share; which that is may depend on the server's version. */
  linked?(signal: AbortSignal): Promise<readonly Linked[]>;
  /** Of few records whose deletions, and those of their children, are told. */
  readonly presence?: Presence;
  /** How often children and linked rows are looked at; 3 s when absent. */
  readonly lookBehindEveryMs?: number;
  /**
   * More than a page is read in the order of ids, where no record depends on another's coming before it: `write_date` has no index, and of
   * 86,000 partners a page in its order costs a 19.0 half as much again.
   */
  readonly backlogById?: boolean;
  /** Records of one page at most. */
  readonly page: number;
  /** The records' own fields, in one call. Archived records are among them. */
  rows(
    query: { domain: Domain; order: string; limit: number; offset?: number },
    signal?: AbortSignal,
  ): Promise<readonly Row[]>;
  /** What else belongs to them. A record may have changed since its row was read: its document is then as of now. */
  complete(rows: readonly Row[], signal?: AbortSignal): Promise<readonly ChangedRecord[]>;
}

export interface ChangeStreamOptions {
  readonly system: string;
  readonly odoo: Odoo;
  readonly intervalMs: number;
  /** Longer than the longest transaction there. */
  readonly overlapSeconds: number;
  /** RFC 3339: what was stamped before is none of ours. Absent: a day before the newest change, by the server's own stamps. */
  readonly from?: string;
  /** Milliseconds of a clock that never goes back; the machine's own when absent. */
  readonly nowMs?: () => number;
}

const LOOK_BACK_MS = 24 * 3_600_000;

/**
 * Polls one source by `write_date`. Every poll reads forward from the cursor, ahead of what is handed out (`PagesAhead`).
 *
 * Behind the cursor nothing is certain for a while: `write_date` is its transaction's start (recording 21) and reads back in whole
 * seconds. So all that is stamped after `settled` is looked at again every few seconds, ids and stamps alone (`LookBehind`), and what is
 * new, differs or was not read often enough (`RecentRows`) is read whole. `settled` moves up to the newest stamp of one overlap ago: a transaction that began
 * before it has ended since, unless it lasted longer than the overlap. What such a one changed is found when it changes again. An idle, settled
 * stream asks one cheap question a poll, and one per kind of children every three seconds.
 *
 * A record is handed out when its content is not what was handed out last. Its source id names its newest stamp and its content, so
 * that a value that came back is a change, and a repeat after a crash is none; one that came back with the same stamp is numbered.
 */
export function createChangeStream<Row extends Stamped>(
  source: ChangeSource<Row>,
  options: ChangeStreamOptions,
): Poller {
  const { odoo, nowMs = () => performance.now() } = options;
  const behind = new LookBehind(source, odoo, options.overlapSeconds, nowMs);
  const newest = (signal: AbortSignal) => newestOf(source, odoo, signal);
  const pages = new PagesAhead(source, nowMs, source.backlogById === true ? newest : undefined);
  const sweep = source.presence === undefined ? undefined : new PresenceSweep(source, source.presence, nowMs);
  const handed = new HandedOut();
  let expected: string | undefined;
  const confirm = (stored: JsonValue | undefined) => {
    // The whole of it: another node's page from the same place has the same count.
    if (JSON.stringify(stored) === expected) return handed.confirm();
    // Another node's cursor, or a page of ours that was not stored: what was read here counts for nothing.
    handed.clear();
    behind.clear();
    pages.clear();
    sweep?.clear();
  };

  return {
    stream: source.stream,
    intervalMs: options.intervalMs,
    async poll(stored, signal): Promise<Polled> {
      const cursor =
        stored === undefined ? startCursor(await firstOf(source, options, signal)) : readCursor(stored);
      confirm(stored);
      const { settled } = cursor;
      const page = await pages.take(cursor, signal);
      behind.note(page.records, page.span);
      const turn = page.more ? 'later' : behind.turn(page.records.length > 0);
      const since = page.cursor.until ?? page.cursor.since;
      // What is ahead was read before, and may be older than what is read now; handed out after it, it would be the last word.
      if (turn === 'now') pages.clear();
      const late =
        turn === 'now'
          ? await behind.read({ settled, since }, signal)
          : { records: [], settled, more: page.more || turn === 'next' };
      const read = [...page.records, ...late.records];
      const swept = await sweep?.look(cursor.held, { read, idle: !late.more }, signal);
      const { records = read, more = false, ...held } = swept ?? {};
      if (records.length > read.length) pages.clear();
      const messages = handOut(options.system, source, records, handed);
      const count = cursor.count + (messages.length > 0 ? 1 : 0);
      const next: ChangeCursor = { ...page.cursor, settled: late.settled, count, ...held };
      expected = JSON.stringify(next);
      return { messages, cursor: next as unknown as JsonValue, more: late.more || more };
    },
  };
}

/** A day before the newest change there, so that neither clock has to be right. */
async function firstOf<Row extends Stamped>(
  source: ChangeSource<Row>,
  { odoo, from }: ChangeStreamOptions,
  signal: AbortSignal,
): Promise<string> {
  if (from !== undefined) return wholeSeconds(Date.parse(from));
  const newest = Date.parse((await newestOf(source, odoo, signal)) ?? wholeSeconds(0));
  return wholeSeconds(Math.max(0, newest - LOOK_BACK_MS));
}

async function newestOf<Row extends Stamped>(
  { model, domain }: ChangeSource<Row>,
  odoo: Odoo,
  signal: AbortSignal,
): Promise<string | undefined> {
  const rows = await odoo.client.call<{ write_date: string }[]>(
    model,
    'search_read',
    {
      domain,
      fields: ['write_date'],
      order: 'write_date desc',
      limit: 1,
      context: { active_test: false },
    },
    { signal },
  );
  return rows[0] === undefined ? undefined : datetimeFromOdoo(rows[0].write_date);
}

function handOut<Row extends Stamped>(
  system: string,
  source: ChangeSource<Row>,
  records: readonly ChangedRecord[],
  handed: HandedOut,
): readonly IncomingMessage[] {
  const messages: IncomingMessage[] = [];
  for (const changed of records) {
    const { id, message } = changed;
    if (message === undefined) continue;
    const content = contentOf(message);
    const again = handed.tell(`${source.model}:${id}`, newestStampOf(changed), content);
    if (again === undefined) continue;
    const told = messageOf(system, source, { ...changed, message }, content);
    messages.push(again === 0 ? told : { ...told, sourceId: `${told.sourceId}:a${again}` });
  }
  return messages;
}

type WithMessage = ChangedRecord & Required<Pick<ChangedRecord, 'message'>>;

/** Its source id names the newest stamp, the content, and how often something of it was found gone. */
export function messageOf<Row extends Stamped>(
  system: string,
  source: ChangeSource<Row>,
  changed: WithMessage,
  content: string = contentOf(changed.message),
): IncomingMessage {
  const { id, message, revision = 0 } = changed;
  return {
    source: system,
    sourceId: `${source.model}:${id}:${newestStampOf(changed)}:${content}${revision === 0 ? '' : `:r${revision}`}`,
    key: message.key,
    type: source.document,
    payload: message.payload,
  };
}

function newestStampOf({ changedAt, linkedAt = '', children }: ChangedRecord): string {
  let newest = linkedAt > changedAt ? linkedAt : changedAt;
  for (const child of children) if (child.changedAt > newest) newest = child.changedAt;
  return newest;
}

function contentOf(message: WithMessage['message']): string {
  return hash('sha1', JSON.stringify(message), 'base64url');
}
