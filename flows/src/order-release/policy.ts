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
import type { ExceptionReport } from '@trunkline/messaging';
import { command } from '../command.ts';
import type { Step } from '../decision.ts';
import { withOpened, withResolved } from '../exception-report.ts';
import { noRoute, noSiteOfWarehouse, type PlanSite, type Routing, siteOfPlan } from '../routing.ts';

export const FLOW = 'order-release';

/** 1 is the most urgent; the thread knows no priorities yet. */
const PRIORITY = 5;

/** What holds a plan back from every site. */
const UNPLACED = ['no_route', 'warehouse_without_site'] as const;

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
  const where = siteOfPlan(routing, order, plan);
  return where.kind === 'site' ? release(step, one, where.site, lines) : unplaced(step, one, where);
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

/** Raised once; the plan stays, and the first event after the route or the warehouse stands releases it. */
function unplaced(
  { record, ...step }: Step,
  { order, orderNumber, plan }: Case,
  where: Exclude<PlanSite, { kind: 'site' }>,
): Step {
  const code = where.kind === 'no_route' ? 'no_route' : 'warehouse_without_site';
  if (record.openExceptions.includes(code)) return { ...step, record };
  const planNumber = plan.planNumber ?? plan.planId;
  const report: ExceptionReport =
    where.kind === 'no_route'
      ? noRoute(FLOW, orderNumber, order, where.site)
      : noSiteOfWarehouse(FLOW, { orderNumber, planNumber }, where);
  return {
    ...step,
    record: withOpened(record, code),
    exceptions: [...(step.exceptions ?? []), report],
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
  const resolves = UNPLACED.filter((code) => record.openExceptions.includes(code));
  const placed = resolves.reduce(withResolved, record);
  return {
    ...step,
    record: { ...placed, releases: [...placed.releases, made] },
    commands: [...(step.commands ?? []), create],
    resolves: [...(step.resolves ?? []), ...resolves],
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
    ...(order.shipMethod === undefined ? {} : { shipMethod: order.shipMethod }),
    lines: lines.flatMap(({ line, quantity }) => {
      const of = ordered.get(line);
      if (of === undefined) return [];
      const { sku, description, unit } = of;
      return [{ line, sku, ...(description === undefined ? {} : { description }), quantity, unit }];
    }),
  };
}
