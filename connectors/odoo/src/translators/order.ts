import type { SalesOrder } from '@trunkline/canonical';
import type { Fault } from '@trunkline/messaging';
import type { OrderToPlace } from '../outbound/orders.ts';
import type { ProductIds } from '../outbound/product-lookup.ts';

/** What stands in Odoo's "Customer Reference". */
export function customerReferenceOf(order: SalesOrder): string {
  return order.customerPo ?? order.source.id;
}

/** A sales order as Odoo's, or every line whose product Odoo does not sell. */
export function orderOf(
  order: SalesOrder,
  shipTo: string,
  products: ProductIds,
): OrderToPlace | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const lines = order.lines.map((line) => {
    const productId = products.get(line.sku);
    if (productId === undefined) {
      faults.push({
        code: 'line_product_unknown',
        path: `line ${line.line}`,
        message: `Odoo sells no product with the internal reference ${line.sku}.`,
        missing: { kind: 'product', value: line.sku },
      });
    }
    return {
      externalId: `${order.id}_l${line.line}`,
      productId: productId ?? 0,
      quantity: line.quantity,
      unitPrice: line.unitPrice,
    };
  });
  if (faults.length > 0) return { faults };
  return {
    externalId: order.id,
    partnerExternalId: order.customerId,
    shipToExternalId: shipTo,
    customerReference: customerReferenceOf(order),
    ...(order.requestedShipDate === undefined ? {} : { requestedAt: `${order.requestedShipDate}T00:00:00Z` }),
    lines,
  };
}
