import { add, type DecimalString } from '../decimal/decimal.ts';
import type { InventoryAdjusted } from '../events.ts';

/** What the hub keeps per stock position (`st_<site>_<sku>`): the differences that the warehouse told, each counted once. */
export interface StockRecord {
  readonly stage: 'adjusted';
  readonly site: string;
  readonly sku: string;
  /** Signed sum of all adjustments. */
  readonly netDelta: DecimalString;
  readonly adjustments: number;
  /** The newest numbers, newest last: a repeat older than these is left to the journal's dedupe. */
  readonly recent: readonly string[];
}

/** Bounds the record: at one adjustment a day this is a year. */
const RECENT = 366;

/** Undefined when the adjustment was counted before. */
export function applyAdjustment(
  record: StockRecord | undefined,
  event: InventoryAdjusted,
): StockRecord | undefined {
  const recent = record?.recent ?? [];
  if (recent.includes(event.adjustmentNumber)) return undefined;
  return {
    stage: 'adjusted',
    site: event.site,
    sku: event.sku,
    netDelta: add(record?.netDelta ?? '0', event.delta),
    adjustments: (record?.adjustments ?? 0) + 1,
    recent: [...recent, event.adjustmentNumber].slice(-RECENT),
  };
}
