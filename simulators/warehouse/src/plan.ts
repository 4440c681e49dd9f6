import { chance, pick } from './chance.ts';
import { decimal, fromWholeUnits, millionths, wholeUnits } from './quantity.ts';
import type { LineRecord, Release, ReleaseLine, ShortReason } from './release.ts';

/** What the floor will do with a release, decided by seed and content alone. */
export interface FloorRates {
  seed: string;
  /** Share of lines that are short. */
  shortRate: number;
  /** Share of releases that leave in two shipments. */
  splitRate: number;
  /** Share of releases after which stock is found to differ. */
  adjustRate: number;
  /** Share of items that are tracked by lot. */
  lotRate: number;
}

export interface PlannedPick {
  picked: string;
  short: string;
  shortReason?: ShortReason;
  lot?: string;
}

const REASONS: readonly ShortReason[] = ['not_found', 'damaged', 'out_of_stock'];

export function planPick(rates: FloorRates, releaseNumber: string, line: ReleaseLine): PlannedPick {
  const words = [rates.seed, releaseNumber, line.line] as const;
  const ordered = millionths(line.quantity);
  const short =
    chance('short', ...words) < rates.shortRate ? shortOf(ordered, chance('how-short', ...words)) : 0n;
  const reason = REASONS[pick(REASONS.length, 'reason', ...words)];
  return {
    picked: decimal(ordered - short),
    short: decimal(short),
    ...(short > 0n && reason ? { shortReason: reason } : {}),
    ...(chance('lot', rates.seed, line.sku) < rates.lotRate
      ? { lot: `L${String(pick(1e6, 'lot-number', rates.seed, line.sku)).padStart(6, '0')}` }
      : {}),
  };
}

/** Two in five shorts miss the whole line, the others a whole number of units of it. */
function shortOf(ordered: bigint, depth: number): bigint {
  const units = wholeUnits(ordered);
  if (depth < 0.4 || units < 2n) return ordered;
  const share = (depth - 0.4) / 0.6;
  return fromWholeUnits(1n + BigInt(Math.floor(share * Number(units - 1n))));
}

export interface PlannedLine {
  record: LineRecord;
  quantity: string;
}

/** One or two loads that together hold all that was picked, each with at least one line. */
export function planLoads(rates: FloorRates, release: Release, lines: LineRecord[]): PlannedLine[][] {
  const picked = lines
    .filter((record) => millionths(record.picked) > 0n)
    .map((record) => ({ record, quantity: record.picked }));
  if (picked.length === 0) return [];
  if (chance('split', rates.seed, release.releaseNumber) >= rates.splitRate) return [picked];
  if (picked.length > 1) {
    const half = Math.ceil(picked.length / 2);
    return [picked.slice(0, half), picked.slice(half)];
  }
  return splitLine(picked[0] as PlannedLine);
}

function splitLine({ record, quantity }: PlannedLine): PlannedLine[][] {
  const whole = millionths(quantity);
  const first = fromWholeUnits(wholeUnits(whole) / 2n);
  if (first === 0n) return [[{ record, quantity }]];
  return [[{ record, quantity: decimal(first) }], [{ record, quantity: decimal(whole - first) }]];
}

export interface PlannedAdjustment {
  sku: string;
  unit: string;
  delta: string;
  reason: 'cycle_count' | 'damaged' | 'found';
  lot?: string;
}

export function planAdjustment(
  rates: FloorRates,
  releaseNumber: string,
  lines: LineRecord[],
): PlannedAdjustment | undefined {
  if (chance('adjust', rates.seed, releaseNumber) >= rates.adjustRate) return undefined;
  const line = lines[pick(lines.length, 'adjusted-line', rates.seed, releaseNumber)];
  if (!line) return undefined;
  const size = 1 + pick(3, 'adjusted-by', rates.seed, releaseNumber);
  const kinds = [
    { delta: `-${size}`, reason: 'damaged' },
    { delta: `-${size}`, reason: 'cycle_count' },
    { delta: `${size}`, reason: 'found' },
  ] as const;
  const kind = kinds[pick(kinds.length, 'adjusted-why', rates.seed, releaseNumber)] ?? kinds[0];
  return { sku: line.sku, unit: line.unit, ...kind, ...(line.lot === undefined ? {} : { lot: line.lot }) };
}
