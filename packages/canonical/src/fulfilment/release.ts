import {
  add,
  compare,
  type DecimalString,
  isNegative,
  isPositive,
  maximum,
  subtract,
} from '../decimal/decimal.ts';
import type { PickConfirmed, ReleaseClosed, ShipmentShipped, ShortageReported } from '../events.ts';
import type { LineQuantity, Shipment } from '../shipment/shipment.ts';

/** What became of one release, from our request to the last shipment's posting in the ERP. */
export interface ReleaseRecord {
  readonly number: string;
  /** The plan that it was made from; its shipments are posted to that plan and then to that plan's remainders. */
  readonly planId: string;
  readonly site: string;
  readonly acknowledged?: true;
  readonly lines: readonly ReleaseLineRecord[];
  /** The warehouse's counts that were taken in, ascending. */
  readonly seen: readonly number[];
  /** The count of its last event, once that event has come. */
  readonly finalSequence?: number;
  /** In order of arrival, which is the order of posting. */
  readonly shipments: readonly ShipmentRecord[];
}

export interface ReleaseLineRecord {
  readonly line: string;
  readonly released: DecimalString;
  readonly pickedConfirmed: DecimalString;
  readonly shipped: DecimalString;
  /** As the warehouse reported it; what is short in the end is `shortOf`. */
  readonly shortReported: DecimalString;
}

export interface ShipmentRecord {
  readonly shipment: Shipment;
  readonly state: 'waiting' | 'posting' | 'posted';
  /** The plan that it is posted to, and what was asked to become of that plan's rest. Set from `posting` on. */
  readonly planId?: string;
  readonly remainder?: 'backorder' | 'cancel';
  readonly remainderPlanId?: string;
}

export const RELEASE_STATES = [
  'created',
  'acknowledged',
  'picked',
  'partially_shipped',
  'shipped',
  'closed',
] as const;
export type ReleaseStateName = (typeof RELEASE_STATES)[number];

/** Derived from what has arrived, so that no order of arrival can move it backwards. */
export function releaseState(release: ReleaseRecord): ReleaseStateName {
  const shipped = release.lines.some((line) => isPositive(line.shipped));
  if (isComplete(release)) return shipped ? 'shipped' : 'closed';
  if (shipped) return 'partially_shipped';
  if (release.lines.some((line) => isPositive(line.pickedConfirmed))) return 'picked';
  return release.acknowledged === true ? 'acknowledged' : 'created';
}

/** A shipment may arrive before the pick that it proves. */
export function pickedOf(line: ReleaseLineRecord): DecimalString {
  return maximum(line.pickedConfirmed, line.shipped);
}

/** The last event has come, and all before it. */
export function isComplete(release: ReleaseRecord): boolean {
  const last = release.finalSequence;
  return last !== undefined && release.seen.filter((sequence) => sequence <= last).length === last;
}

/** Complete, and the ERP knows every shipment: its plan's remainder may be decided on. */
export function isFinished(release: ReleaseRecord): boolean {
  return isComplete(release) && release.shipments.every((shipment) => shipment.state === 'posted');
}

/** Still at work in the warehouse: released and neither shipped nor, once the release is complete, short. */
export function inReleaseOf(release: ReleaseRecord, line: ReleaseLineRecord): DecimalString {
  return isComplete(release) ? '0' : subtract(line.released, line.shipped);
}

/** What the warehouse will not ship of a complete release, reported or not. */
export function shortOf(release: ReleaseRecord, line: ReleaseLineRecord): DecimalString {
  return isComplete(release) ? subtract(line.released, line.shipped) : '0';
}

export type ReleaseEvent = PickConfirmed | ShortageReported | ShipmentShipped | ReleaseClosed;

export type ReleaseApplied =
  | { readonly kind: 'applied'; readonly release: ReleaseRecord }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** More units than asked for, or fewer than none: nothing of the event is taken in, its count included, so that a correction can take its place. */
  | { readonly kind: 'over'; readonly lines: readonly OverLine[] };

