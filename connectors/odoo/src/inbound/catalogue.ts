import type { PriceList, Product } from '@trunkline/canonical';
import type { Odoo } from '../external-ids.ts';
import { productOf } from '../translators/product.ts';
import { priceListOf, readPriceListRows, readRules } from './price-list-rows.ts';
import { COST_FIELDS, readProductParts, readProductRows } from './product-parts.ts';

/** Products of these SKUs, archived ones too, with variants' attributes, packs and cost: at most seven calls. @throws OdooError */
export async function readProducts(
  odoo: Odoo,
  skus: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Product[]> {
  const query = { domain: [['default_code', 'in', skus]], order: 'id' };
  const rows = await readProductRows(odoo, query, signal, COST_FIELDS);
  const parts = await readProductParts(odoo, rows, signal);
  return rows.flatMap((row) => productOf(row, parts.get(row.id)) ?? []);
}

/** Price lists with their rules, archived ones too, for all or for those named: two calls, more beyond 5,000 rules. @throws OdooError */
export async function readPriceLists(
  odoo: Odoo,
  names?: readonly string[],
  signal?: AbortSignal,
): Promise<readonly PriceList[]> {
  const domain = names === undefined ? [] : [['name', 'in', names]];
  const lists = await readPriceListRows(odoo, { domain, order: 'id' }, signal);
  const ids = lists.map(({ id }) => id);
  const rules = await readRules(odoo, ids, signal);
  return lists.map((row) => priceListOf(row, rules.get(row.id)));
}
