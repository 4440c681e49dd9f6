import type { Cpu, Figures } from './measure.ts';

/** Medians of one contestant's turns. */
export interface Row {
  readonly contestant: string;
  readonly version: string;
  readonly events: number;
  readonly bare: Partial<Figures>;
  readonly plain: Partial<Figures>;
  readonly full: Partial<Figures>;
}

export interface Verdict {
  readonly goal: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** Medians, figure by figure; of what goes wrong, the worst. */
export function medianOf(turns: readonly Figures[]): Partial<Figures> {
  const [first] = turns;
  if (first === undefined) return {};
  return {
    ...(medianOfObjects(turns) as Figures),
    outOfOrder: Math.max(...turns.map((turn) => turn.outOfOrder)),
  };
}

function medianOfObjects(objects: readonly object[]): object {
  return Object.fromEntries(
    Object.entries(objects[0] ?? {}).map(([name, sample]) => {
      const values = objects.map((each) => (each as Record<string, unknown>)[name]);
      if (typeof sample === 'object') return [name, medianOfObjects(values as object[])];
      return [name, (values as number[]).sort((a, b) => a - b)[values.length >> 1]];
    }),
  );
}

type Pick = (row: Row) => number | undefined;

const accept: Pick = (row) => row.plain.acceptPerSecond;
const single: Pick = (row) => row.plain.singleAcceptPerSecond;
const bare: Pick = (row) => row.bare.processPerSecond;
const plain: Pick = (row) => row.plain.processPerSecond;
const full: Pick = (row) => row.full.processPerSecond;
const p50: Pick = (row) => row.plain.latencyMs?.p50;
const p99: Pick = (row) => row.plain.latencyMs?.p99;
/** Events a second of processor time, so that more is better here too. */
const plainPerCpu: Pick = (row) => perCpu(row.plain.processCpu);
const fullPerCpu: Pick = (row) => perCpu(row.full.processCpu);

function perCpu(cpu: Cpu | undefined): number | undefined {
  return cpu === undefined ? undefined : 1e6 / (cpu.node + cpu.server);
}

/** A line per goal. Without peers, those that compare with them are left out. */
export function verdictsOf(rows: readonly Row[]): readonly Verdict[] {
  const ours = rows.find((row) => row.contestant === 'trunkline');
  if (ours === undefined) return [];
  const raw = rows.find((row) => row.contestant === 'raw');
  const atRest = {
    goal: 'accept to handler at 50 events/s: p50 at most 5 ms, p99 at most 20 ms',
    measured: `${number(p50(ours))} ms, ${number(p99(ours))} ms`,
    reached: (p50(ours) ?? Number.NaN) <= 5 && (p99(ours) ?? Number.NaN) <= 20,
  };
  return [
    ...(raw === undefined
      ? []
      : [atLeast(0.8, 'batch accept, of the raw limit', quotient(accept(ours), accept(raw)))]),
    ...versusBest(rows, ours, 4, 'process, of the best ordered peer', plain),
    ...versusBest(rows, ours, 5, 'single accept, of the best peer', single),
    atRest,
  ];
}

function versusBest(rows: readonly Row[], ours: Row, factor: number, goal: string, pick: Pick): Verdict[] {
  const best = bestPeer(rows, pick);
  return best === undefined
    ? []
    : [atLeast(factor, `${goal} (${best.contestant})`, quotient(pick(ours), pick(best)))];
}

function atLeast(factor: number, goal: string, ratio: number): Verdict {
  return { goal: `${goal}: at least ${factor}`, measured: ratio.toFixed(2), reached: ratio >= factor };
}

function bestPeer(rows: readonly Row[], pick: Pick): Row | undefined {
  const peers = rows.filter((row) => row.contestant !== 'trunkline' && row.contestant !== 'raw');
  return peers.toSorted((a, b) => (pick(b) ?? 0) - (pick(a) ?? 0))[0];
}

function quotient(a: number | undefined, b: number | undefined): number {
  return (a ?? Number.NaN) / (b ?? Number.NaN);
}

export function tableOf(rows: readonly Row[]): string {
  const lines: readonly (readonly [string, (row: Row) => string])[] = [
    ['version', (row) => row.version],
    ['events', (row) => number(row.events)],
    ['accept, batches of 1,000 (1/s)', (row) => number(accept(row))],
    ['accept, one by one, 64 at once (1/s)', (row) => number(single(row))],
    ['process, nothing to do (1/s)', (row) => number(bare(row))],
    ['process, a state per key (1/s)', (row) => number(plain(row))],
    ['accept, then process (1/s)', (row) => number(row.plain.wholePerSecond)],
    ['accept to handler, p50 (ms)', (row) => number(p50(row))],
    ['accept to handler, p99 (ms)', (row) => number(p99(row))],
    ['accept: CPU of node + Postgres (µs)', (row) => cpu(row.plain.acceptCpu)],
    ['process: CPU of node + Postgres (µs)', (row) => cpu(row.plain.processCpu)],
    ['node, VmHWM (MB)', (row) => number(row.plain.nodeMegabytes)],
    ['Postgres, PSS of all processes (MB)', (row) => number(row.plain.serverMegabytes)],
    ['full: process, deliver to two (1/s)', (row) => number(full(row))],
    ['full: accepted to delivered (1/s)', (row) => number(row.full.wholePerSecond)],
    ['full: CPU of node + Postgres (µs)', (row) => cpu(row.full.processCpu)],
    ['full: attempts on record per event', (row) => number(row.full.attempts)],
    ['out of order or twice', (row) => number((row.plain.outOfOrder ?? 0) + (row.full.outOfOrder ?? 0))],
  ];
  return [
    aligned([
      ['', ...rows.map((row) => row.contestant)],
      ...lines.map(([label, cell]) => [label, ...rows.map(cell)]),
    ]),
    '',
    ratiosOf(rows),
  ].join('\n');
}

/** The journal's rates as multiples of the best peer's at each, and of the raw limit's. */
function ratiosOf(rows: readonly Row[]): string {
  const ours = rows.find((row) => row.contestant === 'trunkline');
  const raw = rows.find((row) => row.contestant === 'raw');
  if (ours === undefined) return '';
  const whole: Pick = (row) => row.plain.wholePerSecond;
  const fullWhole: Pick = (row) => row.full.wholePerSecond;
  const picks: readonly (readonly [string, Pick])[] = [
    ['accept, batches', accept],
    ['accept, one by one', single],
    ['process, nothing to do', bare],
    ['process, a state per key', plain],
    ['  per second of CPU', plainPerCpu],
    ['accept, then process', whole],
    ['full: process, deliver to two', full],
    ['  per second of CPU', fullPerCpu],
    ['full: accepted to delivered', fullWhole],
  ];
  return aligned([
    ['the journal, as a multiple of', 'best peer', '', 'raw limit'],
    ...picks.map(([label, pick]) => {
      const best = bestPeer(rows, pick);
      return [
        label,
        best === undefined ? '–' : number(quotient(pick(ours), pick(best)), 2),
        best?.contestant ?? '',
        raw === undefined ? '–' : number(quotient(pick(ours), pick(raw)), 2),
      ];
    }),
  ]);
}

function aligned(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2);
  return cells.map((line) => line.map(pad).join('')).join('\n');
}

function cpu(used: Cpu | undefined): string {
  return used === undefined ? '–' : `${used.node} + ${used.server}`;
}

function number(value: number | undefined, digits = 1): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
