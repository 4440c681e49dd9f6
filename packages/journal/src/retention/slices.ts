import type { Pool, PoolClient } from 'pg';
import { SLICED, type SlicedTable } from './policy.ts';

/** 2^36 ids a day; until the year 2328 an id is also a whole number to JavaScript. */
export const IDS_PER_DAY = 2n ** 36n;
/** The sequences whose ids carry their day. */
export const DAY_SEQUENCES = ['message_id', 'delivery_id', 'exchange_id', 'invalid_message_id'] as const;

/** A partition of a sliced table: ids of `from` up to the day before `to`. */
export interface Slice {
  readonly name: string;
  readonly table: SlicedTable;
  readonly class: number;
  /** Days since 1970; 0 for what there was before the slices. */
  readonly from: number;
  readonly to: number;
}

export interface SizedSlice extends Slice {
  readonly bytes: number;
}

export function sliceOf(table: SlicedTable, ofClass: number, from: number, to: number): Slice {
  const part = SLICED[table].perClass ? `_c${ofClass}` : '';
  return { name: `${table}${part}_${from}_${to}`, table, class: ofClass, from, to };
}

/** By name, because the names are given here and hold the bounds. */
export async function readSlices(client: Pool | PoolClient): Promise<readonly SizedSlice[]> {
  const { rows } = await client.query<{ name: string; table: SlicedTable; bytes: string }>(
    `select c.relname as name, p.relname as table, pg_total_relation_size(c.oid) as bytes
     from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
     where p.relnamespace = 'trunkline'::regnamespace and p.relkind = 'p' and p.relname = any ($1::text[])`,
    [Object.keys(SLICED)],
  );
  return rows
    .flatMap(({ name, table, bytes }) => {
      const [, ofClass, from, to] = /_(?:c(\d+)_)?(\d+)_(\d+)$/.exec(name) ?? [];
      if (from === undefined || to === undefined) return [];
      return [
        {
          name,
          table,
          class: Number(ofClass ?? 0),
          from: Number(from),
          to: Number(to),
          bytes: Number(bytes),
        },
      ];
    })
    .sort((a, b) => a.table.localeCompare(b.table) || a.class - b.class || a.from - b.from);
}

/**
 * Attached and not created in place: CREATE ... PARTITION OF would lock out every accept, ATTACH lets them go on. The indexes that
 * the parent asks for are made of the copies.
 */
export async function createSlice(client: PoolClient, slice: Slice): Promise<void> {
  const [from, to] = boundsOf(slice);
  await client.query(
    `create table ${slice.name} (like ${slice.table} including defaults including storage including indexes)`,
  );
  await client.query(
    `alter table ${slice.table} attach partition ${slice.name} for values from (${from}) to (${to})`,
  );
}

function boundsOf({ table, class: ofClass, from, to }: Slice): readonly [string, string] {
  if (table === 'exchange_body') return [String(from), String(to)];
  const ids = [from, to].map((day) => String(BigInt(day) * IDS_PER_DAY));
  const [low = '', high = ''] = SLICED[table].perClass ? ids.map((id) => `${ofClass}, ${id}`) : ids;
  return [low, high];
}
