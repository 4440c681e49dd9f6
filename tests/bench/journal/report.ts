import type { Figures } from './measure.ts';

/** Medians of one contestant's turns. */
export interface Row {
  readonly contestant: string;
  readonly version: string;
  readonly events: number;
  readonly bare: Figures;
  readonly plain: Figures;
  readonly full: Figures;
}

export interface Verdict {
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

const ORDERED_PEERS = ['pg-boss', 'graphile-worker', 'dbos'];

/** Medians figure by figure; what goes wrong once counts, so `outOfOrder` is the worst. */
export function medianOf(turns: readonly Figures[]): Figures {
  const of = (pick: (figures: Figures) => number | undefined): number | undefined => {
    const values = turns.flatMap((turn) => pick(turn) ?? []).sort((a, b) => a - b);
    return values[values.length >> 1];
  };
  const p50 = of((turn) => turn.latencyMs?.p50);
  const p99 = of((turn) => turn.latencyMs?.p99);
  return {
    acceptPerSecond: of((turn) => turn.acceptPerSecond) ?? Number.NaN,
    wholePerSecond: of((turn) => turn.wholePerSecond) ?? Number.NaN,
    outOfOrder: Math.max(...turns.map((turn) => turn.outOfOrder)),
    ...defined(
      'processPerSecond',
      of((turn) => turn.processPerSecond),
    ),
    ...defined(
      'singleAcceptPerSecond',
      of((turn) => turn.singleAcceptPerSecond),
    ),
    ...(p50 === undefined || p99 === undefined ? {} : { latencyMs: { p50, p99 } }),
    ...defined(
      'attempts',
      of((turn) => turn.attempts),
    ),
    ...defined(
      'nodeCpuMicroseconds',
      of((turn) => turn.nodeCpuMicroseconds),
    ),
    ...defined(
      'serverCpuMicroseconds',
      of((turn) => turn.serverCpuMicroseconds),
    ),
    ...defined(
      'nodeMegabytes',
      of((turn) => turn.nodeMegabytes),
    ),
    ...defined(
      'serverMegabytes',
      of((turn) => turn.serverMegabytes),
    ),
  };
}

function defined<K extends keyof Figures>(name: K, value: number | undefined): { [P in K]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: number });
}

/** A line per goal. Without peers, the goals that compare with them have none. */
export function verdictsOf(rows: readonly Row[]): readonly Verdict[] {
  const journal = rows.find((row) => row.contestant === 'trunkline');
  const raw = rows.find((row) => row.contestant === 'raw');
  const peers = rows.filter((row) => ORDERED_PEERS.includes(row.contestant));
  if (journal === undefined || raw === undefined) return [];
  const { plain, full } = journal;
  const latency = plain.latencyMs ?? { p50: Number.NaN, p99: Number.NaN };
  const verdicts: Verdict[] = [
    atLeast(
      'batch accept at least 0.8 of the raw limit',
      plain.acceptPerSecond / raw.plain.acceptPerSecond,
      0.8,
    ),
    {
      goal: 'accept to handler at 50 events/s: p50 at most 5 ms, p99 at most 20 ms',
      measured: `${latency.p50} ms, ${latency.p99} ms`,
      reached: latency.p50 <= 5 && latency.p99 <= 20,
    },
  ];
  if (peers.length === 0) return verdicts;
  const versusBest = (
    goal: string,
    ours: number | undefined,
    theirs: (row: Row) => number | undefined,
    factor: number,
  ) => {
    const best = bestOf(peers, theirs);
    return atLeast(`${goal} (${best.contestant})`, (ours ?? Number.NaN) / best.value, factor);
  };
  return [
    ...verdicts,
    versusBest(
      'process at least 4x the best ordered peer',
      plain.processPerSecond,
      (row) => row.plain.processPerSecond,
      4,
    ),
    versusBest(
      'full job at least 4x the best ordered peer',
      full.processPerSecond,
      (row) => row.full.processPerSecond,
      4,
    ),
    versusBest(
      'single accept at least 5x the best peer',
      plain.singleAcceptPerSecond,
      (row) => row.plain.singleAcceptPerSecond,
      5,
    ),
  ];
}

function atLeast(goal: string, ratio: number, factor: number): Verdict {
  return { goal, measured: ratio.toFixed(2), reached: ratio >= factor };
}

function bestOf(
  peers: readonly Row[],
  pick: (row: Row) => number | undefined,
): { contestant: string; value: number } {
  return peers
    .map((row) => ({ contestant: row.contestant, value: pick(row) ?? 0 }))
    .reduce((best, peer) => (peer.value > best.value ? peer : best));
}

export function tableOf(rows: readonly Row[]): string {
  const lines: [string, (row: Row) => string][] = [
    ['version', (row) => row.version],
    ['events', (row) => number(row.events)],
    ['accept, batches of 1,000 (1/s)', (row) => number(row.plain.acceptPerSecond)],
    ['accept, one by one, 64 at once (1/s)', (row) => number(row.plain.singleAcceptPerSecond)],
    ['process, nothing to do (1/s)', (row) => number(row.bare.processPerSecond)],
    ['process, a state per key (1/s)', (row) => number(row.plain.processPerSecond)],
    ['accept, then process (1/s)', (row) => number(row.plain.wholePerSecond)],
    ['accept to handler, p50 (ms)', (row) => number(row.plain.latencyMs?.p50)],
    ['accept to handler, p99 (ms)', (row) => number(row.plain.latencyMs?.p99)],
    ['CPU of node per event (µs)', (row) => number(row.plain.nodeCpuMicroseconds)],
    ['CPU of Postgres per event (µs)', (row) => number(row.plain.serverCpuMicroseconds)],
    ['node, VmHWM (MB)', (row) => number(row.plain.nodeMegabytes)],
    ['Postgres, PSS of all processes (MB)', (row) => number(row.plain.serverMegabytes)],
    ['out of order or twice', (row) => number(row.plain.outOfOrder)],
    ['full: process and deliver to two (1/s)', (row) => number(row.full.processPerSecond)],
    ['full: accepted to delivered (1/s)', (row) => number(row.full.wholePerSecond)],
    ['full: CPU of node per event (µs)', (row) => number(row.full.nodeCpuMicroseconds)],
    ['full: CPU of Postgres per event (µs)', (row) => number(row.full.serverCpuMicroseconds)],
    ['full: attempts on record per event', (row) => number(row.full.attempts)],
    ['full: out of order or twice', (row) => number(row.full.outOfOrder)],
  ];
  const cells = [
    ['', ...rows.map((row) => row.contestant)],
    ...lines.map(([label, of]) => [label, ...rows.map(of)]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? [];
  return cells
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2),
        )
        .join(''),
    )
    .join('\n');
}

function number(value: number | undefined): string {
  return value === undefined || Number.isNaN(value)
    ? '–'
    : value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
