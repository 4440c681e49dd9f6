import { rawValue } from './access.ts';
import { sum } from './decimal.ts';
import type { Env } from './env.ts';
import type { Row, Value, Values } from './field.ts';
import { fieldOf } from './read.ts';
import { matching } from './search.ts';

interface Group {
  readonly key: Value;
  readonly shown: unknown;
  readonly rows: Row[];
}

function grouped(env: Env, name: string, domain: unknown, by: string): Group[] {
  const model = env.model(name);
  const field = fieldOf(env, model, by);
  const groups = new Map<Value, Group>();
  for (const row of matching(env, model, domain)) {
    const key = rawValue(env, row, by, field, name);
    const shown = field.relation === undefined ? key : pairOf(env, field.relation, key);
    const found = groups.get(key);
    if (found) found.rows.push(row);
    else groups.set(key, { key, shown, rows: [row] });
  }
  return [...groups.values()].sort((a, b) => (label(a.shown) < label(b.shown) ? -1 : 1));
}

const pairOf = (env: Env, relation: string, key: Value) => {
  const related = env.find(relation, key);
  return related ? [related.id, env.displayName(relation, related)] : false;
};

/** `quantity:sum` without the function. */
const bare = (aggregate: string) => aggregate.replace(/:.*/, '');

const label = (shown: unknown) => String(Array.isArray(shown) ? shown[1] : shown);

const total = (env: Env, name: string, field: string, rows: Row[]) =>
  sum(rows.map((row) => Number(rawValue(env, row, field, fieldOf(env, env.model(name), field), name))));

/** `formatted_read_group` of 19, one level of grouping, `field:sum` and `__count`. */
export function groupFormatted(env: Env, name: string, args: Values): Values[] {
  const [by = ''] = args['groupby'] as string[];
  const aggregates = (args['aggregates'] as string[] | undefined) ?? [];
  return grouped(env, name, args['domain'], by).map((each) => {
    const result: Values = { [by]: each.shown, __extra_domain: [[by, '=', each.key]] };
    for (const aggregate of aggregates)
      result[aggregate] =
        aggregate === '__count' ? each.rows.length : total(env, name, bare(aggregate), each.rows);
    return result;
  });
}

/** `read_group`, one level, sums. */
export function group(env: Env, name: string, args: Values): Values[] {
  const [by = ''] = ([] as string[]).concat(args['groupby'] as string[] | string);
  const fields = (args['fields'] as string[]).map(bare).filter((each) => each !== by);
  const domain = (args['domain'] as unknown[]) ?? [];
  return grouped(env, name, domain, by).map((each) => {
    const result: Values = { [by]: each.shown, [`${by}_count`]: each.rows.length };
    for (const field of fields) result[field] = total(env, name, field, each.rows);
    const own = [by, '=', each.key];
    result['__domain'] = domain.length > 0 ? ['&', ...domain, own] : [own];
    return result;
  });
}
