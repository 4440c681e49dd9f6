import { type Carriage, carriageOf, sscc, trackingNumber } from './labels.ts';
import type { PlannedLine } from './plan.ts';
import { decimal, millionths } from './quantity.ts';
import type { LineRecord, ReleaseRecord } from './release.ts';

/** An event as the contract's webhooks carry it; `chain` names the events that belong in one order. */
export interface WarehouseEvent {
  chain: string;
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
  /** No event of the chain can come after it. */
  last: boolean;
}

export interface ReleaseEventInput {
  record: ReleaseRecord;
  type: string;
  now: string;
  last: boolean;
  data: Record<string, unknown>;
}

/** Gives the event its place in the release's own count. */
export function releaseEvent({ record, type, now, last, data }: ReleaseEventInput): WarehouseEvent {
  record.sequence += 1;
  const { releaseNumber, reference, site } = record.release;
  return {
    chain: releaseNumber,
    type,
    timestamp: now,
    last,
    data: { releaseNumber, reference, site, sequence: record.sequence, ...data },
  };
}

export function movedLine(record: LineRecord, quantity: string): Record<string, string> {
  return { line: record.line, sku: record.sku, quantity, unit: record.unit };
}

export function lotLine(record: LineRecord, quantity: string): Record<string, string> {
  return { ...movedLine(record, quantity), ...(record.lot === undefined ? {} : { lot: record.lot }) };
}

export interface ShipmentContent {
  shipmentNumber: string;
  carriage: Carriage;
  trackingNumber: string;
  packages: Record<string, unknown>[];
}

const LINES_PER_PACKAGE = 12;
/** 0.4 kg a unit and 0.3 kg of carton: no more than a weight that looks like one. */
const UNIT_GRAMS = 400n;
const CARTON_GRAMS = 300n;

/** @param nextSerial gives the next package number of the site. */
export function packShipment(
  record: ReleaseRecord,
  load: PlannedLine[],
  nextSerial: () => number,
): ShipmentContent {
  const { releaseNumber, site, carrierService } = record.release;
  const shipmentNumber = `${releaseNumber}-S${record.shipments.length + 1}`;
  const carriage = carriageOf(releaseNumber, carrierService);
  const packages: Record<string, unknown>[] = [];
  for (let from = 0; from < load.length; from += LINES_PER_PACKAGE) {
    const content = load.slice(from, from + LINES_PER_PACKAGE);
    packages.push({
      sscc: sscc(site, nextSerial()),
      trackingNumber: trackingNumber(carriage.scac, `${shipmentNumber}/${packages.length + 1}`),
      weight: { value: weightOf(content), unit: 'kg' },
      lines: content.map(({ record: line, quantity }) => lotLine(line, quantity)),
    });
  }
  return {
    shipmentNumber,
    carriage,
    packages,
    trackingNumber: trackingNumber(carriage.scac, `${shipmentNumber}/1`),
  };
}

function weightOf(load: PlannedLine[]): string {
  const units = load.reduce((sum, { quantity }) => sum + millionths(quantity), 0n);
  const grams = (units * UNIT_GRAMS) / 1_000_000n + CARTON_GRAMS;
  return decimal(grams * 1000n);
}
