import { rawValue } from './access.ts';
import type { Env } from './env.ts';
import { pythonRepr, valueError } from './errors.ts';
import type { Field, Row, Value } from './field.ts';
import { isNumeric, isToMany, relationOf, textOf } from './field.ts';
import { likePattern } from './like.ts';
import type { Model } from './model.ts';

export type Leaf = readonly [name: string, operator: string, value: unknown];
export type Predicate = (row: Row) => boolean;

export interface Condition {
  readonly holds: Predicate;
  /** Leaves that all have to hold: what an index may be looked up with. */
  readonly leaves: readonly Leaf[];
}

const OPERATORS = new Set([
  '=',
  '!=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  'in',
  'not in',
  'like',
  'ilike',
  'not like',
  'not ilike',
  '=like',
  '=ilike',
  '=?',
  'child_of',
  'parent_of',
  'any',
  'not any',
]);

/** Compiles a domain in Odoo's prefix notation. Throws what the server answers for a wrong field or operator. */
export function compileDomain(env: Env, model: Model, domain: unknown): Condition {
  const terms = Array.isArray(domain) ? domain : [];
  let at = 0;
  const next = (): Condition => {
    const term: unknown = terms[at++];
    if (term === '!') {
      const inner = next();
      return { holds: (row) => !inner.holds(row), leaves: [] };
    }
    if (term === '&' || term === '|') {
      const left = next();
      const right = next();
      if (term === '|') return { holds: (row) => left.holds(row) || right.holds(row), leaves: [] };
      return both(left, right);
    }
    return compileLeaf(env, model, term);
  };
  let all: Condition = { holds: () => true, leaves: [] };
  while (at < terms.length) all = both(all, next());
  return all;
}

function both(left: Condition, right: Condition): Condition {
  return {
    holds: (row) => left.holds(row) && right.holds(row),
    leaves: [...left.leaves, ...right.leaves],
  };
}

function compileLeaf(env: Env, model: Model, term: unknown): Condition {
  if (!Array.isArray(term) || term.length !== 3)
    throw valueError(`Domain() invalid item in domain: ${pythonRepr(term)}`);
  const [path, operator, value] = term as [unknown, unknown, unknown];
  if (path === 1 || path === 0) return { holds: () => (path === value) === (operator === '='), leaves: [] };
  const quoted = `(${pythonRepr(path)}, ${pythonRepr(operator)}, ${pythonRepr(value)})`;
  if (typeof operator !== 'string' || !OPERATORS.has(operator))
    throw valueError(env.major < 19 ? `Invalid leaf ${quoted}` : `Invalid operator in condition ${quoted}`);
  const [name = '', ...rest] = String(path).split('.');
  const field = model.fields[name];
  if (!field)
    throw valueError(
      `Invalid field ${model.name}.${name} in ${env.major < 19 ? 'leaf' : 'condition'} ${quoted}`,
    );
  if (rest.length > 0) {
    const inner = compileDomain(env, env.model(relationOf(field)), [[rest.join('.'), operator, value]]);
    return throughRelation(env, model, name, field, inner, false);
  }
  if (operator === 'any' || operator === 'not any') {
    const inner = compileDomain(env, env.model(relationOf(field)), value);
    return throughRelation(env, model, name, field, inner, operator === 'not any');
  }
  const holds = test(env, model.name, field, operator, value);
  return {
    holds: (row) => holds(rawValue(env, row, name, field, model.name), row),
    leaves: [[name, operator, value]],
  };
}

function throughRelation(
  env: Env,
  model: Model,
  name: string,
  field: Field,
  inner: Condition,
  negated: boolean,
): Condition {
  const relation = relationOf(field);
  const holds = (row: Row) => {
    const value = rawValue(env, row, name, field, model.name);
    const ids = Array.isArray(value) ? value : [value];
    const any = ids.some((id) => {
      const related = env.find(relation, id);
      return related !== undefined && inner.holds(related);
    });
    return any !== negated;
  };
  return { holds, leaves: [] };
}

type Test = (value: Value, row: Row) => boolean;

