import type { ShipmentPosted } from '../events.ts';
import type { OrderRecord } from '../order/order-record.ts';
import { lineageOf, type PlanRecord, restOf } from './plan.ts';
import { isComplete, isFinished, type ReleaseRecord, type ShipmentRecord } from './release.ts';
import { replaced } from './replaced.ts';

/**
 * The plan that a release's next shipment is posted to: its own at first, then each posting's remainder, which the reply names or a
 * poll shows. Undefined when the ERP kept nothing.
 */
export function openPlanId(record: OrderRecord, release: ReleaseRecord): string | undefined {
  const last = release.shipments.findLast((shipment) => shipment.state === 'posted');
  if (last === undefined) return release.planId;
  return last.remainderPlanId ?? record.plans.find((plan) => plan.backorderOf === last.planId)?.planId;
}

export type DuePosting =
  | {
      readonly kind: 'post';
      readonly shipment: ShipmentRecord;
      readonly planId: string;
      readonly remainder: 'backorder' | 'cancel';
    }
  | { readonly kind: 'no_plan'; readonly shipment: ShipmentRecord };

/**
 * The shipment of a release that the ERP should book next; one at a time, because each posting makes the plan that the next one
 * goes to. The rest is given up with the last shipment when the order's policy says so, and only once nothing more can come.
 */
export function duePosting(record: OrderRecord, release: ReleaseRecord): DuePosting | undefined {
  if (release.shipments.some((shipment) => shipment.state === 'posting')) return undefined;
  const waiting = release.shipments.filter((shipment) => shipment.state === 'waiting');
  const [shipment] = waiting;
  if (shipment === undefined) return undefined;
  const planId = openPlanId(record, release);
  if (planId === undefined) return { kind: 'no_plan', shipment };
  const last = waiting.length === 1 && isComplete(release);
  const remainder = last && record.order?.backorderPolicy === 'cancel' ? 'cancel' : 'backorder';
  return { kind: 'post', shipment, planId, remainder };
}

/** Notes that a shipment was sent to the ERP, so that it is sent once. */
export function markPosting(
  record: OrderRecord,
  release: ReleaseRecord,
  due: Extract<DuePosting, { kind: 'post' }>,
): OrderRecord {
  const { shipment, planId, remainder } = due;
  return withShipment(record, release, { ...shipment, state: 'posting', planId, remainder });
}

/** Takes in that the ERP booked a shipment; undefined when none of that number is on its way. */
export function applyPosted(record: OrderRecord, event: ShipmentPosted): OrderRecord | undefined {
  for (const release of record.releases) {
    const shipment = release.shipments.find(
      (one) => one.state === 'posting' && one.shipment.shipmentNumber === event.shipmentNumber,
    );
    if (shipment === undefined) continue;
    const { remainderPlanId } = event;
    const posted = {
      ...shipment,
      state: 'posted' as const,
      ...(remainderPlanId === undefined ? {} : { remainderPlanId }),
    };
    return withShipment({ ...record, plans: plansAfter(record, posted) }, release, posted);
  }
  return undefined;
}

/** The plan that was booked has ended, and its remainder stands, even if no poll has shown it yet. */
function plansAfter(record: OrderRecord, posted: ShipmentRecord): readonly PlanRecord[] {
  const booked = record.plans.find((plan) => plan.planId === posted.planId);
  if (booked === undefined) return record.plans;
  const done: PlanRecord = { ...booked, state: 'done' };
  const plans = replaced(record.plans, done, (plan) => plan === booked);
  const { remainderPlanId } = posted;
  if (remainderPlanId === undefined || plans.some((plan) => plan.planId === remainderPlanId)) return plans;
  const lines = restOf(booked, posted.shipment.lines).map(({ line, rest }) => ({
    line,
    demand: rest,
    reserved: '0',
  }));
  const rest: PlanRecord = { planId: remainderPlanId, backorderOf: booked.planId, state: 'waiting', lines };
  return [...plans, rest];
}

function withShipment(record: OrderRecord, release: ReleaseRecord, shipment: ShipmentRecord): OrderRecord {
  const { shipmentNumber } = shipment.shipment;
  const shipments = replaced(
    release.shipments,
    shipment,
    (one) => one.shipment.shipmentNumber === shipmentNumber,
  );
  const releases = replaced(
    record.releases,
    { ...release, shipments },
    (one) => one.number === release.number,
  );
  return { ...record, releases };
}

/** The releases made from a plan or from those whose remainder it is. */
export function releasesBehind(record: OrderRecord, plan: PlanRecord): readonly ReleaseRecord[] {
  const lineage = lineageOf(record, plan);
  return record.releases.filter((release) => lineage.includes(release.planId));
}

/** True when no release still works on the plan: what it asks for may be decided on. */
export function isDecidable(record: OrderRecord, plan: PlanRecord): boolean {
  return releasesBehind(record, plan).every(isFinished);
}