export interface OverLine {
  readonly line: string;
  readonly released: DecimalString;
  readonly reported: DecimalString;
}

/** Takes in what a warehouse reports of a release; the same whatever the order of arrival. */
export function applyReleaseEvent(release: ReleaseRecord, event: ReleaseEvent): ReleaseApplied {
  if (release.seen.includes(event.sequence)) {
    return { kind: 'ignored', reason: `event ${event.sequence} of the release was taken in before` };
  }
  if (isComplete(release)) return afterTheEnd(release, event);
  const moved = movedBy(release, event);
  if (moved.kind === 'over') return moved;
  const seen = [...release.seen, event.sequence].sort((a, b) => a - b);
  const last = isLast(event) ? Math.max(event.sequence, release.finalSequence ?? 0) : release.finalSequence;
  return {
    kind: 'applied',
    release: { ...moved.release, seen, ...(last === undefined ? {} : { finalSequence: last }) },
  };
}

/** A complete release holds no units any more, so whatever is still said to move is too much. */
function afterTheEnd(release: ReleaseRecord, event: ReleaseEvent): ReleaseApplied {
  if (event.type === 'release.closed') return { kind: 'ignored', reason: 'the release has ended' };
  const moved = event.type === 'shipment.shipped' ? event.shipment.lines : event.lines;
  const lines = moved.map(({ line, quantity }) => {
    const shipped = release.lines.find((known) => known.line === line)?.shipped ?? '0';
    return { line, released: shipped, reported: add(shipped, quantity) };
  });
  return { kind: 'over', lines };
}

function isLast(event: ReleaseEvent): boolean {
  return event.type === 'release.closed' || (event.type === 'shipment.shipped' && event.final);
}

type Moved =
  | { readonly kind: 'moved'; readonly release: ReleaseRecord }
  | Extract<ReleaseApplied, { kind: 'over' }>;

function movedBy(release: ReleaseRecord, event: ReleaseEvent): Moved {
  switch (event.type) {
    case 'release.closed':
      return { kind: 'moved', release };
    case 'pick.confirmed':
      return counted(release, event.lines, 'pickedConfirmed');
    case 'shortage.reported':
      return counted(release, event.lines, 'shortReported');
    case 'shipment.shipped':
      return shippedBy(release, event.shipment);
  }
}

/** A shipment under a new count is a resend: its count is taken in, its units are not. */
function shippedBy(release: ReleaseRecord, shipment: Shipment): Moved {
  if (release.shipments.some((known) => known.shipment.shipmentNumber === shipment.shipmentNumber)) {
    return { kind: 'moved', release };
  }
  const moved = counted(release, shipment.lines, 'shipped');
  if (moved.kind === 'over') return moved;
  const shipments = [...release.shipments, { shipment, state: 'waiting' as const }];
  return { kind: 'moved', release: { ...moved.release, shipments } };
}

function counted(
  release: ReleaseRecord,
  moved: readonly LineQuantity[],
  field: 'pickedConfirmed' | 'shipped' | 'shortReported',
): Moved {
  const units = new Map<string, DecimalString>();
  for (const { line, quantity } of moved) units.set(line, add(units.get(line) ?? '0', quantity));
  const lines = release.lines.map((line) => {
    const more = units.get(line.line);
    return more === undefined ? line : { ...line, [field]: add(line[field], more) };
  });
  const over = [
    ...lines
      .filter((line) => compare(line[field], line.released) > 0)
      .map((line) => ({ line: line.line, released: line.released, reported: line[field] })),
    ...[...units]
      .filter(([line, more]) => isNegative(more) || !release.lines.some((known) => known.line === line))
      .map(([line, reported]) => ({ line, released: '0', reported })),
  ];
  return over.length > 0 ? { kind: 'over', lines: over } : { kind: 'moved', release: { ...release, lines } };
}
