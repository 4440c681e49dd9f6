import type { BackorderCancel, CustomerUpsert, ShipmentPost } from '@trunkline/canonical';

/** What each effect in Odoo means to the hub, whether it was just made or found there: the reply, and the names to find it by. */
export function customerSynced({ revision }: CustomerUpsert, partnerId: number, system: string) {
  return {
    reply: { erpId: String(partnerId), revision },
    identifiers: [{ kind: 'odoo_partner', value: String(partnerId), system }],
  };
}

export function orderPlaced(orderId: number, name: string, system: string) {
  return {
    reply: { erpId: String(orderId), number: name },
    identifiers: [{ kind: 'order_number', value: name, system }],
  };
}

export function shipmentPosted(
  { shipment }: ShipmentPost,
  name: string,
  backorderPickingId: number | null,
  system: string,
) {
  return {
    reply: {
      shipmentNumber: shipment.shipmentNumber,
      ...(backorderPickingId === null ? {} : { remainderPlanId: String(backorderPickingId) }),
    },
    identifiers: [{ kind: 'picking', value: name, system }],
  };
}

export function planCancelled({ planId }: BackorderCancel) {
  return { reply: { planId } };
}
