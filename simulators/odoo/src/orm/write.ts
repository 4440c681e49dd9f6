import { coerce } from './coerce.ts';
import type { Env } from './env.ts';
import { keyError, MissingRequired, valueError } from './errors.ts';
import type { Field, Row, Value, Values } from './field.ts';
import { emptyValue, isNumeric, isToMany, relationOf } from './field.ts';
import { columnOf, fieldIn } from './model.ts';
import type { Model } from './model.ts';
import { applyCommands } from './commands.ts';
import { deleteExternalIds } from './external-ids.ts';

/** Creates one record; x2many commands run once the record has its id. */
export function createRecord(env: Env, modelName: string, given: Values): Row {
  const model = env.model(modelName);
  for (const name of Object.keys(given))
    if (!model.fields[name])
      throw valueError(
        env.major < 19
          ? `Invalid field '${name}' on model '${modelName}'`
          : `Invalid field '${name}' in '${modelName}'`,
      );
  const values = withDefaults(env, model, given);
  model.prepare?.(env, values);
  const { columns, later } = split(env, model, values);
  requireAll(env, model, columns);
  for (const [name, field] of numbersOf(model)) columns[columnOf(field, name)] ??= 0;
  const row = env.insert(modelName, columns);
  for (const [name, field, value] of later) assign(env, model, row, name, field, value);
  model.created?.(env, row, values);
  return row;
}

export function writeRecord(env: Env, modelName: string, row: Row, given: Values): void {
  const model = env.model(modelName);
  for (const name of Object.keys(given)) if (!model.fields[name]) throw unknownOnWrite(env, model, name);
  const values = { ...given };
  model.beforeWrite?.(env, row, values);
  const before: Row = { ...row };
  const { columns, later } = split(env, model, values);
  for (const [name, field] of requiredOf(model))
    if (columns[columnOf(field, name)] === false) throw missing(env, model, name, field);
  env.patch(modelName, row, columns);
  for (const [name, field, value] of later) assign(env, model, row, name, field, value);
  model.written?.(env, row, values, before);
}

export function unlinkRecord(env: Env, modelName: string, row: Row): void {
  env.model(modelName).beforeUnlink?.(env, row);
  env.remove(modelName, row);
  deleteExternalIds(env, modelName, row.id);
}

function unknownOnWrite(env: Env, model: Model, name: string) {
  if (env.major < 19) return valueError(`Invalid field '${name}' on model '${model.name}'`);
  return model.unknownFieldIsValueError
    ? valueError(`Invalid field '${name}' in '${model.name}'`)
    : keyError(name);
}

function withDefaults(env: Env, model: Model, given: Values): Values {
  const values: Values = { ...given };
  for (const [name, field] of defaultsOf(model))
    if (!(name in given))
      values[name] = typeof field.default === 'function' ? field.default(env, values) : field.default;
  for (const [key, value] of Object.entries(env.context))
    if (key.startsWith('default_') && !(key.slice(8) in given) && model.fields[key.slice(8)])
      values[key.slice(8)] = value;
  return values;
}

type Named = readonly [name: string, field: Field];

/** A list worked out once per model: creating a record walks it, not all fields. */
function perModel(choose: (model: Model) => Named[]): (model: Model) => Named[] {
  const known = new WeakMap<Model, Named[]>();
  return (model) => {
    const listed = known.get(model) ?? choose(model);
    known.set(model, listed);
    return listed;
  };
}

/** What `default_get` answers: of the fields asked for those that a new record has a value for. */
export function defaultValues(env: Env, model: Model, names: readonly string[]): Values {
  return Object.fromEntries(
    defaultsOf(model)
      .filter(([name]) => names.includes(name))
      .map(([name, { default: value }]) => [name, typeof value === 'function' ? value(env, {}) : value]),
  );
}

const defaultsOf = perModel((model) =>
  Object.entries(model.fields).filter(([, field]) => field.default !== undefined),
);

const requiredOf = perModel((model) => Object.entries(model.fields).filter(([, field]) => field.required));

/** Numbers that a row always holds, so that sums never meet a missing one. */
const numbersOf = perModel((model) =>
  Object.entries(model.fields).filter(
    ([name, field]) => name !== 'id' && isNumeric(field) && !field.compute && !field.through,
  ),
);

type Later = readonly [name: string, field: Field, value: unknown];

function split(env: Env, model: Model, values: Values) {
  const columns: Record<string, Value> = {};
  const later: Later[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (name === 'id') continue;
    if (name.startsWith('_')) {
      columns[name] = value as Value;
      continue;
    }
    const field = fieldIn(model, name);
    if (field.assign || field.through || isToMany(field)) later.push([name, field, value]);
    else if (!field.compute) columns[columnOf(field, name)] = coerce(env, model.name, name, field, value);
  }
  return { columns, later };
}

function assign(env: Env, model: Model, row: Row, name: string, field: Field, value: unknown): void {
  if (field.assign) field.assign(env, row, value);
  else if (field.through) {
    const target = relationOf(fieldIn(model, field.through));
    writeRecord(env, target, env.get(target, row[field.through]), { [name]: value });
  } else applyCommands(env, model, row, name, field, value);
}

function requireAll(env: Env, model: Model, columns: Record<string, Value>): void {
  for (const [name, field] of requiredOf(model)) {
    const value = columns[columnOf(field, name)] ?? emptyValue(field);
    if (value === false) throw missing(env, model, name, field);
  }
}

function missing(env: Env, model: Model, name: string, field: Field) {
  return new MissingRequired(env.major, model.name, model.label, name, field.string);
}
