import { RefusedCall } from '../fault-answer.ts';
import { objectNamed } from '../objects.ts';
import type { Org, Row, Value } from '../org.ts';
import { type FieldDefinition, isFilterable, type ObjectDefinition } from '../schema.ts';
import { candidates } from './candidates.ts';
import { type BoundComparison, bindFilter, compareValues, type Filter } from './filter.ts';
import { malformed } from './lexer.ts';
import { parse } from './parser.ts';
import { invalidField, type Path, readPath, resolvePath } from './resolve.ts';
import type { Query } from './syntax.ts';

type RenderedRecord = Record<string, unknown>;

/** What a query found; records are rendered when a page asks for them. */
export interface QueryResult {
  totalSize: number;
  ids: string[];
  /** @param version of the API, as in v66.0: it stands in each record's own address. */
  render(id: string, version: string): RenderedRecord | undefined;
}

/** @throws RefusedCall MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE */
export function runQuery(org: Org, soql: string): QueryResult {
  const query = parse(soql);
  const from = objectNamed(query.from.text);
  if (!from) {
    throw new RefusedCall(
      400,
      'INVALID_TYPE',
      `sObject type '${query.from.text}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name.`,
    );
  }
  const counts = query.select.some(({ kind }) => kind === 'count');
  if (counts && query.select.length > 1)
    throw malformed(soql, query.from.at, 'COUNT() must be the only element in the select list');
  const prepared = prepare(org, soql, query, from);
  const rows = prepared.rows();
  return {
    totalSize: rows.length,
    ids: counts ? [] : rows.map((row) => String(row['Id'])),
    render(id, version) {
      const row = org.row(from.name, id);
      return row && prepared.render(row, version);
    },
  };
}

interface Prepared {
  rows(): Row[];
  render(row: Row, version: string): RenderedRecord;
}

function prepare(org: Org, soql: string, query: Query, from: ObjectDefinition): Prepared {
  const required: BoundComparison[] = [];
  const filter = bindFilter({ soql, org, from, required }, query.where);
  const order = bindOrder(soql, query, from);
  const render = bindSelect(org, soql, query, from);
  const rows = () => find(org, query, { from, filter, required, order });
  return { rows, render };
}

interface Search {
  from: ObjectDefinition;
  filter: Filter;
  required: BoundComparison[];
  order: BoundOrder[];
}

interface BoundOrder {
  path: Path;
  descending: boolean;
  nullsLast: boolean;
}

function find(org: Org, { limit, offset = 0 }: Query, { from, filter, required, order }: Search): Row[] {
  const inTimeOrder = isTimeOrder(order);
  const descending = inTimeOrder && order[0]?.descending === true;
  const { rows, ordered } = candidates(org.table(from.name), required, descending);
  const until = offset + (limit ?? Number.POSITIVE_INFINITY);
  const sorted = ordered && (order.length === 0 || inTimeOrder);
  const found: Row[] = [];
  for (const row of rows) {
    if (sorted && found.length >= until) break;
    if (filter(row)) found.push(row);
  }
  if (!sorted && order.length > 0) found.sort((a, b) => compareRows(org, order, a, b));
  return found.slice(offset, until);
}

/** True for ORDER BY SystemModstamp [, Id], both in one direction: the order in which rows are kept. */
function isTimeOrder(order: BoundOrder[]): boolean {
  const [first, second] = order;
  if (
    !first ||
    order.length > 2 ||
    first.path.parents.length > 0 ||
    first.path.field.name !== 'SystemModstamp'
  )
    return false;
  if (!second) return true;
  return (
    second.path.parents.length === 0 &&
    second.path.field.name === 'Id' &&
    second.descending === first.descending
  );
}

