import { createHash } from 'node:crypto';

/** A release as the contract's `Release` describes it; only what the floor reads is spelt out. */
export interface Release {
  releaseNumber: string;
  revision: number;
  site: string;
  orderNumber: string;
  reference: string;
  carrierService?: string;
  lines: ReleaseLine[];
}

export interface ReleaseLine {
  line: string;
  sku: string;
  quantity: string;
  unit: string;
}

export type ReleaseState = 'accepted' | 'picked' | 'partially_shipped' | 'shipped' | 'closed' | 'cancelled';

export const FINAL: readonly ReleaseState[] = ['shipped', 'closed', 'cancelled'];

export type ShortReason = 'not_found' | 'damaged' | 'out_of_stock';

/**
 * One line as the floor stands. Quantities are decimal strings.
 * Invariants: shipped <= picked; picked + short = quantity once picked; in a final state
 * quantity = shipped + short + cancelled.
 */
export interface LineRecord {
  line: string;
  sku: string;
  unit: string;
  quantity: string;
  picked: string;
  shipped: string;
  short: string;
  cancelled: string;
  shortReason?: ShortReason;
  lot?: string;
}

interface ShipmentRecord {
  shipmentNumber: string;
  trackingNumber: string;
  shippedAt: string;
  final: boolean;
}

export interface ReleaseRecord {
  release: Release;
  /** Of the content: decides between a repeat and a conflict. */
  digest: string;
  state: ReleaseState;
  sequence: number;
  lines: LineRecord[];
  shipments: ShipmentRecord[];
}

export function acceptedRecord(release: Release): ReleaseRecord {
  return {
    release,
    digest: contentDigest(release),
    state: 'accepted',
    sequence: 0,
    lines: release.lines.map(({ line, sku, unit, quantity }) => ({
      line,
      sku,
      unit,
      quantity,
      picked: '0',
      shipped: '0',
      short: '0',
      cancelled: '0',
    })),
    shipments: [],
  };
}

/** The contract's `ReleaseState`. */
export function publicState(record: ReleaseRecord): Record<string, unknown> {
  const { release, state, sequence, lines, shipments } = record;
  const { releaseNumber, revision, site, reference } = release;
  return {
    releaseNumber,
    revision,
    site,
    reference,
    state,
    sequence,
    lines: lines.map(({ shortReason: _reason, lot: _lot, ...line }) => line),
    shipments,
  };
}

/** The order of members does not make a release another one. */
export function contentDigest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortedMembers)).digest('base64url');
}

function sortedMembers(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
