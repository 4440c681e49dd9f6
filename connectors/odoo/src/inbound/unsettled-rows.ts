import type { Odoo } from '../external-ids.ts';
import { datetimeFromOdoo, datetimeToOdoo } from '../values.ts';
import type { Domain, Stamped } from './change-cursor.ts';
import type { ChangeSource } from './change-stream.ts';
import type { RecentRows } from './recent-rows.ts';

/** Rows of another model of which each concerns any number of records, and bumps none of them. */
export interface Linked {
  readonly model: string;
  /** The records that these rows concern. */
  recordsOf(ids: readonly number[]): Domain;
}

/** Ids and stamps of one call. */
const STAMPS_PER_CALL = 2000;

interface Behind<Row extends Stamped> {
  readonly source: ChangeSource<Row>;
  readonly odoo: Odoo;
  readonly recent: RecentRows;
  readonly settled: string;
  readonly nowMs: number;
  /** Nothing of the records themselves can come late any more; their children have no cursor of their own and are always looked at. */
  readonly idle: boolean;
}

export interface Unsettled {
  /** Ids of records. */
  readonly pages: readonly (readonly number[])[];
  /** The newest stamp of any row that was looked at. */
  readonly newest: string;
  /** Rows that are read once all of the pages are. */
  readonly linked: readonly (Stamped & { readonly model: string })[];
}

/**
 * The records whose own, whose children's or whose linked rows are stamped after `settled` and were not read often enough. However
 * many rows there are, all are looked at.
 */
export async function findUnsettled<Row extends Stamped>(
  { source, odoo, recent, settled, nowMs, idle }: Behind<Row>,
  signal: AbortSignal,
): Promise<Unsettled> {
  const again = new Set<number>();
  let newest = settled;
  const kinds = [
    ...(idle ? [] : [{ model: source.model, parent: undefined, domain: source.domain }]),
    ...source.children,
  ];
  for (const { model, parent, domain } of kinds) {
    for (const row of await readStamps(odoo, { model, parent, domain, since: settled }, signal)) {
      if (row.changedAt > newest) newest = row.changedAt;
      if (!recent.settled(`${model}:${row.id}`, row.changedAt, nowMs)) again.add(row.record);
    }
  }
  const linked: (Stamped & { readonly model: string })[] = [];
  for (const { model, recordsOf } of (await source.linked?.(signal)) ?? []) {
    const rows = await readStamps(odoo, { model, parent: undefined, domain: [], since: settled }, signal);
    for (const { changedAt } of rows) if (changedAt > newest) newest = changedAt;
    const open = rows.filter(({ id, changedAt }) => !recent.settled(`${model}:${id}`, changedAt, nowMs));
    linked.push(...open.map(({ id, changedAt }) => ({ model, id, changedAt })));
    for (let at = 0; at < open.length; at += STAMPS_PER_CALL) {
      const ids = open.slice(at, at + STAMPS_PER_CALL).map(({ id }) => id);
      for (const id of await readIds(odoo, source, recordsOf(ids), signal)) again.add(id);
    }
  }
  const ids = [...again].sort((a, b) => a - b);
  const pages: number[][] = [];
  for (let at = 0; at < ids.length; at += source.page) pages.push(ids.slice(at, at + source.page));
  return { pages, newest, linked };
}

interface StampQuery {
  readonly model: string;
  readonly parent: string | undefined;
  readonly domain: Domain;
  readonly since: string;
}

async function readStamps(
  odoo: Odoo,
  { model, parent, domain, since }: StampQuery,
  signal: AbortSignal,
): Promise<readonly (Stamped & { readonly record: number })[]> {
  const found: (Stamped & { record: number })[] = [];
  for (let after = 0; ; ) {
    const rows = await odoo.client.call<Record<string, unknown>[]>(
      model,
      'search_read',
      {
        domain: [...domain, ['write_date', '>=', datetimeToOdoo(since)], ['id', '>', after]],
        fields: ['write_date', ...(parent === undefined ? [] : [parent])],
        order: 'id',
        limit: STAMPS_PER_CALL,
        context: { active_test: false },
      },
      { signal },
    );
    for (const row of rows) {
      const id = Number(row['id']);
      const record = parent === undefined ? id : idIn(row[parent]);
      if (record !== undefined)
        found.push({ id, record, changedAt: datetimeFromOdoo(String(row['write_date'])) });
    }
    if (rows.length < STAMPS_PER_CALL) return found;
    after = Number(rows.at(-1)?.['id']);
  }
}

async function readIds<Row extends Stamped>(
  odoo: Odoo,
  { model, domain }: ChangeSource<Row>,
  condition: Domain,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const found: number[] = [];
  for (let after = 0; ; ) {
    const rows = await odoo.client.call<{ id: number }[]>(
      model,
      'search_read',
      {
        domain: [...domain, ...condition, ['id', '>', after]],
        fields: ['id'],
        order: 'id',
        limit: STAMPS_PER_CALL,
        context: { active_test: false },
      },
      { signal },
    );
    found.push(...rows.map(({ id }) => id));
    if (rows.length < STAMPS_PER_CALL) return found;
    after = rows.at(-1)?.id ?? 0;
  }
}

/** Of a many2one as it is read: `[id, name]`, or `false`. */
function idIn(value: unknown): number | undefined {
  return Array.isArray(value) && typeof value[0] === 'number' ? value[0] : undefined;
}
