import type { Row, Table, Value } from '../org.ts';
import type { BoundComparison } from './filter.ts';

/**
 * Rows that can be in the result, in (SystemModstamp, Id) order when `ordered`. Chosen by the comparisons that all
 * results must meet: by id, by an indexed field, else the slice of time that they leave.
 */
export interface Candidates {
  rows: Iterable<Row>;
  ordered: boolean;
}

export function candidates(table: Table, required: BoundComparison[], descending: boolean): Candidates {
  for (const { own, operator, values } of required) {
    if (!own || (operator !== '=' && operator !== 'IN') || values.includes(null)) continue;
    if (own.name === 'Id') return { rows: byIds(table, values), ordered: false };
    if (table.isIndexed(own.name)) return { rows: byIndex(table, own.name, values), ordered: false };
  }
  const { from, to } = slice(table, required);
  return {
    rows: descending ? backwards(table.byStamp, from, to) : forwards(table.byStamp, from, to),
    ordered: true,
  };
}

function byIds(table: Table, values: Value[]): Row[] {
  return table.withIds(new Set(values.map(String)));
}

function byIndex(table: Table, fieldName: string, values: Value[]): Row[] {
  return [...new Set(values.flatMap((value) => table.withValue(fieldName, value)))];
}

/** Sorts after every id: base-62 digits end at 'z'. */
const AFTER_ALL_IDS = '~';

function slice(table: Table, required: BoundComparison[]): { from: number; to: number } {
  let from = 0;
  let to = table.byStamp.length;
  for (const { own, operator, values } of required) {
    const stamp = values[0];
    if (own?.name !== 'SystemModstamp' || typeof stamp !== 'string') continue;
    const first = table.firstAtOrAfter(stamp);
    const after = table.firstAtOrAfter(stamp, AFTER_ALL_IDS);
    if (operator === '>=' || operator === '=') from = Math.max(from, first);
    if (operator === '>') from = Math.max(from, after);
    if (operator === '<') to = Math.min(to, first);
    if (operator === '<=' || operator === '=') to = Math.min(to, after);
  }
  return { from, to };
}

function* forwards(rows: Row[], from: number, to: number): Iterable<Row> {
  for (let at = from; at < to; at += 1) yield rows[at] as Row;
}

function* backwards(rows: Row[], from: number, to: number): Iterable<Row> {
  for (let at = to - 1; at >= from; at -= 1) yield rows[at] as Row;
}
