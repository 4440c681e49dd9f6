import type { Env } from '../orm/env.ts';
import { keyError } from '../orm/errors.ts';
import { isRelational, relationOf, textOf } from '../orm/field.ts';
import { fieldIn } from '../orm/model.ts';
import type { Model } from '../orm/model.ts';

/** A cell's text, or for a relation the nested records. The key '' is the name of the related record. */
export type Cell = string | Extracted[];
export type Extracted = Record<string, Cell>;

export interface ExtractedRecord {
  readonly record: Extracted;
  /** Indexes of the rows it came from. */
  readonly from: number;
  readonly to: number;
}

type Path = readonly string[];

/** `order_line/product_id/.id` as a path; `partner_id.id` is the same as `partner_id/.id`. */
export const splitPath = (field: string): string[] => field.replace(/([^/])\.id/, '$1/.id').split('/');

/**
 * Groups rows into records. A row that has values only in one2many columns continues the record above it.
 */
export function extractRecords(
  env: Env,
  model: Model,
  paths: readonly Path[],
  rows: readonly (readonly unknown[])[],
): ExtractedRecord[] {
  const kinds = paths.map(([head = '']) => kindOf(model, head));
  const records: ExtractedRecord[] = [];
  for (let from = 0; from < rows.length; ) {
    let to = from;
    while (continues(kinds, rows[to + 1])) to++;
    const span = rows.slice(from, to + 1);
    records.push({ record: extractOne(env, model, paths, kinds, span), from, to });
    from = to + 1;
  }
  return records;
}

type Kind = 'plain' | 'single' | 'lines';

function kindOf(model: Model, name: string): Kind {
  if (name === '' || name === 'id' || name === '.id') return 'plain';
  const field = model.fields[name];
  if (!field) throw keyError(name);
  if (field.type === 'one2many') return 'lines';
  return isRelational(field) ? 'single' : 'plain';
}

function continues(kinds: readonly Kind[], row: readonly unknown[] | undefined): boolean {
  if (!row) return false;
  let hasLine = false;
  for (const [at, kind] of kinds.entries()) {
    if (!row[at]) continue;
    if (kind !== 'lines') return false;
    hasLine = true;
  }
  return hasLine;
}

function extractOne(
  env: Env,
  model: Model,
  paths: readonly Path[],
  kinds: readonly Kind[],
  span: readonly (readonly unknown[])[],
): Extracted {
  const record: Extracted = {};
  const [first = []] = span;
  for (const [at, path] of paths.entries()) {
    const head = path[0] ?? '';
    if (kinds[at] === 'plain') record[head] = textOf(first[at] ?? '');
    else if (!(head in record)) record[head] = nested(env, model, head, paths, span);
  }
  return record;
}

function nested(
  env: Env,
  model: Model,
  head: string,
  paths: readonly Path[],
  span: readonly (readonly unknown[])[],
): Extracted[] {
  const relation = env.model(relationOf(fieldIn(model, head)));
  const columns = [...paths.entries()].filter(([, path]) => path[0] === head);
  const subPaths = columns.map(([, path]) => (path.length > 1 ? path.slice(1) : ['']));
  const data = span.map((row) => columns.map(([at]) => row[at])).filter((cells) => cells.some(Boolean));
  return extractRecords(env, relation, subPaths, data).map((each) => each.record);
}
