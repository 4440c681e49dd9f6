import { rawValue } from './access.ts';
import type { Env } from './env.ts';
import { valueError } from './errors.ts';
import { relationOf } from './field.ts';
import type { Row, Value } from './field.ts';
import { fieldIn } from './model.ts';
import type { Model } from './model.ts';

interface Term {
  readonly name: string;
  readonly descending: boolean;
}

export function parseOrder(model: Model, order: string): Term[] {
  return order.split(',').map((part) => {
    const [name = '', direction = 'asc'] = part.trim().split(/\s+/);
    if (!model.fields[name]) throw valueError(`Invalid field '${name}' on '${model.name}'`);
    return { name, descending: direction.toLowerCase() === 'desc' };
  });
}

/** NULLs come last ascending and first descending, as PostgreSQL has them. */
export function sortRows(env: Env, model: Model, rows: Row[], order: string): Row[] {
  const terms = parseOrder(model, order);
  const [first] = terms;
  if (terms.length === 1 && first?.name === 'id')
    return rows.sort((a, b) => (first.descending ? b.id - a.id : a.id - b.id));
  const keyed = rows.map((row) => ({ row, keys: terms.map((term) => sortKey(env, model, row, term.name)) }));
  keyed.sort((a, b) => {
    for (const [at, term] of terms.entries()) {
      const difference = compare(a.keys[at] ?? false, b.keys[at] ?? false);
      if (difference !== 0) return term.descending ? -difference : difference;
    }
    return a.row.id - b.row.id;
  });
  return keyed.map((each) => each.row);
}

function sortKey(env: Env, model: Model, row: Row, name: string): Value {
  const field = fieldIn(model, name);
  const value = name === 'id' ? row.id : rawValue(env, row, name, field, model.name);
  if (field.type !== 'many2one') return value;
  const relation = relationOf(field);
  const related = env.find(relation, value);
  return related ? env.displayName(relation, related) : false;
}

function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return a ? 1 : -1;
  if (a === false) return 1;
  if (b === false) return -1;
  return a < b ? -1 : 1;
}
