import { rawValue } from './access.ts';
import type { Env } from './env.ts';
import type { Row, Value, Values } from './field.ts';
import { fieldOf } from './read.ts';

/** `web_read`'s nested reading: a relation with `fields` in its specification is read as records. */
export function webRead(env: Env, name: string, rows: readonly Row[], specification: Values): Values[] {
  const model = env.model(name);
  return rows.map((row) => {
    const record: Values = { id: row.id };
    for (const [key, wanted] of Object.entries(specification)) {
      const field = fieldOf(env, model, key);
      const value = rawValue(env, row, key, field, name);
      const nested = (wanted as { fields?: Values } | null)?.fields;
      record[key] = field.relation && nested ? related(env, field.relation, value, nested) : value;
    }
    return record;
  });
}

function related(env: Env, relation: string, value: Value, nested: Values): unknown {
  const ids = Array.isArray(value) ? value : [value];
  const rows = ids.map((id) => env.find(relation, id)).filter((row) => row !== undefined);
  const read = webRead(env, relation, rows, nested);
  return Array.isArray(value) ? read : (read[0] ?? false);
}
