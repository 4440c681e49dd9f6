import {
  isDecidable,
  isOpen,
  isPositive,
  markCancelling,
  noteRecounts,
  type OrderRecord,
  type PlanRecord,
  releasableLines,
  type ReleasableLine,
  type ReleaseOrder,
  type ReleaseRecord,
  releasesBehind,
  type SalesOrder,
} from '@trunkline/canonical';
import type { Fault } from '@trunkline/messaging';
import { command } from '../command.ts';
import type { Step } from '../decision.ts';
import { exceptionReport, withOpened, withResolved } from '../exception-report.ts';

export const FLOW = 'order-release';

/** Where orders are fulfilled: configuration. */
export interface Routing {
  /** The site code that should fulfil an order; undefined when no route fits. */
  readonly routeOrder: (order: SalesOrder) => string | undefined;
  readonly knownSites: ReadonlySet<string>;
}

/** 1 is the most urgent; the thread knows no priorities yet. */
const PRIORITY = 5;

/** Decides on every open plan that no release works on: to a warehouse, given up, or left until the ERP reserves something. */
export function decidePlans(record: OrderRecord, routing: Routing): Step {
  let step: Step = { record: noteRecounts(record) };
  const { order, orderNumber } = record;
  if (order === undefined || orderNumber === undefined) return step;
  for (const { planId } of record.plans) {
    const plan = step.record.plans.find((one) => one.planId === planId);
    if (plan !== undefined) step = decidePlan(step, { order, orderNumber, plan, routing });
  }
  return step;
}

interface Case {
  readonly order: SalesOrder;
  readonly orderNumber: string;
  readonly plan: PlanRecord;
  readonly routing: Routing;
}

function decidePlan(step: Step, one: Case): Step {
  const { order, plan, routing } = one;
  const { record } = step;
  if (!isOpen(plan) || plan.cancelling === true || !isDecidable(record, plan)) return step;
  if (order.backorderPolicy === 'cancel' && isRest(record, plan)) return giveUp(step, plan);
  const lines = releasableLines(record, plan);
  if (lines.length === 0) return step;
  const site = routing.routeOrder(order);
  if (site === undefined || !routing.knownSites.has(site)) return unrouted(step, one, site);
  return release(step, one, site, lines);
}

/** Under the cancel policy an order gets one release per plan: what is left after it, or was never reserved, is given up. */
function isRest(record: OrderRecord, plan: PlanRecord): boolean {
  const asked = plan.lines.some((line) => isPositive(line.demand));
  const nothingReserved = !plan.lines.some((line) => isPositive(line.reserved));
  return asked && (nothingReserved || releasesBehind(record, plan).length > 0);
}

function giveUp({ record, ...step }: Step, plan: PlanRecord): Step {
  const payload = { orderId: record.id, planId: plan.planId };
  const cancel = command({
    role: 'erp',
    flow: FLOW,
    type: 'backorder.cancel',
    payload,
    reply: 'backorder.cancelled',
  });
  return { ...step, record: markCancelling(record, plan), commands: [...(step.commands ?? []), cancel] };
}

/** Raised once; the plan stays, and the first event after the route stands releases it. */
function unrouted({ record, ...step }: Step, { order, orderNumber }: Case, site: string | undefined): Step {
  if (record.openExceptions.includes('no_route')) return { ...step, record };
  const { country, region } = order.shipTo;
  const where = region === undefined ? country : `${country}, ${region}`;
  const summary =
    site === undefined
      ? `No route fits order ${orderNumber} to ${where}.`
      : `Order ${orderNumber} to ${where} is routed to ${site}, which is no configured site.`;
  const value = region === undefined ? country : `${country}/${region}`;
  const fault: Fault = {
    code: 'no_route',
    path: 'shipTo',
    message: `No site fulfils ${value}.`,
    missing: { kind: 'site', system: 'hub', value },
  };
  return {
    ...step,
    record: withOpened(record, 'no_route'),
    exceptions: [...(step.exceptions ?? []), exceptionReport(FLOW, 'no_route', summary, [fault])],
  };
}

function release({ record, ...step }: Step, one: Case, site: string, lines: readonly ReleasableLine[]): Step {
  const releaseOrder = releaseOrderOf(record, one, site, lines);
  const { releaseNumber: number } = releaseOrder;
  const made: ReleaseRecord = {
    number,
    planId: one.plan.planId,
    site,
    lines: lines.map(({ line, quantity }) => ({
      line,
      released: quantity,
      pickedConfirmed: '0',
      shipped: '0',
      shortReported: '0',
    })),
    seen: [],
    shipments: [],
  };
  const create = command({
    role: 'warehouse',
    place: site,
    flow: FLOW,
    type: 'release.create',
    payload: { release: releaseOrder },
    reply: 'release.acknowledged',
  });
  const routed = withResolved(record, 'no_route');
  return {
    ...step,
    record: { ...routed, releases: [...routed.releases, made] },
    commands: [...(step.commands ?? []), create],
    resolves: [...(step.resolves ?? []), ...(routed === record ? [] : ['no_route'])],
    identifiers: [...(step.identifiers ?? []), { kind: 'release', value: number, system: site }],
  };
}

function releaseOrderOf(
  record: OrderRecord,
  { order, orderNumber }: Case,
  site: string,
  lines: readonly ReleasableLine[],
): ReleaseOrder {
  const ordered = new Map(order.lines.map((line) => [line.line, line]));
  return {
    releaseNumber: `${orderNumber}-${record.releases.length + 1}`,
    revision: 1,
    site,
    orderId: order.id,
    orderNumber,
    ...(order.customerPo === undefined ? {} : { customerPo: order.customerPo }),
    priority: PRIORITY,
    ...(order.requestedShipDate === undefined ? {} : { shipBy: order.requestedShipDate }),
    shipTo: order.shipTo,
    lines: lines.flatMap(({ line, quantity }) => {
      const of = ordered.get(line);
      if (of === undefined) return [];
      const { sku, description, unit } = of;
      return [{ line, sku, ...(description === undefined ? {} : { description }), quantity, unit }];
    }),
  };
}
