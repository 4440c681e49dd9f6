import { add, type DecimalString, maximum, minimum, subtract, sum } from '../decimal/decimal.ts';
import { type LineRest, type PlanRecord, restOf } from '../fulfilment/plan.ts';
import { openPlanId } from '../fulfilment/posting.ts';
import { inReleaseOf, pickedOf, type ReleaseRecord, shortOf } from '../fulfilment/release.ts';
import type { OrderRecord } from './order-record.ts';

/**
 * Where a line's units are. By construction ordered = shipped + open + backordered + cancelled: the last term is what the others
 * leave, and none can be negative, because releases are cut to `unassigned` and what is given up to what is left.
 */
export interface LineQuantities {
  readonly ordered: DecimalString;
  readonly released: DecimalString;
  /** Never less than shipped. */
  readonly picked: DecimalString;
  readonly shipped: DecimalString;
  readonly cancelled: DecimalString;
  /** At work in a warehouse. */
  readonly inRelease: DecimalString;
  /** In release, or, before the ERP has planned, all that is left. */
  readonly open: DecimalString;
  /** Left, and in no release. */
  readonly backordered: DecimalString;
  /** May still be released: neither shipped nor cancelled nor at work. */
  readonly unassigned: DecimalString;
  /** Short units of complete releases that the ERP may still show as reserved though nobody finds them. */
  readonly held: DecimalString;
}

/** Per line of the accepted order; empty before acceptance. */
export function lineQuantities(record: OrderRecord): ReadonlyMap<string, LineQuantities> {
  const moved = movedByLine(record.releases);
  const givenUp = givenUpByLine(record);
  const planned = record.plans.length > 0;
  const lines = new Map<string, LineQuantities>();
  for (const { line, quantity: ordered } of record.order?.lines ?? []) {
    const { released, picked, shipped, inRelease, short } = moved.get(line) ?? NOTHING_MOVED;
    const left = subtract(ordered, add(shipped, inRelease));
    const cancelled = minimum(left, givenUp.get(line) ?? '0');
    const unassigned = subtract(left, cancelled);
    lines.set(line, {
      ordered,
      released,
      picked,
      shipped,
      cancelled,
      inRelease,
      open: planned ? inRelease : add(inRelease, unassigned),
      backordered: planned ? unassigned : '0',
      unassigned,
      held: maximum('0', subtract(short, record.recounted[line] ?? '0')),
    });
  }
  return lines;
}

export interface OrderUnits {
  readonly ordered: DecimalString;
  readonly shipped: DecimalString;
  readonly cancelled: DecimalString;
  readonly inRelease: DecimalString;
  readonly backordered: DecimalString;
}

export function orderUnits(record: OrderRecord): OrderUnits {
  const lines = [...lineQuantities(record).values()];
  const total = (field: keyof OrderUnits) => sum(lines.map((line) => line[field]));
  return {
    ordered: total('ordered'),
    shipped: total('shipped'),
    cancelled: total('cancelled'),
    inRelease: total('inRelease'),
    backordered: total('backordered'),
  };
}

interface Moved {
  readonly released: DecimalString;
  readonly picked: DecimalString;
  readonly shipped: DecimalString;
  readonly inRelease: DecimalString;
  readonly short: DecimalString;
}
const NOTHING_MOVED: Moved = { released: '0', picked: '0', shipped: '0', inRelease: '0', short: '0' };

function movedByLine(releases: readonly ReleaseRecord[]): ReadonlyMap<string, Moved> {
  const lines = new Map<string, Moved>();
  for (const release of releases) {
    for (const line of release.lines) {
      const before = lines.get(line.line) ?? NOTHING_MOVED;
      lines.set(line.line, {
        released: add(before.released, line.released),
        picked: add(before.picked, pickedOf(line)),
        shipped: add(before.shipped, line.shipped),
        inRelease: add(before.inRelease, inReleaseOf(release, line)),
        short: add(before.short, shortOf(release, line)),
      });
    }
  }
  return lines;
}

/** What the ERP gave up: the rest of cancelled plans, and of plans whose last shipment was posted without a remainder. */
function givenUpByLine(record: OrderRecord): ReadonlyMap<string, DecimalString> {
  const givenUp = new Map<string, DecimalString>();
  const give = (rests: readonly LineRest[]) => {
    for (const { line, rest } of rests) givenUp.set(line, add(givenUp.get(line) ?? '0', rest));
  };
  for (const plan of record.plans) {
    if (plan.state === 'cancelled') give(restOf(plan, atWorkFor(record, plan)));
  }
  for (const release of record.releases) {
    for (const posted of release.shipments) {
      if (posted.state !== 'posted' || posted.remainder !== 'cancel' || posted.remainderPlanId !== undefined)
        continue;
      const plan = record.plans.find((one) => one.planId === posted.planId);
      if (plan !== undefined && plan.state !== 'cancelled') give(restOf(plan, posted.shipment.lines));
    }
  }
  return givenUp;
}

/** What the warehouses hold or sent off of a plan without the ERP's having booked it. */
function atWorkFor(record: OrderRecord, plan: PlanRecord) {
  return record.releases
    .filter((release) => openPlanId(record, release) === plan.planId)
    .flatMap((release) => [
      ...release.lines.map((line) => ({ line: line.line, sku: '', quantity: inReleaseOf(release, line) })),
      ...release.shipments
        .filter((shipment) => shipment.state !== 'posted')
        .flatMap((shipment) => shipment.shipment.lines),
    ]);
}
