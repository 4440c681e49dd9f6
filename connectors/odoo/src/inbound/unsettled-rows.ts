import type { Odoo } from '../external-ids.ts';
import { datetimeFromOdoo, datetimeToOdoo } from '../values.ts';
import type { Domain, Stamped } from './change-cursor.ts';
import type { ChangeSource } from './change-stream.ts';
import type { RecentRows } from './recent-rows.ts';

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

/**
 * The records whose own or whose children's rows are stamped after `settled` and were not read often enough, in pages; and the newest
 * stamp of any of those rows. However many rows there are, all are looked at.
 */
export async function findUnsettled<Row extends Stamped>(
  { source, odoo, recent, settled, nowMs, idle }: Behind<Row>,
  signal: AbortSignal,
): Promise<{ readonly pages: readonly (readonly number[])[]; readonly newest: string }> {
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
  const ids = [...again].sort((a, b) => a - b);
  const pages: number[][] = [];
  for (let at = 0; at < ids.length; at += source.page) pages.push(ids.slice(at, at + source.page));
  return { pages, newest };
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

/** Of a many2one as it is read: `[id, name]`, or `false`. */
function idIn(value: unknown): number | undefined {
  return Array.isArray(value) && typeof value[0] === 'number' ? value[0] : undefined;
}
