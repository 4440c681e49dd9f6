import { afterPage, byIdUpTo, type ChangeCursor, pageQuery, type Stamped } from './change-cursor.ts';
import type { ChangedRecord, ChangeSource } from './change-stream.ts';
import type { Span } from './recent-rows.ts';

/** A page of changes, and where the one after it begins. */
interface Page {
  readonly records: readonly ChangedRecord[];
  /** A page that was read ahead is as of then. */
  readonly span: Span;
  readonly cursor: ChangeCursor;
  readonly more: boolean;
}

/** A page that is being read. */
interface Reading<Row extends Stamped> {
  /** Read by its place alone, beginning with what should be the last row of the page before it. */
  readonly byPlace: boolean;
  readonly rows: Promise<readonly Row[]>;
  readonly completed: Promise<{ readonly records: readonly ChangedRecord[]; readonly span: Span }>;
}

/**
 * Reads a stream page by page. While pages are full the two after the one that is handed out are under way, each a call at a time, so
 * that neither of a server's two workers waits for the hub, nor the hub for both.
 *
 * Where the second of them begins is not known before the first is there. So it is read by its place (an offset), one row earlier: when
 * its first row is the last of the page before it, nothing is between the two whatever changed meanwhile, because rows have one order.
 * Otherwise it is read again from where that page ended.
 */
export class PagesAhead<Row extends Stamped> {
  readonly #source: ChangeSource<Row>;
  readonly #nowMs: () => number;
  readonly #newest: ((signal: AbortSignal) => Promise<string | undefined>) | undefined;
  /** The newest stamp that was asked for. */
  #upTo = '';
  #ahead: readonly Reading<Row>[] = [];
  /** The cursor that the first of them follows. */
  #place: string | undefined;
  /** The row before the first of them. */
  #last: Row | undefined;

  /** @param newest the newest stamp there is: more than a page is then read by id up to it */
  constructor(
    source: ChangeSource<Row>,
    nowMs: () => number,
    newest?: (signal: AbortSignal) => Promise<string | undefined>,
  ) {
    this.#source = source;
    this.#nowMs = nowMs;
    this.#newest = newest;
  }

  /** What was read ahead is not to be used: the cursor is another's, or rows have been read anew since. */
  clear(): void {
    this.#drop();
    this.#upTo = '';
  }

  #drop(): void {
    this.#ahead = [];
    this.#place = undefined;
    this.#last = undefined;
  }

  async take(cursor: ChangeCursor, signal: AbortSignal): Promise<Page> {
    const [known, ...further] = this.#place === placeOf(cursor) ? this.#ahead : [];
    const last = this.#last;
    this.#drop();
    // A page that could not be read ahead is read now.
    const usable = known !== undefined && (await follows(known, last));
    const reading = usable ? known : this.#read(cursor, false, signal);
    const rows = withoutOverlap(reading, await reading.rows);
    const { page } = this.#source;
    const full = rows.length >= page;
    const next = await this.#inOrder(afterPage(cursor, rows, page), full, signal);
    if (next.more) {
      const kept = usable && sameOrder(cursor, next.cursor) ? further : [];
      const following = kept.length > 0 ? kept : [this.#read(next.cursor, false, signal)];
      const beyond = full ? [this.#read(next.cursor, true, signal)] : [];
      this.#ahead = [...following, ...beyond];
      this.#place = placeOf(next.cursor);
      this.#last = rows.at(-1);
    }
    return { ...(await reading.completed), ...next };
  }

  async #inOrder<Next extends Pick<Page, 'cursor' | 'more'>>(
    next: Next,
    full: boolean,
    signal: AbortSignal,
  ): Promise<Next> {
    const { cursor } = next;
    // What was the newest stamp when it was asked for has little after it.
    if (this.#newest === undefined || !full || cursor.after !== undefined || cursor.since <= this.#upTo)
      return next;
    this.#upTo = (await this.#newest(signal)) ?? '';
    return { ...next, cursor: byIdUpTo(this.#upTo, cursor) };
  }

  /** The page after the cursor, or the one beyond that. */
  #read(cursor: ChangeCursor, byPlace: boolean, signal: AbortSignal): Reading<Row> {
    const { domain, page } = this.#source;
    const fromMs = this.#nowMs();
    const place = byPlace ? { offset: page - 1, limit: page + 1 } : { limit: page };
    const rows = this.#source.rows({ ...pageQuery(domain, cursor), ...place }, signal);
    const completed = rows.then(async (read) => {
      const records = await this.#source.complete(withoutOverlap({ byPlace }, read), signal);
      return { records, span: { fromMs, toMs: this.#nowMs() } };
    });
    completed.catch(() => undefined);
    return { byPlace, rows, completed };
  }
}

/** Whether a reading came, whole, and is of the page after the row. */
async function follows<Row extends Stamped>(
  { byPlace, rows, completed }: Reading<Row>,
  last: Row | undefined,
): Promise<boolean> {
  try {
    const [first] = await rows;
    if (byPlace && (first?.id !== last?.id || first?.changedAt !== last?.changedAt)) return false;
    await completed;
    return true;
  } catch {
    return false;
  }
}

function withoutOverlap<Row>({ byPlace }: { byPlace: boolean }, rows: readonly Row[]): readonly Row[] {
  return byPlace ? rows.slice(1) : rows;
}

/** Pages are ordered by stamp, or by id up to a stamp. */
function sameOrder(one: ChangeCursor, other: ChangeCursor): boolean {
  if (one.after === undefined || other.after === undefined) return one.after === other.after;
  return one.since === other.since && one.until === other.until;
}

function placeOf({ since, seen, after, until }: ChangeCursor): string {
  return `${since} ${after ?? ''} ${until ?? ''} ${seen.length} ${seen.at(-1) ?? ''}`;
}