function test(env: Env, model: string, field: Field, operator: string, wanted: unknown): Test {
  if (operator === 'child_of' || operator === 'parent_of')
    return hierarchy(env, field.relation ?? model, field, operator, wanted);
  if (operator === '=?')
    return wanted === false || wanted === null ? () => true : test(env, model, field, '=', wanted);
  if (operator.endsWith('like')) return like(env, field, operator, wanted);
  if (isToMany(field)) return toMany(env, field, operator, wanted);
  if (typeof wanted === 'string' && field.type === 'many2one') return like(env, field, '=ilike', wanted);
  if (operator === 'in' || operator === 'not in' || Array.isArray(wanted)) {
    const set = new Set((Array.isArray(wanted) ? wanted : [wanted]).map((each) => normal(env, field, each)));
    const negated = operator === 'not in' || operator === '!=';
    return (value) => set.has(normal(env, field, value)) !== negated;
  }
  const goal = normal(env, field, wanted);
  if (operator === '=') return (value) => normal(env, field, value) === goal;
  if (operator === '!=' || operator === '<>') return (value) => normal(env, field, value) !== goal;
  return (value) => {
    const actual = normal(env, field, value);
    if (actual === false || goal === false) return false;
    if (operator === '<') return actual < goal;
    if (operator === '<=') return actual <= goal;
    return operator === '>' ? actual > goal : actual >= goal;
  };
}

/**
 * 19 compares a datetime in whole seconds, 18 with its microseconds: `write_date > <the value just read>` finds the
 * record again on 18 and not on 19 (recording 16 of both).
 */
function normal(env: Env, field: Field, value: unknown): Value {
  if (value === null || value === undefined) return false;
  if (field.type === 'datetime' && typeof value === 'string') {
    const full = value.length === 10 ? `${value} 00:00:00` : value;
    if (env.major >= 19) return full.slice(0, 19);
    return full.length === 19 ? `${full}.000000` : full;
  }
  if (isNumeric(field) && value === false) return 0;
  if (field.type === 'boolean') return Boolean(value);
  if (value === '') return false;
  return value as Value;
}

function toMany(env: Env, field: Field, operator: string, wanted: unknown): Test {
  if (typeof wanted === 'string') return like(env, field, 'ilike', wanted);
  const ids = new Set((Array.isArray(wanted) ? wanted : [wanted]) as unknown[]);
  const empty = ids.has(false) || ids.has(null);
  const negated = operator === 'not in' || operator === '!=';
  return (value) => {
    const held = value as number[];
    return (held.some((id) => ids.has(id)) || (empty && held.length === 0)) !== negated;
  };
}

function like(env: Env, field: Field, operator: string, wanted: unknown): Test {
  const negated = operator.startsWith('not ');
  const pattern = likePattern(textOf(wanted ?? ''), operator.replace('not ', ''));
  const relation = field.relation;
  const texts = (value: Value): string[] => {
    if (relation === undefined) return value === false ? [] : [String(value)];
    return (Array.isArray(value) ? value : [value]).flatMap((id) => {
      const related = env.find(relation, id);
      return related ? [env.displayName(relation, related)] : [];
    });
  };
  return (value) => texts(value).some((each) => pattern.test(each)) !== negated;
}

function hierarchy(env: Env, model: string, field: Field, operator: string, wanted: unknown): Test {
  const roots = new Set((Array.isArray(wanted) ? wanted : [wanted]) as unknown[]);
  return (value, row) => {
    const start = field.relation ? value : row.id;
    if (operator === 'child_of') return ancestors(env, model, start).some((id) => roots.has(id));
    return [...roots].some((root) => ancestors(env, model, root).includes(start as number));
  };
}

/** The id itself and its parents, nearest first. */
export function ancestors(env: Env, model: string, start: unknown): number[] {
  const chain: number[] = [];
  let row = env.find(model, start);
  while (row && !chain.includes(row.id)) {
    chain.push(row.id);
    row = env.find(model, row['location_id'] ?? row['parent_id']);
  }
  return chain;
}
