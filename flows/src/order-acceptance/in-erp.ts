import {
  compare,
  contentDigest,
  type ErpRecordGone,
  isOpen,
  isPositive,
  type OrderChangedInErp,
  type OrderRecord,
  type SalesOrder,
} from '@trunkline/canonical';
import type { Fault } from '@trunkline/messaging';
import { NO_ORDER, type OrderDecision } from '../decision.ts';
import { exceptionReport, withOpened, withResolved } from '../exception-report.ts';

const FLOW = 'order-acceptance';

/**
 * Told and nothing else: the quantities stay as they are, because a record that an account may no longer read looks like one that
 * was deleted, and units that were given up never come back (U4).
 */
export function gone(record: OrderRecord | undefined, { record: what, id }: ErpRecordGone): OrderDecision {
  if (record?.order === undefined) return NO_ORDER;
  const plan = record.plans.find(({ planId }) => planId === id);
  if (what === 'plan' && (plan === undefined || !isOpen(plan)))
    return { ignored: 'no open plan has this id' };
  if (what === 'order' && record.erp?.id !== id) return { ignored: 'the order has another id in the ERP' };
  const goneInErp = record.goneInErp ?? [];
  if (goneInErp.includes(`${what}:${id}`)) return { ignored: 'it is known to be gone' };
  const number = record.orderNumber ?? record.id;
  const name = what === 'plan' ? `Delivery document ${plan?.planNumber ?? id} of order` : 'Order';
  const summary = `${name} ${number} stands in the ERP no more.`;
  return {
    state: withOpened({ ...record, goneInErp: [...goneInErp, `${what}:${id}`] }, 'erp_record_gone'),
    exceptions: [exceptionReport(FLOW, 'erp_record_gone', summary)],
  };
}

/**
 * What the hub ordered against what the ERP holds now. An echo of the hub's own writing says what was ordered, so it is known by its
 * content; so is a change that somebody took back.
 */
export function changedInErp(record: OrderRecord | undefined, event: OrderChangedInErp): OrderDecision {
  const order = record?.order;
  if (record === undefined || order === undefined) return NO_ORDER;
  // As long as it is entered, or after somebody re-opened it to change it: what counts is what they confirm.
  if (event.state === 'quotation') return { ignored: 'the order is not confirmed in the ERP' };
  const faults = event.state === 'cancelled' ? [cancelled(event)] : differences(order, event);
  if (faults.length === 0) return agrees(record);
  const differsInErp = contentDigest({ faults: faults.map(({ path, message }) => ({ path, message })) });
  if (record.differsInErp === differsInErp) return { ignored: 'the difference is known' };
  const summary =
    event.state === 'cancelled'
      ? `Order ${event.number} was cancelled in the ERP.`
      : `Order ${event.number} asks for something else in the ERP than was handed over.`;
  return {
    state: withOpened({ ...record, differsInErp }, 'order_changed_in_erp'),
    exceptions: [exceptionReport(FLOW, 'order_changed_in_erp', summary, faults)],
  };
}

function agrees(record: OrderRecord): OrderDecision {
  if (record.differsInErp === undefined) return { ignored: 'the ERP holds what was ordered' };
  const { differsInErp: _was, ...rest } = record;
  return {
    state: withResolved(rest, 'order_changed_in_erp'),
    resolves: ['order_changed_in_erp'],
  };
}

function cancelled({ number }: OrderChangedInErp): Fault {
  return fault('state', `${number} was cancelled in the ERP by somebody else than the hub.`);
}

function differences(order: SalesOrder, { lines }: OrderChangedInErp): readonly Fault[] {
  const inErp = new Map(lines.map((one) => [one.line, one]));
  const ours = order.lines.flatMap(({ line, sku, quantity }) => {
    const there = inErp.get(line);
    if (there === undefined)
      return [fault(`lines/${line}`, `Line ${line}, ${quantity} of ${sku}, was removed.`)];
    if (compare(there.ordered, quantity) === 0) return [];
    return [fault(`lines/${line}`, `Line ${line}: ${there.ordered} of ${sku} in place of ${quantity}.`)];
  });
  const added = lines
    .filter(({ line, ordered }) => line === undefined && isPositive(ordered))
    .map(({ sku, ordered }) => fault('lines', `${ordered} of ${sku} were added.`));
  return [...ours, ...added];
}

function fault(path: string, message: string): Fault {
  return { code: 'order_changed_in_erp', path, message };
}
