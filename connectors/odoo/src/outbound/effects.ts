import type {
  BackorderCancel,
  CustomerUpsert,
  OrderChange,
  ReturnCreate,
  ReturnReceive,
  ShipmentPost,
} from '@trunkline/canonical';
import { changedLinesOf } from '../translators/order-change.ts';
import type { LineState } from './order-state.ts';

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

export function orderCancelled(erpId: string) {
  return { reply: { erpId } };
}

export function orderChanged({ orderId, revision }: OrderChange, lines: readonly LineState[]) {
  return { reply: { revision, lines: changedLinesOf(orderId, lines).map((line) => ({ ...line })) } };
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

export function returnExpected({ returnNumber }: ReturnCreate, id: number, name: string, system: string) {
  return {
    reply: { returnNumber, returnPlanId: String(id), returnPlanNumber: name },
    identifiers: [{ kind: 'picking', value: name, system }],
  };
}

export function returnReceived({ returnNumber }: ReturnReceive, backorderPickingId: number | null) {
  return {
    reply: {
      returnNumber,
      ...(backorderPickingId === null ? {} : { remainderPlanId: String(backorderPickingId) }),
    },
  };
}
