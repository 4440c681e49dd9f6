import type { Env } from './env.ts';
import type { Field, Row, Value } from './field.ts';
import { emptyValue, inverseOf, relationOf } from './field.ts';
import { columnOf, fieldIn } from './model.ts';
import { sortRows } from './order.ts';

/**
 * A field's raw value: the id of a many2one, the ids of an x2many in the other model's order, archived ones left out
 * of a one2many.
 */
export function rawValue(env: Env, row: Row, name: string, field: Field, model: string): Value {
  if (field.compute) return field.compute(env, row);
  if (field.type === 'one2many') return oneToMany(env, row, field);
  if (field.through) {
    const target = relationOf(fieldIn(env.model(model), field.through));
    const other = env.find(target, row[field.through]);
    if (!other) return emptyValue(field);
    return rawValue(env, other, name, fieldIn(env.model(target), name), target);
  }
  if (name === 'display_name') return env.displayName(model, row);
  return row[columnOf(field, name)] ?? emptyValue(field);
}

function oneToMany(env: Env, row: Row, field: Field): number[] {
  const relation = env.model(relationOf(field));
  const inverse = inverseOf(field);
  let rows = env.having(relation.name, columnOf(fieldIn(relation, inverse), inverse), row.id);
  if (relation.fields['active'] && env.context['active_test'] !== false)
    rows = rows.filter((each) => each['active'] !== false);
  if (rows.length > 1 && relation.order !== 'id') rows = sortRows(env, relation, rows, relation.order);
  return rows.map((each) => each.id);
}
