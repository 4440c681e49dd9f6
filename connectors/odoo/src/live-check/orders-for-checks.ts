import { placeOrders } from '../outbound/orders.ts';
import type { OrderToPlace, PlacedOrder } from '../outbound/orders.ts';
import type { CheckContext } from './check.ts';
import { expectSuccess } from './check.ts';

/** An order of this run: one line per quantity, products in turn. */
export function orderOf(
  { prefix, masters }: CheckContext,
  name: string,
  quantities: readonly string[],
  overrides: Partial<OrderToPlace> = {},
): OrderToPlace {
  return {
    externalId: `${prefix}_so_${name}`,
    partnerExternalId: masters.partner,
    shipToExternalId: masters.shipTo,
    customerReference: `${prefix}-${name}`,
    warehouseId: masters.warehouseId,
    lines: quantities.map((quantity, index) => ({
      externalId: `${prefix}_so_${name}_l${index}`,
      productExternalId: masters.products[index % masters.products.length]?.externalId ?? '',
      quantity,
      unitPrice: '9.80',
    })),
    ...overrides,
  };
}

/** A confirmed order of this run. @returns it with its first transfer */
export async function placeOne(
  context: CheckContext,
  name: string,
  quantities: readonly string[],
): Promise<PlacedOrder & { readonly order: OrderToPlace; readonly pickingId: number }> {
  const order = orderOf(context, name, quantities);
  const [outcome] = await placeOrders(context.odoo, [order]);
  const placed = expectSuccess(outcome, `order ${name}`);
  const [pickingId] = placed.pickingIds;
  if (pickingId === undefined) throw new Error(`${placed.name} has no transfer after its confirmation.`);
  return { ...placed, order, pickingId };
}
