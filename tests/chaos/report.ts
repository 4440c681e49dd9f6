import type { Problem } from '../../apps/hub/src/demo/accounting/account.ts';
import type { Verdict } from './verdict.ts';

export interface Faults {
  /** Kind to count; those that a system injected, and those of processes. */
  readonly byKind: Readonly<Record<string, number>>;
  readonly total: number;
}

export function problemsText(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ kind, subject, message }) => `${kind}: ${subject}: ${message}`);
}

export function faultsOf(counts: readonly Readonly<Record<string, number>>[]): Faults {
  const byKind: Record<string, number> = {};
  for (const count of counts)
    for (const [kind, n] of Object.entries(count)) byKind[kind] = (byKind[kind] ?? 0) + n;
  return { byKind, total: Object.values(byKind).reduce((sum, n) => sum + n, 0) };
}

export function reportText(verdict: Verdict, faults: Faults, unexpected: readonly string[]): string {
  const kinds = Object.entries(faults.byKind).sort(([, a], [, b]) => b - a);
  const width = Math.max(0, ...kinds.map(([kind]) => kind.length));
  const { orders, lost, duplicated, outOfOrder, stuck, wrong } = verdict;
  return [
    '',
    `${faults.total} faults were injected:`,
    ...kinds.map(([kind, n]) => `  ${kind.padEnd(width)}  ${String(n).padStart(6)}`),
    '',
    `${orders} orders, counted from what the systems hold: lost ${lost}, duplicated ${duplicated}, out of order ${outOfOrder}, stuck ${stuck}, wrong ${wrong}`,
    ...verdict.problems.map((problem) => `  ${problem}`),
    ...unexpected.map((sentence) => `  ${sentence}`),
  ].join('\n');
}
