import type { LineQuantity, ReturnCreate, ReturnReceive } from '@trunkline/canonical';
import type { ReturnToCreate } from '../outbound/return-plan.ts';
import type { ShipmentToPost } from '../outbound/shipment-plan.ts';

/** A return as quantities on the moves that the goods left by. */
export function returnOf(command: ReturnCreate): ReturnToCreate {
  return {
    reference: command.returnNumber,
    pickingId: Number(command.planId),
    lines: command.lines.map((line) => lineOf(command.orderId, line)),
  };
}

/** What came back, as quantities on the return's moves: Odoo books it like any other transfer. */
export function receiptOf(command: ReturnReceive): ShipmentToPost {
  return {
    pickingId: Number(command.returnPlanId),
    lines: command.lines.map((line) => lineOf(command.orderId, line)),
    remainder: command.remainder,
  };
}

function lineOf(orderId: string, { line, sku, quantity, lots }: LineQuantity) {
  const found = { orderLineExternalId: `${orderId}_l${line}`, sku, quantity };
  return lots === undefined ? found : { ...found, lots };
}
