import type { Pool } from 'pg';
import { HUB_PART, type RecordedAction, recordAction } from '../audit/operator-action.ts';
import { inTransaction } from '../exceptions.ts';

export const CASE_STATUSES = ['open', 'acknowledged', 'ignored', 'resolved'] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** All exceptions of one fingerprint. */
export interface CaseRow {
  /** Its fingerprint. */
  readonly id: string;
  readonly flow: string;
  readonly target: string | null;
  readonly code: string;
  /** Normalised: what is common to all of them. */
  readonly message: string;
  readonly owner: string;
  readonly remedy: string;
  readonly status: CaseStatus;
  readonly assignee: string | null;
  /** As a person set it; null: the flow's. */
  readonly queue: string | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Date | null;
  /** Exceptions that are open, each on an order of its own. */
  readonly open: number;
  readonly units: string;
  /** At risk, by currency. */
  readonly amounts: Readonly<Record<string, string>>;
  /** Occurrences ever. */
  readonly seen: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Of those that are open. */
  readonly oldestOpenAt: Date | null;
  readonly promisedOn: string | null;
  /** Words that a mapping would mend, with how many exceptions wait for each; the most wanted first. */
  readonly missing: readonly MissingWord[];
}

export interface MissingWord {
  readonly kind: string;
  readonly system: string;
  readonly value: string;
  readonly waiting: number;
}

export type CaseSort = 'oldest' | 'newest' | 'value' | 'count';

export interface CaseFilter {
  /** `active`: open or acknowledged. */
  readonly status: CaseStatus | 'active' | 'all';
  readonly queue?: string;
  /** Words of the failure, or any identifier of an order that is caught in it. */
  readonly q?: string;
  readonly sort: CaseSort;
}

const ORDER: Readonly<Record<CaseSort, string>> = {
  oldest: 'oldest_open_at nulls last, last_seen_at desc',
  newest: 'last_seen_at desc',
  value: 'amount desc, units desc',
  count: 'open desc, last_seen_at desc',
};

/** Orders found by one identifier's beginning whose cases are looked at; more of them make no search. */
const MOST_FOUND = 500;

/**
 * $1 queues by flow, $2 status, $3 queue, $4 words, $5 beginning of an identifier, $6 the fingerprint alone. Reads the sums and never the
 * exceptions themselves but for the oldest of each case, by index.
 */
const LISTED = `
with by_currency as (
  select fingerprint, currency, sum(open)::int as open, sum(units) as units, sum(amount) as amount, sum(seen)::int as seen,
         max(last_seen_at) as last_seen_at
  from case_tally where $6::text is null or fingerprint = $6 group by fingerprint, currency
), tally as (
  select fingerprint, sum(open)::int as open, sum(units) as units, sum(amount) as amount, sum(seen)::int as seen,
         max(last_seen_at) as last_seen_at,
         coalesce(json_object_agg(currency, amount::text) filter (where amount <> 0), '{}') as amounts
  from by_currency group by fingerprint
), found as (
  select e.fingerprint from (
    (select part, key from identifier where lower(value) like lower($5) limit ${MOST_FOUND})
    union select part, key from exception_case where key = $4 and part = any ($7::smallint[])
  ) k join exception_case e using (part, key) where e.resolved_at is null
), aged as (
  select c.*, t.open, t.units, t.amount, t.amounts, t.seen, coalesce(t.last_seen_at, c.first_seen_at) as last_seen_at,
         coalesce(c.queue, $1::jsonb ->> c.flow, c.owner) as looked_after_by,
         case when t.open > 0 then (select e.opened_at from exception_case e
           where e.fingerprint = c.fingerprint and e.resolved_at is null order by e.opened_at limit 1) end as oldest_open_at
  from failure_case c join tally t using (fingerprint)
  where $4::text is null or c.fingerprint in (select fingerprint from found)
    or position(lower($4) in lower(concat_ws(' ', c.message, c.code, c.flow, c.target, c.owner, c.queue, c.assignee))) > 0
), stated as (
  select aged.*, case when ignored_at is not null then 'ignored' when open = 0 then 'resolved'
    when acknowledged_at >= oldest_open_at then 'acknowledged' else 'open' end as status
  from aged
), listed as (
  select * from stated
  where ($2 = 'all' or status = $2 or ($2 = 'active' and status in ('open', 'acknowledged')))
    and ($3::text is null or looked_after_by = $3)
)`;

/** Cases for people: what fails alike, what it holds up, who looks after it. */
export class CaseDesk {
  readonly #pool: Pool;
  readonly #parts: readonly number[];
  readonly #queues: string;

  /** `queues`: by flow, from the configuration. */
  constructor(pool: Pool, partitions: number, queues: Readonly<Record<string, string>>) {
    this.#pool = pool;
    this.#parts = Array.from({ length: partitions }, (_, part) => part);
    this.#queues = JSON.stringify(queues);
  }

