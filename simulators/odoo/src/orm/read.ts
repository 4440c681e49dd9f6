import { rawValue } from './access.ts';
import type { Env } from './env.ts';
import { valueError } from './errors.ts';
import { relationOf } from './field.ts';
import type { Field, Row, Value } from './field.ts';
import type { Model } from './model.ts';

type Shown = Value | [number, string];

/**
 * Records as a client reads them: many2one as [id, name], null as false, datetimes cut to whole seconds.
 * With `classic` false (the argument `load` set to null or '') a many2one is the bare id.
 */
export function readRows(
  env: Env,
  model: Model,
  rows: readonly Row[],
  fieldNames?: readonly string[],
  classic = true,
): Record<string, Shown>[] {
  const names = fieldNames && fieldNames.length > 0 ? fieldNames : Object.keys(model.fields);
  const fields = names.map((name) => [name, fieldOf(env, model, name)] as const);
  const seen = new Map<string, Shown>();
  return rows.map((row) => {
    const record: Record<string, Shown> = { id: row.id };
    for (const [name, field] of fields) record[name] = shown(env, model, row, name, field, classic, seen);
    return record;
  });
}

export function fieldOf(env: Env, model: Model, name: string): Field {
  const field = model.fields[name];
  if (!field)
    throw valueError(
      env.major < 19
        ? `Invalid field '${name}' on model '${model.name}'`
        : `Invalid field '${name}' on '${model.name}'`,
    );
  return field;
}

function shown(
  env: Env,
  model: Model,
  row: Row,
  name: string,
  field: Field,
  classic: boolean,
  names: Map<string, Shown>,
): Shown {
  if (name === 'id') return row.id;
  const value = rawValue(env, row, name, field, model.name);
  if (field.type === 'datetime' && typeof value === 'string') return value.slice(0, 19);
  if (field.type !== 'many2one' || !classic || typeof value !== 'number') return value;
  const relation = relationOf(field);
  const key = `${relation},${value}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  const related = env.find(relation, value);
  const pair: Shown = related ? [value, env.displayName(relation, related)] : false;
  names.set(key, pair);
  return pair;
}
