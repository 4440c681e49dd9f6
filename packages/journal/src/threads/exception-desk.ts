import { randomUUID } from 'node:crypto';
import type { Fault, JsonObject } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { actionsOf } from '../audit/operator-action.ts';
import {
  closeException,
  discardException,
  editException,
  type ExceptionAddress,
  RETRYABLE,
  retryException,
} from '../cases/exception-acts.ts';
import { inTransaction } from '../exceptions.ts';
import { partitionOf } from '../partition.ts';

export interface ExceptionRow {
  readonly part: number;
  readonly id: string;
  readonly key: string;
  readonly code: string;
  readonly flow: string;
  readonly target: string | null;
  readonly deliveryId: string | null;
  readonly summary: string;
  readonly faults: readonly Fault[];
  readonly owner: string;
  readonly remedy: string;
  /** Since when it is open this time; a recurrence after its end opens it anew. */
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
  /** A parked delivery, a held message, or a message worth deciding again. */
  readonly retryable: boolean;
  readonly fingerprint: string;
  readonly seen: number;
  readonly reopened: number;
  /** Set while it goes again and nothing has come of it. */
  readonly retriedAt: Date | null;
  readonly units: string | null;
  readonly amount: string | null;
  readonly currency: string;
  readonly promisedOn: string | null;
}

export interface ExceptionDetail extends ExceptionRow {
  /** The parked or waiting command, as it would be sent; null without one. */
  readonly command: { readonly type: string; readonly payload: JsonObject } | null;
  /** As the flow wrote it, when a person changed it since. */
  readonly original: JsonObject | null;
  /** What became of it and what people did, oldest first. */
  readonly history: readonly {
    readonly at: Date;
    readonly by: string;
    readonly act: string;
    readonly note: string | null;
  }[];
}

export interface InvalidMessageRow {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Date;
  readonly faults: readonly Fault[];
  readonly payload: string;
}

export type ExceptionStatus = 'open' | 'resolved' | 'all';

export interface ExceptionFilter {
  readonly status: ExceptionStatus;
  /** A case's fingerprint. */
  readonly case?: string;
  /** Those of one key. */
  readonly thread?: string;
}

const COLUMNS = `part, id, key, code, flow, target, delivery_id as "deliveryId", summary, faults, owner, remedy,
  opened_at as "openedAt", resolved_at as "resolvedAt", resolution, ${RETRYABLE} as retryable, fingerprint, seen, reopened,
  retried_at as "retriedAt", units::text, amount::text, currency, promised_on::text as "promisedOn"`;

const WHERE: Readonly<Record<ExceptionStatus, string>> = {
  open: 'resolved_at is null',
  resolved: 'resolved_at is not null',
  all: 'true',
};

/** Where people look at failures and mend them. */
export class ExceptionDesk {
  readonly #pool: Pool;

  readonly #partitions: number;

  constructor(pool: Pool, partitions: number) {
    this.#pool = pool;
    this.#partitions = partitions;
  }