function compareRows(org: Org, order: BoundOrder[], a: Row, b: Row): number {
  for (const { path, descending, nullsLast } of order) {
    const left = readPath(org, a, path);
    const right = readPath(org, b, path);
    if (left === right) continue;
    if (left === null || right === null) return (left === null) === nullsLast ? 1 : -1;
    const compared = compareFolded(left, right, path.field);
    if (compared !== 0) return descending ? -compared : compared;
  }
  return 0;
}

function compareFolded(a: Value, b: Value, { type }: FieldDefinition): number {
  const keepsCase = type === 'id' || type === 'reference';
  if (keepsCase || typeof a !== 'string' || typeof b !== 'string') return compareValues(a, b);
  return compareValues(a.toLowerCase(), b.toLowerCase());
}

function bindOrder(soql: string, { orderBy }: Query, from: ObjectDefinition): BoundOrder[] {
  return orderBy.map(({ name, descending, nullsLast }) => {
    const path = resolvePath(soql, from, name);
    if (!isFilterable(path.field))
      throw invalidField(soql, name, `field '${path.field.name}' can not be sorted in a query call`);
    return { path, descending, nullsLast };
  });
}

type Part = (row: Row, version: string, into: RenderedRecord) => void;

function bindSelect(org: Org, soql: string, query: Query, from: ObjectDefinition): Prepared['render'] {
  const parts = query.select.flatMap((item): Part[] => {
    if (item.kind === 'count') return [];
    if (item.kind === 'children') return [bindChildren(org, soql, item.query, from)];
    const path = resolvePath(soql, from, item.name);
    return [(row, version, into) => renderPath(org, row, path, version, into)];
  });
  return (row, version) => {
    const record: RenderedRecord = { attributes: attributes(from.name, row, version) };
    for (const part of parts) part(row, version, record);
    return record;
  };
}

function renderPath(org: Org, row: Row, path: Path, version: string, into: RenderedRecord): void {
  let current = row;
  let target = into;
  for (const parent of path.parents) {
    const next = org.row(parent.referenceTo ?? '', current[parent.name]);
    const name = parent.relationshipName ?? parent.name;
    if (!next) {
      target[name] = null;
      return;
    }
    const nested = (target[name] ?? {
      attributes: attributes(parent.referenceTo ?? '', next, version),
    }) as RenderedRecord;
    target[name] = nested;
    target = nested;
    current = next;
  }
  target[path.field.name] = current[path.field.name] ?? (path.field.type === 'boolean' ? false : null);
}

function bindChildren(org: Org, soql: string, query: Query, parent: ObjectDefinition): Part {
  const relationship = parent.children.find(
    ({ relationshipName }) => relationshipName.toLowerCase() === query.from.text.toLowerCase(),
  );
  const child = relationship && objectNamed(relationship.childSObject);
  if (!relationship || !child) {
    const why = `Didn't understand relationship '${query.from.text}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`;
    const refusal = invalidField(soql, query.from, why);
    for (const error of refusal.errors) error.errorCode = 'INVALID_TYPE';
    throw refusal;
  }
  if (query.select.some(({ kind }) => kind !== 'field'))
    throw malformed(soql, query.from.at, 'a subquery selects fields only');
  const required: BoundComparison[] = [];
  const filter = bindFilter({ soql, org, from: child, required }, query.where);
  const order = bindOrder(soql, query, child);
  const render = bindSelect(org, soql, query, child);
  return (row, version, into) => {
    const rows = org
      .table(child.name)
      .withValue(relationship.field, row['Id'] ?? null)
      .filter(filter);
    if (order.length > 0) rows.sort((a, b) => compareRows(org, order, a, b));
    const from = query.offset ?? 0;
    const records = rows
      .slice(from, from + (query.limit ?? rows.length))
      .map((found) => render(found, version));
    into[relationship.relationshipName] =
      records.length === 0 ? null : { totalSize: records.length, done: true, records };
  };
}

export function attributes(objectName: string, row: Row, version: string): Record<string, unknown> {
  return { type: objectName, url: `/services/data/${version}/sobjects/${objectName}/${row['Id']}` };
}
