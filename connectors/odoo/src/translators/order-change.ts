import type { OrderChange, OrderedLine } from '@trunkline/canonical';
import type { Fault } from '@trunkline/messaging';
import type { OrderToChange } from '../outbound/change-orders.ts';
import type { LineState } from '../outbound/order-state.ts';
import type { ProductIds } from '../outbound/product-lookup.ts';

/** A change as lines with their external ids, or every line whose product Odoo does not sell. */
export function changeOf(
  change: OrderChange,
  products: ProductIds,
): OrderToChange | { readonly faults: readonly Fault[] } {
  const faults = change.lines
    .filter(({ sku }) => !products.has(sku))
    .map(({ line, sku }) => ({
      code: 'line_product_unknown',
      path: `line ${line}`,
      message: `Odoo sells no product with the internal reference ${sku}.`,
    }));
  if (faults.length > 0) return { faults };
  return {
    orderId: Number(change.erpId),
    externalId: change.orderId,
    lines: change.lines.map(({ line, sku, quantity, unitPrice }) => ({
      externalId: `${change.orderId}_l${line}`,
      productId: products.get(sku) ?? 0,
      quantity,
      ...(unitPrice === undefined ? {} : { unitPrice }),
    })),
  };
}

/** The lines that are ours; one that people entered in Odoo has no number here. */
export function changedLinesOf(orderId: string, lines: readonly LineState[]): OrderedLine[] {
  const prefix = `${orderId}_l`;
  return lines.flatMap(({ externalId, ordered, delivered }) =>
    externalId?.startsWith(prefix) ? [{ line: externalId.slice(prefix.length), ordered, delivered }] : [],
  );
}
