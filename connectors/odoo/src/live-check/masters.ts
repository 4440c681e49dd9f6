import type { Odoo } from '../external-ids.ts';
import { upsertPartners } from '../outbound/partners.ts';
import { upsertProducts } from '../outbound/products.ts';
import { setStock } from '../outbound/stock-levels.ts';
import { readWarehouses } from '../outbound/warehouses.ts';
import type { Masters } from './check.ts';
import { expectSuccess } from './check.ts';

/**
 * A customer with a ship-to address and three products with 10,000 on hand, in the account's first warehouse that ships in one step.
 *
 * @throws when the server refuses one of them: no check can run then
 */
export async function makeMasters(odoo: Odoo, prefix: string): Promise<Masters> {
  const partner = `${prefix}_p`;
  const shipTo = `${prefix}_p_dock`;
  const partners = await upsertPartners(odoo, [
    { externalId: partner, name: `Check ${prefix}`, isCompany: true, country: 'US', reference: prefix },
    {
      externalId: shipTo,
      name: 'Dock 4',
      parentExternalId: partner,
      addressType: 'delivery',
      street: '1 Main St',
      city: 'Austin',
      postalCode: '78701',
      country: 'US',
      region: 'TX',
    },
  ]);
  partners.forEach((outcome, index) => expectSuccess(outcome, `partner ${index}`));
  const wanted = ['A', 'B', 'C'].map((letter) => ({
    externalId: `${prefix}_${letter}`,
    sku: `${prefix}-${letter}`,
    name: `Check product ${letter} ${prefix}`,
    listPrice: '9.80',
  }));
  const made = await upsertProducts(odoo, wanted);
  const products = wanted.map(({ externalId, sku }, index) => ({
    externalId,
    sku,
    id: expectSuccess(made[index], `product ${sku}`).productId,
  }));
  const warehouses = [...(await readWarehouses(odoo)).values()];
  const warehouse = warehouses.find(({ deliverySteps }) => deliverySteps === 'ship_only');
  if (warehouse === undefined)
    throw new Error('No warehouse that ships in one step is visible to this account.');
  const levels = products.map(({ id }) => ({
    productId: id,
    locationId: warehouse.stockLocationId,
    quantity: '10000',
  }));
  await setStock(odoo, levels);
  return { partner, shipTo, products, stockLocationId: warehouse.stockLocationId, warehouseId: warehouse.id };
}
