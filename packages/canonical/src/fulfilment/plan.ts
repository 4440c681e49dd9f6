import { add, type DecimalString, isPositive, maximum, subtract } from '../decimal/decimal.ts';
import { contentDigest } from '../digest.ts';
import type { FulfilmentPlanned } from '../events.ts';
import type { OrderRecord } from '../order/order-record.ts';
import type { LineQuantity } from '../shipment/shipment.ts';
import { replaced } from './replaced.ts';

/** One of the ERP's delivery documents (Odoo: stock.picking) for an order. */
export interface PlanRecord {
  readonly planId: string;
  /** Absent until a poll has shown the document: a reply names a remainder by its id alone. */
  readonly planNumber?: string;
  /** The plan whose remainder this is. */
  readonly backorderOf?: string;
  readonly state: FulfilmentPlanned['state'];
  /** The ERP's code of the warehouse that it is planned in. */
  readonly warehouse?: string;
  readonly version?: string;
  /** As long as the plan was open: a document that is done or cancelled no longer says what it asked for. */
  readonly lines: readonly PlanLine[];
  /** `backorder.cancel` was sent. */
  readonly cancelling?: true;
}

export interface PlanLine {
  readonly line: string;
  readonly demand: DecimalString;
  readonly reserved: DecimalString;
}

export function isOpen(plan: PlanRecord): boolean {
  return plan.state === 'waiting' || plan.state === 'ready';
}

export type PlanApplied =
  | { readonly kind: 'applied'; readonly record: OrderRecord; readonly doneElsewhere: boolean }
  | { readonly kind: 'ignored'; readonly reason: string };

/** Takes a polled plan in. A plan that ended stays ended, and an older snapshot changes nothing. */
export function applyPlan(record: OrderRecord, event: FulfilmentPlanned): PlanApplied {
  const known = record.plans.find((plan) => plan.planId === event.planId);
  if (known !== undefined && !isOpen(known)) return { kind: 'ignored', reason: 'the plan has ended' };
  if (known?.version !== undefined && event.version !== undefined && event.version < known.version) {
    return { kind: 'ignored', reason: 'a newer snapshot of the plan is known' };
  }
  const open = event.state === 'waiting' || event.state === 'ready';
  const plan: PlanRecord = {
    ...known,
    planId: event.planId,
    planNumber: event.planNumber,
    ...(event.backorderOf === undefined ? {} : { backorderOf: event.backorderOf }),
    state: event.state,
    ...(event.warehouse === undefined ? {} : { warehouse: event.warehouse }),
    ...(event.version === undefined ? {} : { version: event.version }),
    lines: open || known === undefined ? plannedLines(event) : known.lines,
  };
  if (known !== undefined && contentDigest(known) === contentDigest(plan)) {
    return { kind: 'ignored', reason: 'the plan is as known' };
  }
  const plans = replaced(record.plans, plan, (one) => one.planId === plan.planId);
  const orderNumber = record.orderNumber ?? event.orderNumber;
  const doneElsewhere = event.state === 'done' && !postedTo(record, event.planId);
  return { kind: 'applied', record: { ...record, plans, orderNumber }, doneElsewhere };
}

/** A line that the ERP splits over several moves is one line here. */
function plannedLines(event: FulfilmentPlanned): readonly PlanLine[] {
  const lines = new Map<string, PlanLine>();
  for (const { line, demand, reserved } of event.lines) {
    const known = lines.get(line);
    lines.set(line, {
      line,
      demand: known === undefined ? demand : add(known.demand, demand),
      reserved: known === undefined ? reserved : add(known.reserved, reserved),
    });
  }
  return [...lines.values()];
}

function postedTo(record: OrderRecord, planId: string): boolean {
  return record.releases.some((release) =>
    release.shipments.some((shipment) => shipment.planId === planId && shipment.state !== 'waiting'),
  );
}

/** The ERP gave a plan up: what it still asked for counts as cancelled. */
export function applyPlanCancelled(record: OrderRecord, planId: string): OrderRecord | undefined {
  const plan = record.plans.find((one) => one.planId === planId);
  if (plan === undefined || !isOpen(plan)) return undefined;
  return withPlan(record, { ...plan, state: 'cancelled' });
}

/** Notes that the ERP has been asked to give a plan up, so that it is asked once. */
export function markCancelling(record: OrderRecord, plan: PlanRecord): OrderRecord {
  return withPlan(record, { ...plan, cancelling: true });
}

function withPlan(record: OrderRecord, plan: PlanRecord): OrderRecord {
  return { ...record, plans: replaced(record.plans, plan, (one) => one.planId === plan.planId) };
}

/** What a plan still asks for after `moved` left against it; lines with nothing left are not named. */
export function restOf(plan: PlanRecord, moved: readonly LineQuantity[]): readonly LineRest[] {
  const gone = new Map<string, DecimalString>();
  for (const { line, quantity } of moved) gone.set(line, add(gone.get(line) ?? '0', quantity));
  return plan.lines
    .map(({ line, demand }) => ({ line, rest: maximum('0', subtract(demand, gone.get(line) ?? '0')) }))
    .filter(({ rest }) => isPositive(rest));
}

export interface LineRest {
  readonly line: string;
  readonly rest: DecimalString;
}

/** The plan and those whose remainder it is, nearest first. Ends at a repeated id, should an ERP ever link plans in a ring. */
export function lineageOf(record: OrderRecord, plan: PlanRecord): readonly string[] {
  const lineage = [plan.planId];
  for (let parent = plan.backorderOf; parent !== undefined && !lineage.includes(parent); ) {
    lineage.push(parent);
    const above = parent;
    parent = record.plans.find((one) => one.planId === above)?.backorderOf;
  }
  return lineage;
}
