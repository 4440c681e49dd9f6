import type { Pool } from 'pg';
import type { Table } from './catalogue.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Operation?: string;
  readonly Alias?: string;
  readonly Output?: readonly string[];
  readonly Plans?: readonly PlanNode[];
  readonly [detail: string]: unknown;
}

/**
 * Which parts a statement touches, by the parameters that name them: `$1` when every access to a hot table is bound to its first
 * parameter, `several` when one is not bound to any. The planner answers: it derives `part = $1` through joins, too, and a
 * missing condition shows as a missing one in the scan.
 */
export async function partsTouched(
  pool: Pool,
  text: string,
  hot: readonly Table[],
): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (generic_plan, verbose, format json) ${text}`,
  );
  const parts = new Set<string>();
  const columns = new Map(hot.map((table) => [table.name, table.columns.map((column) => column.name)]));
  const root = rows[0]?.['QUERY PLAN'][0].Plan;
  if (root !== undefined) visit(root, columns, parts);
  return parts;
}

function visit(node: PlanNode, columns: ReadonlyMap<string, readonly string[]>, parts: Set<string>): void {
  const own = columns.get(tableOf(node['Relation Name'] ?? ''));
  if (own !== undefined) {
    if (node['Node Type'] !== 'ModifyTable') parts.add(boundPart(node));
    else if (node.Operation === 'Insert') parts.add(insertedPart(node, own.indexOf('part')));
  }
  for (const child of node.Plans ?? []) visit(child, columns, parts);
}

/** A scan of a partition is a scan of its table. */
function tableOf(relation: string): string {
  return relation.replace(/(_c\d+)?_\d+_\d+$|_g\d+$/, '');
}

function boundPart(scan: PlanNode): string {
  const conditions = ['Index Cond', 'Filter', 'Recheck Cond'].map((kind) => scan[kind]);
  const bound = /[(.]part = (\$\d+)\)/.exec(conditions.join(' '));
  return bound?.[1] ?? 'several';
}

/** The value that goes into `part`: a sorted select passes through one more node, with its columns in the same places. */
function insertedPart(insert: PlanNode, place: number): string {
  let source = insert.Plans?.[0];
  while (source?.['Node Type'] === 'Subquery Scan') source = source.Plans?.[0];
  const value = source?.Output?.[place]?.replace(/^\((.*)\)$/, '$1') ?? '';
  return /^\$\d+$/.test(value) ? value : 'several';
}
