import type { PriceList, Product } from '@trunkline/canonical';
import type { Odoo } from '../external-ids.ts';
import { fieldsOf } from '../field-catalogue.ts';
import { productOf, type RuleRow, ruleOf } from '../translators/product.ts';
import { idOf } from '../values.ts';
import { readProductParts, readProductRows } from './product-parts.ts';

/** Products of these SKUs, archived ones too, with variants' attributes and packs: at most six calls. @throws OdooError */
export async function readProducts(
  odoo: Odoo,
  skus: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Product[]> {
  const query = { domain: [['default_code', 'in', skus]], order: 'id' };
  const rows = await readProductRows(odoo, query, signal);
  const parts = await readProductParts(odoo, rows, signal);
  return rows.flatMap((row) => productOf(row, parts.get(row.id)) ?? []);
}

/** Price lists with their rules in Odoo's order, for all or for those named; four calls. @throws OdooError */
export async function readPriceLists(
  odoo: Odoo,
  names?: readonly string[],
  signal?: AbortSignal,
): Promise<readonly PriceList[]> {
  const lists = await odoo.client.call<{ id: number; name: string; currency_id: [number, string] }[]>(
    'product.pricelist',
    'search_read',
    {
      domain: names === undefined ? [] : [['name', 'in', names]],
      fields: ['name', 'currency_id'],
      order: 'id',
    },
    { signal },
  );
  const available = await fieldsOf(odoo, 'product.pricelist.item');
  const optional = ['base', 'date_start', 'date_end'].filter((field) => available.has(field));
  const rules = await odoo.client.call<RuleRow[]>(
    'product.pricelist.item',
    'search_read',
    {
      domain: [['pricelist_id', 'in', lists.map(({ id }) => id)]],
      fields: [
        'pricelist_id',
        'applied_on',
        'product_id',
        'product_tmpl_id',
        'min_quantity',
        'compute_price',
        'fixed_price',
        'percent_price',
        ...optional,
      ],
      order: 'min_quantity desc, id desc',
    },
    { signal },
  );
  const productIds = [...new Set(rules.flatMap(({ product_id }) => idOf(product_id) ?? []))];
  const products =
    productIds.length === 0
      ? []
      : await odoo.client.call<{ id: number; default_code: string | false }[]>(
          'product.product',
          'read',
          { ids: productIds, fields: ['default_code'] },
          { signal },
        );
  const skus = new Map(
    products.flatMap(({ id, default_code }) => (default_code === false ? [] : [[id, default_code]])),
  );
  const rulesOf = Map.groupBy(rules, ({ pricelist_id }) => idOf(pricelist_id));
  return lists.map(({ id, name, currency_id }) => ({
    id: String(id),
    name,
    currency: currency_id[1],
    rules: (rulesOf.get(id) ?? []).flatMap((row) => ruleOf(row, skus) ?? []),
  }));
}
