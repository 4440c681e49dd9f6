import type { RefusedCall } from '../fault-answer.ts';
import type { Org, Row, Value } from '../org.ts';
import { normaliseId } from '../record-id.ts';
import { type FieldDefinition, isFilterable, isNumber, type ObjectDefinition } from '../schema.ts';
import { storedDatetime } from '../values.ts';
import { invalidField, readPath, resolvePath } from './resolve.ts';
import type { Condition, Literal, Name, Operator } from './syntax.ts';

type Comparison = Extract<Condition, { name: Name }>;

export type Filter = (row: Row) => boolean;

/** A comparison with its field known and its value as the table holds it. */
export interface BoundComparison {
  /** Undefined when the field belongs to a parent. */
  own?: FieldDefinition;
  operator: Operator | 'IN';
  values: Value[];
}

export interface Binder {
  soql: string;
  org: Org;
  from: ObjectDefinition;
  /** Comparisons that every result has to meet: what an index may be chosen by. */
  required: BoundComparison[];
}

/** @throws RefusedCall INVALID_FIELD for unknown columns, literals of the wrong type, long text. */
export function bindFilter(binder: Binder, condition: Condition | undefined, required = true): Filter {
  if (!condition) return () => true;
  if ('terms' in condition) {
    const all = condition.kind === 'and';
    const terms = condition.terms.map((term) => bindFilter(binder, term, required && all));
    return all ? (row) => terms.every((term) => term(row)) : (row) => terms.some((term) => term(row));
  }
  if (condition.kind === 'not') {
    const term = bindFilter(binder, condition.term, false);
    return (row) => !term(row);
  }
  return bindComparison(binder, condition, required);
}

function bindComparison(binder: Binder, condition: Comparison, required: boolean): Filter {
  const { soql, org, from } = binder;
  const path = resolvePath(soql, from, condition.name);
  if (!isFilterable(path.field)) {
    throw invalidField(
      soql,
      condition.name,
      `field '${path.field.name}' can not be filtered in a query call`,
    );
  }
  const literals = condition.kind === 'in' ? condition.literals : [condition.literal];
  const values = literals.map((literal) => bound(soql, condition.name, path.field, literal));
  const operator = condition.kind === 'in' ? 'IN' : condition.operator;
  const negated = condition.kind === 'in' && condition.negated;
  if (required && !negated) {
    binder.required.push({ operator, values, ...(path.parents.length === 0 ? { own: path.field } : {}) });
  }
  const test = tester(operator, values, path.field);
  return (row) => test(readPath(org, row, path)) !== negated;
}

function tester(
  operator: Operator | 'IN',
  values: Value[],
  field: FieldDefinition,
): (value: Value) => boolean {
  const fold = field.type === 'id' || field.type === 'reference' ? asItIs : withoutCase;
  if (operator === 'IN') {
    const folded = new Set(values.map(fold));
    return (value) => folded.has(fold(value));
  }
  const wanted = values[0] ?? null;
  if (operator === 'LIKE') {
    const pattern = likePattern(String(wanted));
    return (value) => value !== null && pattern.test(String(value));
  }
  const folded = fold(wanted);
  if (operator === '=') return (value) => fold(value) === folded;
  if (operator === '!=') return (value) => fold(value) !== folded;
  return (value) => {
    if (value === null || wanted === null) return false;
    const order = compareValues(value, wanted);
    if (operator === '<') return order < 0;
    if (operator === '<=') return order <= 0;
    return operator === '>' ? order > 0 : order >= 0;
  };
}

/** Nulls first, numbers by size, text by code: ids keep the case by which they sort. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

/** The case of ids tells them apart; other text is compared without it. */
function asItIs(value: Value): Value {
  return value;
}

function withoutCase(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function likePattern(like: string): RegExp {
  const escaped = like.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '[\\s\\S]*').replaceAll('_', '[\\s\\S]')}$`, 'i');
}

function bound(soql: string, name: Name, field: FieldDefinition, literal: Literal): Value {
  if (literal.kind === 'null') return null;
  if (isNumber(field.type))
    return literal.kind === 'number' ? Number(literal.text) : wrongType(soql, name, field, literal);
  switch (field.type) {
    case 'boolean':
      return literal.kind === 'boolean' ? literal.text === 'true' : wrongType(soql, name, field, literal);
    case 'date':
      return literal.kind === 'date' ? literal.text : wrongType(soql, name, field, literal);
    case 'datetime':
      return literal.kind === 'datetime'
        ? (storedDatetime(literal.text) ?? wrongType(soql, name, field, literal))
        : wrongType(soql, name, field, literal);
    case 'id':
    case 'reference':
      return literal.kind === 'string' ? idValue(soql, name, literal) : wrongType(soql, name, field, literal);
    default:
      return literal.kind === 'string' ? literal.text : wrongType(soql, name, field, literal);
  }
}

function idValue(soql: string, name: Name, literal: Literal): string {
  const id = normaliseId(literal.text);
  if (id === undefined) throw invalidId(soql, name, literal.text);
  return id;
}

function invalidId(soql: string, name: Name, given: string): RefusedCall {
  const refusal = invalidField(soql, name, `invalid ID field: ${given}`);
  for (const error of refusal.errors) error.errorCode = 'INVALID_QUERY_FILTER_OPERATOR';
  return refusal;
}

function wrongType(soql: string, name: Name, field: FieldDefinition, literal: Literal): never {
  const type = isNumber(field.type) ? 'double' : field.type === 'datetime' ? 'dateTime' : field.type;
  const quotes =
    literal.kind === 'string' ? ' and should not be enclosed in quotes' : ' and should be enclosed in quotes';
  const textual = !isNumber(field.type) && !['boolean', 'date', 'datetime'].includes(field.type);
  const hint = literal.kind === 'string' || textual ? quotes : '';
  throw invalidField(
    soql,
    name,
    `value of filter criterion for field '${field.name}' must be of type ${type}${hint}`,
  );
}
