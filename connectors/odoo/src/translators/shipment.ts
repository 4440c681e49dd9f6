import type { ShipmentPost } from '@trunkline/canonical';
import type { ShipmentToPost } from '../outbound/shipment-plan.ts';

/** A shipment as quantities on a picking's moves; order lines are known by our external ids. */
export function shipmentOf(post: ShipmentPost): ShipmentToPost {
  const { shipment } = post;
  return {
    pickingId: Number(post.planId),
    lines: shipment.lines.map((line) => ({
      orderLineExternalId: `${post.orderId}_l${line.line}`,
      sku: line.sku,
      quantity: line.quantity,
      ...(line.lots === undefined ? {} : { lots: line.lots }),
    })),
    ...(shipment.trackingNumber === undefined ? {} : { trackingNumber: shipment.trackingNumber }),
    remainder: post.remainder,
  };
}