  async list(
    filter: CaseFilter,
    limit: number,
    offset: number,
  ): Promise<{ items: readonly CaseRow[]; total: number }> {
    const { rows } = await this.#pool.query<CaseRow & { readonly total: number }>(
      `${LISTED}, page as (select *, count(*) over ()::int as total from listed order by ${ORDER[filter.sort]}, fingerprint limit $8 offset $9)
       ${SHOWN} order by ${ORDER[filter.sort]}, fingerprint`,
      [...this.#values(filter), limit, offset],
    );
    if (rows.length > 0 || offset === 0)
      return { items: rows.map(({ total: _total, ...row }) => row), total: rows[0]?.total ?? 0 };
    // Beyond the end: the total is asked alone.
    const first = await this.list(filter, 1, 0);
    return { items: [], total: first.total };
  }

  async find(id: string): Promise<CaseRow | undefined> {
    const { rows } = await this.#pool.query<CaseRow & { readonly total: number }>(
      `${LISTED}, page as (select *, 1 as total from listed where $8::int + $9::int = 0) ${SHOWN}`,
      [...this.#values({ status: 'all', sort: 'oldest' }, id), 0, 0],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    const { total: _total, ...found } = row;
    return found;
  }

  #values({ status, queue, q }: CaseFilter, fingerprint: string | null = null): unknown[] {
    const words = q?.trim() ?? '';
    const escaped = words.replaceAll(/[\\%_]/g, String.raw`\$&`);
    return [
      this.#queues,
      status,
      queue ?? null,
      words === '' ? null : words,
      words === '' ? null : `${escaped}%`,
      fingerprint,
      this.#parts,
    ];
  }

  /** Covers what is open now. */
  acknowledge(id: string, by: string): Promise<boolean> {
    return this.#change(
      id,
      by,
      'acknowledge',
      undefined,
      'acknowledged_at = clock_timestamp(), acknowledged_by = $2',
      [by],
    );
  }

  /** Undefined leaves it as it is; null gives it back to the flow's queue, or to nobody. */
  assign(
    id: string,
    by: string,
    to: { readonly assignee?: string | null; readonly queue?: string | null },
  ): Promise<boolean> {
    return this.#change(
      id,
      by,
      'assign',
      Object.entries(to)
        .map(([name, value]) => `${name}: ${value ?? 'nobody'}`)
        .join(', '),
      'assignee = case when $2 then $3 else assignee end, queue = case when $4 then $5 else queue end',
      [to.assignee !== undefined, to.assignee ?? null, to.queue !== undefined, to.queue ?? null],
    );
  }

  /** Until it is opened again by hand: recurrences are counted, and nobody is asked. */
  ignore(id: string, by: string, reason: string): Promise<boolean> {
    return this.#change(id, by, 'ignore', reason, 'ignored_at = clock_timestamp()', []);
  }

  /** Takes back that it is ignored or acknowledged. */
  reopen(id: string, by: string): Promise<boolean> {
    return this.#change(
      id,
      by,
      'reopen',
      undefined,
      'ignored_at = null, acknowledged_at = null, acknowledged_by = null',
      [],
    );
  }

  #change(
    id: string,
    by: string,
    action: string,
    reason: string | undefined,
    set: string,
    values: readonly unknown[],
  ): Promise<boolean> {
    return inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(`update failure_case set ${set} where fingerprint = $1`, [
        id,
        ...values,
      ]);
      if (rowCount === 0) return false;
      await recordAction(client, {
        part: HUB_PART,
        action,
        actor: by,
        ...(reason === undefined ? {} : { reason }),
        detail: { case: id },
      });
      return true;
    });
  }

  /** What people did to the case itself, oldest first. */
  async history(
    id: string,
  ): Promise<readonly Pick<RecordedAction, 'actedAt' | 'actor' | 'action' | 'reason'>[]> {
    const { rows } = await this.#pool.query<Pick<RecordedAction, 'actedAt' | 'actor' | 'action' | 'reason'>>(
      `select acted_at as "actedAt", actor, action, reason from operator_action
       where part = $1 and detail ->> 'case' = $2 and key is null and detail is not null order by id`,
      [HUB_PART, id],
    );
    return rows;
  }
}

const SHOWN = `
select fingerprint as id, flow, target, code, message, owner, remedy, status, assignee, queue, acknowledged_by as "acknowledgedBy",
       acknowledged_at as "acknowledgedAt", open, units::text, amounts, seen, first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt",
       oldest_open_at as "oldestOpenAt", total,
       (select e.promised_on::text from exception_case e
        where e.fingerprint = page.fingerprint and e.resolved_at is null and e.promised_on is not null order by e.promised_on limit 1) as "promisedOn",
       (select coalesce(json_agg(w), '[]') from (
          select x.kind, x.system, x.value, count(*)::int as waiting
          from (select part, id from exception_case e where e.fingerprint = page.fingerprint and e.resolved_at is null
                order by e.opened_at limit 1000) e
          join exception_missing x on x.part = e.part and x.exception_id = e.id
          group by 1, 2, 3 order by waiting desc, value limit 20) w) as missing
from page`;