  /** Newest first; those of one case oldest first, as they are to be worked. */
  async list(
    filter: ExceptionFilter,
    limit: number,
    offset: number,
  ): Promise<{ items: readonly ExceptionRow[]; total: number }> {
    const { where, values } = this.#which(filter);
    const order = filter.case === undefined ? 'opened_at desc, part, id desc' : 'opened_at, part, id';
    const at = values.length;
    const items = await this.#pool.query<ExceptionRow>(
      `select ${COLUMNS} from exception_case where ${where} order by ${order} limit $${at + 1} offset $${at + 2}`,
      [...values, limit, offset],
    );
    const total = await this.#pool.query<{ count: number }>(...countOf(filter, where, values));
    return { items: items.rows, total: total.rows[0]?.count ?? 0 };
  }

  #which({ status, case: fingerprint, thread }: ExceptionFilter): { where: string; values: unknown[] } {
    const values: unknown[] = [];
    const conditions = [WHERE[status]];
    if (fingerprint !== undefined) conditions.push(`fingerprint = $${values.push(fingerprint)}`);
    if (thread !== undefined) {
      const part = values.push(partitionOf(thread, this.#partitions));
      conditions.push(`part = $${part} and key = $${values.push(thread)}`);
    }
    return { where: conditions.join(' and '), values };
  }

  async find(part: number, id: string): Promise<ExceptionRow | undefined> {
    const { rows } = await this.#pool.query<ExceptionRow>(
      `select ${COLUMNS} from exception_case where part = $1 and id = $2`,
      [part, id],
    );
    return rows[0];
  }

  async detail(part: number, id: string): Promise<ExceptionDetail | undefined> {
    const found = await this.find(part, id);
    if (found === undefined) return undefined;
    const command = await this.#pool.query<{ type: string; payload: JsonObject }>(
      `select type, payload from delivery where part = $1 and id = $2
       union all select type, payload from delivery_done where part = $1 and class = any ('{0,1,2,3,4,5,6,7}') and id = $2`,
      [part, found.deliveryId],
    );
    const events = await this.#pool.query<{ at: Date; act: string; note: string | null }>(
      'select at, event as act, note from exception_event where part = $1 and exception_id = $2 order by id',
      [part, id],
    );
    const deeds = (await actionsOf(this.#pool, part, found.key)).filter((deed) => deed.exceptionId === id);
    const edit = deeds.find((deed) => deed.action === 'edit')?.detail as { before?: JsonObject } | undefined;
    const history = [
      ...events.rows.map((event) => ({ ...event, by: 'hub' })),
      ...deeds.map((deed) => ({
        at: deed.actedAt,
        by: deed.actor,
        act: deed.action,
        note: deed.reason ?? null,
      })),
    ].sort((a, b) => a.at.getTime() - b.at.getTime());
    return { ...found, command: command.rows[0] ?? null, original: edit?.before ?? null, history };
  }

  async ofThread(key: string): Promise<readonly ExceptionRow[]> {
    const { rows } = await this.#pool.query<ExceptionRow>(
      `select ${COLUMNS} from exception_case where part = $1 and key = $2 order by opened_at`,
      [partitionOf(key, this.#partitions), key],
    );
    return rows;
  }

  /** False when nothing waits for it. The exception closes when what goes again has ended well. */
  retry(part: number, id: string, by: string): Promise<boolean> {
    const cause = `retry:${randomUUID()}`;
    return inTransaction(
      this.#pool,
      async (client) => (await retryException(client, { part, id }, by, cause)) !== undefined,
    );
  }

  edit(at: ExceptionAddress, by: string, why: string, payload: JsonObject): Promise<boolean> {
    return inTransaction(this.#pool, (client) => editException(client, at, by, why, payload));
  }

  /** Ends the parked delivery without sending it; what waited behind it goes on. False when there is none. */
  discard(part: number, id: string, by: string, reason: string): Promise<boolean> {
    return inTransaction(this.#pool, (client) => discardException(client, { part, id }, by, reason));
  }

  /** Mended by hand elsewhere. False while something is parked or held for it. */
  close(at: ExceptionAddress, by: string, note: string): Promise<boolean> {
    return inTransaction(this.#pool, (client) => closeException(client, at, by, note));
  }

  async invalidMessages(limit: number): Promise<readonly InvalidMessageRow[]> {
    const { rows } = await this.#pool.query<InvalidMessageRow>(
      'select id, source, received_at as "receivedAt", faults, payload from invalid_message order by id desc limit $1',
      [limit],
    );
    return rows;
  }
}

/** The sums know how many are open; counting 100,000 rows for each page would take longer than the page. One key has few. */
function countOf(
  { status, case: fingerprint, thread }: ExceptionFilter,
  where: string,
  values: unknown[],
): [string, unknown[]] {
  if (status !== 'open' || thread !== undefined)
    return [`select count(*)::int as count from exception_case where ${where}`, values];
  const of = fingerprint === undefined ? '' : ' where fingerprint = $1';
  return [`select coalesce(sum(open), 0)::int as count from case_tally${of}`, values];
}
