import {
  lineQuantities,
  type OrderRecord,
  type OrderStage,
  type OrderStatus,
  type OrderStatusView,
  sum,
} from '@trunkline/canonical';
import { trackingNumbers } from '../fulfilment-events/policy.ts';

/** What customers and sales read for each stage. */
export const STATUS_OF_STAGE: Readonly<Record<OrderStage, OrderStatus>> = {
  received: 'Received',
  exception: 'Rejected',
  validating: 'Received',
  confirmed: 'Confirmed',
  backordered: 'Backordered',
  released: 'Released',
  partially_shipped: 'Partially shipped',
  shipped: 'Shipped',
  cancelled: 'Cancelled',
};

/** Salesforce's long text areas hold more, but a list view does not. */
const REASON_LENGTH = 1000;

/** The public status of an order: the same for the same state, whatever the order in which it came about. */
export function statusView(record: OrderRecord): OrderStatusView {
  const lines = [...lineQuantities(record).values()];
  const shipments = record.releases.flatMap((release) => release.shipments);
  const tracking = new Set(shipments.flatMap(({ shipment }) => trackingNumbers(shipment)));
  return {
    orderId: record.id,
    source: record.source,
    status: STATUS_OF_STAGE[record.stage],
    ...(record.stage === 'exception' ? { reason: reasonOf(record) } : {}),
    ...(record.orderNumber === undefined ? {} : { orderNumber: record.orderNumber }),
    trackingNumbers: [...tracking].sort(),
    unitsOrdered: record.unitsOrdered,
    unitsShipped: sum(lines.map((line) => line.shipped)),
    unitsBackordered: sum(lines.map((line) => line.backordered)),
    unitsCancelled: sum(lines.map((line) => line.cancelled)),
  };
}

function reasonOf({ faults }: OrderRecord): string {
  const reason = faults.map((fault) => fault.message).join(' ');
  return reason.length <= REASON_LENGTH ? reason : `${reason.slice(0, REASON_LENGTH - 1)}…`;
}
