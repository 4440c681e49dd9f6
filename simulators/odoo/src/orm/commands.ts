import type { Env } from './env.ts';
import { valueError } from './errors.ts';
import type { Field, Row, Values } from './field.ts';
import { inverseOf, relationOf, textOf } from './field.ts';
import { columnOf, fieldIn } from './model.ts';
import type { Model } from './model.ts';
import { rawValue } from './access.ts';
import { createRecord, unlinkRecord, writeRecord } from './write.ts';
import { bindExternalId } from './external-ids.ts';

/**
 * Runs x2many commands `[code, id, values]` on a record. A create that came through `load()` may carry the line's
 * external id as `id` in its values.
 */
export function applyCommands(
  env: Env,
  model: Model,
  row: Row,
  name: string,
  field: Field,
  value: unknown,
): void {
  if (!Array.isArray(value)) return;
  const commands = value.every((each) => typeof each === 'number') ? [[6, 0, value]] : (value as unknown[]);
  for (const command of commands) {
    if (!Array.isArray(command)) throw valueError(`Wrong value for ${model.name}.${name}: ${textOf(value)}`);
    if (field.type === 'one2many')
      oneToMany(env, row, field, command, () => idsOf(env, model, row, name, field));
    else manyToMany(env, model, row, name, field, command);
  }
}

const idsOf = (env: Env, model: Model, row: Row, name: string, field: Field) =>
  rawValue(env.withContext({ active_test: false }), row, name, field, model.name) as number[];

function oneToMany(env: Env, row: Row, field: Field, command: unknown[], held: () => number[]): void {
  const [code, id, payload] = command;
  const relation = relationOf(field);
  const inverse = inverseOf(field);
  switch (code) {
    case 0: {
      const { id: externalId, ...values } = payload as Values;
      const line = createRecord(env, relation, { ...values, [inverse]: row.id });
      if (typeof externalId === 'string') bindExternalId(env, externalId, relation, line.id);
      return;
    }
    case 1:
      return writeRecord(env, relation, env.get(relation, id), payload as Values);
    case 2:
      return unlinkRecord(env, relation, env.get(relation, id));
    case 3:
      return letGo(env, relation, inverse, id);
    case 4: {
      const line = env.get(relation, id);
      const column = columnOf(fieldIn(env.model(relation), inverse), inverse);
      if (line[column] !== row.id) writeRecord(env, relation, line, { [inverse]: row.id });
      return;
    }
    case 5:
      for (const each of held()) letGo(env, relation, inverse, each);
      return;
    case 6: {
      const keep = new Set(payload as number[]);
      for (const each of held()) if (!keep.has(each)) letGo(env, relation, inverse, each);
      for (const each of keep) writeRecord(env, relation, env.get(relation, each), { [inverse]: row.id });
      return;
    }
    default:
      throw valueError(`unknown x2many command ${String(code)}`);
  }
}

/**
 * A record that cannot be without its parent is deleted; any other stays, without one. So a reserved line that is cleared off its move
 * stays on the transfer and holds its stock for good, whatever ships (seen on 19.0 and 18.0).
 */
function letGo(env: Env, relation: string, inverse: string, id: unknown): void {
  const child = env.get(relation, id);
  if (fieldIn(env.model(relation), inverse)?.required === true) unlinkRecord(env, relation, child);
  else writeRecord(env, relation, child, { [inverse]: false });
}

function manyToMany(env: Env, model: Model, row: Row, name: string, field: Field, command: unknown[]): void {
  const [code, id, payload] = command;
  const relation = relationOf(field);
  const column = columnOf(field, name);
  const held = (row[column] as number[] | undefined) ?? [];
  const store = (ids: number[]) => env.patch(model.name, row, { [column]: [...new Set(ids)] });
  switch (code) {
    case 0:
      return store([...held, createRecord(env, relation, payload as Values).id]);
    case 1:
      return writeRecord(env, relation, env.get(relation, id), payload as Values);
    case 2:
    case 3:
      return store(held.filter((each) => each !== id));
    case 4:
      return store([...held, env.get(relation, id).id]);
    case 5:
      return store([]);
    case 6:
      return store((payload as number[]).map((each) => env.get(relation, each).id));
    default:
      throw valueError(`unknown x2many command ${String(code)}`);
  }
}
