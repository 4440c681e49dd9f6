import { compileDomain } from './domain.ts';
import type { Leaf } from './domain.ts';
import type { Env } from './env.ts';
import type { Row, Value } from './field.ts';
import { columnOf } from './model.ts';
import type { Model } from './model.ts';
import { sortRows } from './order.ts';
import type { Table } from './table.ts';

export interface SearchOptions {
  readonly order?: string | undefined;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

/** The rows of a domain in the asked or the model's own order. */
export function search(env: Env, model: Model, domain: unknown, options: SearchOptions = {}): Row[] {
  const found = matching(env, model, domain);
  const sorted = sortRows(env, model, found, options.order || model.order);
  const from = options.offset ?? 0;
  return options.limit ? sorted.slice(from, from + options.limit) : sorted.slice(from);
}

export function matching(env: Env, model: Model, domain: unknown): Row[] {
  const condition = compileDomain(env, model, domain);
  const table = env.db.table(model.name);
  const archivedHidden =
    model.fields['active'] !== undefined &&
    env.context['active_test'] !== false &&
    !condition.leaves.some(([name]) => name === 'active');
  const found: Row[] = [];
  for (const row of candidates(env, model, table, condition.leaves)) {
    if (archivedHidden && row['active'] === false) continue;
    if (condition.holds(row)) found.push(row);
  }
  return found;
}

/** The cheapest index among the leaves that all have to hold; the whole table when none has one. */
function candidates(env: Env, model: Model, table: Table, leaves: readonly Leaf[]): Iterable<Row> {
  let best: { size: number; ids: () => Iterable<number> } | undefined;
  for (const leaf of leaves) {
    const access = indexAccess(env, model, table, leaf);
    if (access && (!best || access.size < best.size)) best = access;
  }
  if (!best) return table.rows.values();
  const rows: Row[] = [];
  for (const id of best.ids()) {
    const row = table.rows.get(id);
    if (row) rows.push(row);
  }
  return rows;
}

function indexAccess(env: Env, model: Model, table: Table, [name, operator, value]: Leaf) {
  if (name === 'write_date' && (operator === '>=' || operator === '>') && typeof value === 'string') {
    const from = value.length === 10 ? `${value} 00:00:00` : value;
    return { size: table.recent.countSince(from), ids: () => table.recent.since(from) };
  }
  if (operator !== '=' && operator !== 'in') return undefined;
  const wanted = Array.isArray(value) ? (value as unknown[]) : [value];
  if (name === 'id') {
    const ids = new Set(wanted.filter((each): each is number => typeof each === 'number'));
    return { size: ids.size, ids: () => ids };
  }
  const field = model.fields[name];
  const column = field && columnOf(field, name);
  if (!field || !column || !table.isIndexed(column) || field.compute || field.through) return undefined;
  if (field.type === 'many2one' && wanted.some((each) => typeof each === 'string')) return undefined;
  const keys = [...new Set(wanted.map((each) => (each === null || each === '' ? false : each) as Value))];
  const sets = keys.map((key) => table.withValue(column, key));
  const size = sets.reduce((total, set) => total + set.size, 0);
  return {
    size,
    ids: function* () {
      for (const set of sets) yield* set;
    },
  };
}
