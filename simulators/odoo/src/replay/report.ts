import type { RecordingResult } from './replay.ts';

export interface ReportRow {
  readonly server: string;
  readonly recording: string;
  readonly exchanges: number;
  readonly covered: number;
  readonly matched: number;
  readonly shapeOnly: number;
  readonly notCovered: number;
  readonly differing: readonly {
    readonly at: number;
    readonly note: string;
    readonly differences: readonly string[];
  }[];
  /** Why exchanges are not compared, or by shape only, with their numbers. */
  readonly reasons: Record<string, number[]>;
}

export function reportRow(result: RecordingResult): ReportRow {
  const count = (kind: string) => result.outcomes.filter(({ outcome }) => outcome.kind === kind).length;
  const exceptions: Record<string, number[]> = {};
  for (const { at, outcome } of result.outcomes)
    if (outcome.kind === 'notCovered' || outcome.kind === 'shape')
      (exceptions[outcome.reason] ??= []).push(at);
  return {
    server: `${result.series} ${result.transport}`,
    recording: result.recording,
    exchanges: result.outcomes.length,
    covered: result.outcomes.length - count('notCovered'),
    matched: count('matched'),
    shapeOnly: count('shape'),
    notCovered: count('notCovered'),
    differing: result.outcomes.flatMap(({ at, note, outcome }) =>
      outcome.kind === 'differs' ? [{ at, note, differences: outcome.differences }] : [],
    ),
    reasons: exceptions,
  };
}

/** A table of all recordings, then what differs, then why the rest is not covered. */
export function printReport(rows: readonly ReportRow[]): string {
  const head = ['server', 'recording', 'exchanges', 'covered', 'matched', 'shape', 'not covered', 'DIFFERS'];
  const cells = rows.map((row) => [
    row.server,
    row.recording,
    row.exchanges,
    row.covered,
    row.matched,
    row.shapeOnly,
    row.notCovered,
    row.differing.length,
  ]);
  const sums = [2, 3, 4, 5, 6, 7].map((at) => cells.reduce((total, row) => total + Number(row[at]), 0));
  const table = [head, ...cells, ['total', '', ...sums]].map((row) => row.map(String));
  const widths = head.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
  return [...lines, ...differences(rows), ...reasons(rows)].join('\n');
}

function differences(rows: readonly ReportRow[]): string[] {
  return rows.flatMap((row) =>
    row.differing.flatMap(({ at, note, differences: found }) => [
      '',
      `${row.server} ${row.recording} #${at} ${note}`,
      ...found.map((each) => `    ${each}`),
    ]),
  );
}

function reasons(rows: readonly ReportRow[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const row of rows)
    for (const [reason, at] of Object.entries(row.reasons)) {
      const where = `${row.recording} (${row.server}) ${at.length === row.exchanges ? 'all' : at.join(', ')}`;
      byReason.set(reason, [...(byReason.get(reason) ?? []), where]);
    }
  return [...byReason].flatMap(([reason, where]) => ['', reason, ...where.map((each) => `    ${each}`)]);
}
