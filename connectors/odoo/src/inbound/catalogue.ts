import type { Pack, PriceList, Product } from '@trunkline/canonical';
import { Decimal } from 'decimal.js';
import type { Odoo } from '../external-ids.ts';
import { fieldsOf } from '../field-catalogue.ts';
import { type ProductRow, productOf, type RuleRow, ruleOf } from '../translators/product.ts';
import { decimalFromOdoo, idOf, type Many2one, textOf } from '../values.ts';

const PRODUCT_FIELDS = [
  'default_code',
  'name',
  'active',
  'barcode',
  'tracking',
  'uom_id',
  'product_tmpl_id',
  'product_template_attribute_value_ids',
  'lst_price',
];

/** Products of these SKUs, archived ones too, with variants' attributes and packs: at most five calls. @throws OdooError */
export async function readProducts(
  odoo: Odoo,
  skus: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Product[]> {
  const rows = await odoo.client.call<ProductRow[]>(
    'product.product',
    'search_read',
    {
      domain: [['default_code', 'in', skus]],
      fields: PRODUCT_FIELDS,
      order: 'id',
      context: { active_test: false },
    },
    { signal },
  );
  const values = rows.flatMap((row) => row.product_template_attribute_value_ids);
  const attributes = await readNames(odoo, 'product.template.attribute.value', values, signal);
  const { major } = await odoo.client.server({ signal });
  const packs =
    major >= 19 ? await readPackUnits(odoo, rows, signal) : await readPackagings(odoo, rows, signal);
  return rows.flatMap((row) => productOf(row, attributes, packs.get(row.id) ?? []) ?? []);
}

async function readNames(
  odoo: Odoo,
  model: string,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const named = { ids: [...new Set(ids)], fields: ['display_name'] };
  const rows = await odoo.client.call<{ id: number; display_name: string }[]>(model, 'read', named, {
    signal,
  });
  return new Map(rows.map(({ id, display_name }) => [id, display_name]));
}

/** 16 to 18: packagings hold a number of base units. */
async function readPackagings(
  odoo: Odoo,
  rows: readonly ProductRow[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, Pack[]>> {
  const found = await odoo.client.call<
    { product_id: [number, string]; name: string; qty: number; barcode: string | false }[]
  >(
    'product.packaging',
    'search_read',
    {
      domain: [['product_id', 'in', rows.map(({ id }) => id)]],
      fields: ['product_id', 'name', 'qty', 'barcode'],
      order: 'id',
    },
    { signal },
  );
  const packs = new Map<number, Pack[]>();
  for (const { product_id, name, qty, barcode } of found)
    packs.set(product_id[0], [
      ...(packs.get(product_id[0]) ?? []),
      packOf(name, decimalFromOdoo(qty), barcode),
    ]);
  return packs;
}

/** From 19 on packs are units of measure, each with a factor to one that all of its kind share; barcodes are by product and unit. */
async function readPackUnits(
  odoo: Odoo,
  rows: readonly ProductRow[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, Pack[]>> {
  const products = await odoo.client.call<{ id: number; uom_ids: number[] }[]>(
    'product.product',
    'read',
    { ids: rows.map(({ id }) => id), fields: ['uom_ids'] },
    { signal },
  );
  const packIds = products.flatMap(({ uom_ids }) => uom_ids);
  if (packIds.length === 0) return new Map();
  const ids = [...new Set([...packIds, ...rows.map(({ uom_id }) => uom_id[0])])];
  const [units, barcodes] = await Promise.all([
    odoo.client.call<{ id: number; name: string; factor: number }[]>(
      'uom.uom',
      'read',
      { ids, fields: ['name', 'factor'] },
      { signal },
    ),
    odoo.client.call<{ product_id: Many2one; uom_id: Many2one; barcode: string | false }[]>(
      'product.uom',
      'search_read',
      {
        domain: [['product_id', 'in', rows.map(({ id }) => id)]],
        fields: ['product_id', 'uom_id', 'barcode'],
      },
      { signal },
    ),
  ]);
  const unitOf = new Map(units.map((unit) => [unit.id, unit]));
  const packsOf = new Map(products.map(({ id, uom_ids }) => [id, uom_ids]));
  return new Map(
    rows.map((row) => {
      const base = new Decimal(decimalFromOdoo(unitOf.get(row.uom_id[0])?.factor ?? 1));
      const own = (packsOf.get(row.id) ?? []).flatMap((id) => unitOf.get(id) ?? []);
      const packs = own.map(({ id, name, factor }) => {
        const barcode = barcodes.find(
          ({ product_id, uom_id }) => idOf(product_id) === row.id && idOf(uom_id) === id,
        )?.barcode;
        return packOf(name, new Decimal(decimalFromOdoo(factor)).div(base).toFixed(), barcode ?? false);
      });
      return [row.id, packs];
    }),
  );
}

function packOf(name: string, quantity: string, code: string | false): Pack {
  const barcode = textOf(code);
  return barcode === null ? { name, quantity } : { name, quantity, barcode };
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
