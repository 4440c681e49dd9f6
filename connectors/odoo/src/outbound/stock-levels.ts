import { Decimal } from 'decimal.js';
import type { Odoo } from '../external-ids.ts';
import type { DecimalString } from '../values.ts';
import { decimalFromOdoo, decimalToOdoo } from '../values.ts';
import { countsAt } from './touches.ts';

/**
 * Sets what is on hand in one call for all, to prepare demonstrations and checks.
 *
 * @throws OdooError
 */
export async function setStock(
  odoo: Odoo,
  levels: readonly { productId: number; locationId: number; quantity: DecimalString }[],
  signal?: AbortSignal,
): Promise<void> {
  if (levels.length === 0) return;
  const vals_list = levels.map(({ productId, locationId, quantity }) => ({
    product_id: productId,
    location_id: locationId,
    inventory_quantity_auto_apply: decimalToOdoo(quantity),
  }));
  await odoo.client.call(
    'stock.quant',
    'create',
    { vals_list, context: { inventory_mode: true } },
    { signal, touches: countsAt(levels) },
  );
}

export interface StockLevel {
  readonly productId: number;
  readonly sku: string | null;
  readonly onHand: DecimalString;
  readonly reserved: DecimalString;
}

/** What lies at a place, product by product. @throws OdooError */
export async function readStock(
  odoo: Odoo,
  { productIds, locationId }: { productIds: readonly number[]; locationId: number },
  signal?: AbortSignal,
): Promise<StockLevel[]> {
  const rows = await odoo.client.call<
    { product_id: [number, string]; quantity: number; reserved_quantity: number }[]
  >(
    'stock.quant',
    'search_read',
    {
      domain: [
        ['product_id', 'in', productIds],
        ['location_id', 'child_of', locationId],
      ],
      fields: ['product_id', 'quantity', 'reserved_quantity'],
    },
    { signal },
  );
  const products = await odoo.client.call<{ id: number; default_code: string | false }[]>(
    'product.product',
    'read',
    { ids: productIds, fields: ['default_code'] },
    { signal },
  );
  const byProduct = Map.groupBy(rows, ({ product_id }) => product_id[0]);
  return products.map(({ id, default_code }) => {
    const quants = byProduct.get(id) ?? [];
    const sum = (field: 'quantity' | 'reserved_quantity'): string =>
      quants.reduce((total, quant) => total.plus(decimalFromOdoo(quant[field])), new Decimal(0)).toFixed();
    return {
      productId: id,
      sku: default_code === false ? null : default_code,
      onHand: sum('quantity'),
      reserved: sum('reserved_quantity'),
    };
  });
}
