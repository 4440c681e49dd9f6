import type { Pack } from '@trunkline/canonical';
import { Decimal } from 'decimal.js';
import type { Odoo } from '../external-ids.ts';
import type { ProductParts, ProductRow } from '../translators/product.ts';
import { datetimeFromOdoo, decimalFromOdoo, idOf, type Many2one, textOf } from '../values.ts';
import type { Linked } from './unsettled-rows.ts';

const FIELDS = [
  'default_code',
  'name',
  'active',
  'barcode',
  'tracking',
  'uom_id',
  'product_tmpl_id',
  'product_template_attribute_value_ids',
  'lst_price',
  'currency_id',
  'categ_id',
  'write_date',
];

/** Left out of what is followed: where costs are averaged each receipt changes them. */
export const COST_FIELDS = ['standard_price', 'cost_currency_id'] as const;

/** From 19 on a pack is a unit of measure; before it is a record of its own. */
const unitsArePacks = async ({ client }: Odoo, signal?: AbortSignal): Promise<boolean> =>
  (await client.server({ signal })).major >= 19;

/** Variants, archived ones too. @throws OdooError */
export async function readProductRows(
  odoo: Odoo,
  query: { domain: readonly unknown[]; order: string; limit?: number },
  signal?: AbortSignal,
  more: readonly string[] = [],
): Promise<ProductRow[]> {
  const packs = (await unitsArePacks(odoo, signal)) ? ['uom_ids'] : [];
  const fields = [...FIELDS, ...packs, ...more];
  const args = { ...query, fields, context: { active_test: false } };
  return odoo.client.call('product.product', 'search_read', args, { signal });
}

/**
 * Where a product's document comes from besides its own row, and what none of these bumps: seen on 16 to 19 for packs, units, attributes
 * and categories, on 16 alone for the template (from 17 on the variants' stamps are computed from it).
 */
export async function linkedWithProducts(odoo: Odoo, signal?: AbortSignal): Promise<readonly Linked[]> {
  const { major } = await odoo.client.server({ signal });
  const by = (model: string, path: string): Linked => ({
    model,
    recordsOf: (ids) => [[path, 'in', ids]],
  });
  return [
    ...(major < 17 ? [by('product.template', 'product_tmpl_id')] : []),
    by('product.template.attribute.value', 'product_template_attribute_value_ids'),
    by('product.attribute.value', 'product_template_attribute_value_ids.product_attribute_value_id'),
    { model: 'product.category', recordsOf: (ids) => [['categ_id', 'child_of', ids]] },
    ...(major < 19
      ? [by('uom.uom', 'uom_id'), by('product.packaging', 'packaging_ids')]
      : [
          {
            model: 'uom.uom',
            recordsOf: (ids: readonly number[]) => ['|', ['uom_id', 'in', ids], ['uom_ids', 'in', ids]],
          },
          by('product.uom', 'product_uom_ids'),
        ]),
  ];
}

/** A row of another model, with its stamp. */
interface Part {
  readonly id: number;
  readonly write_date: string;
}

type Read = ProductParts & {
  /** RFC 3339: the newest stamp of these rows. */
  readonly changedAt: string;
};

/** Attributes, packs and categories of variants, by the variant; at most six calls. @throws OdooError */
export async function readProductParts(
  odoo: Odoo,
  rows: readonly ProductRow[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, Read>> {
  if (rows.length === 0) return new Map();
  const ids = rows.map(({ id }) => id);
  const [attributes, categories, packsOf, templates] = await Promise.all([
    readAttributes(odoo, rows, signal),
    readCategories(odoo, rows, signal),
    (await unitsArePacks(odoo, signal))
      ? readPackUnits(odoo, rows, signal)
      : readPackagings(odoo, rows, signal),
    readTemplates(odoo, rows, signal),
  ]);
  return new Map(
    rows.map((row, at) => {
      const own = row.product_template_attribute_value_ids.flatMap((id) => attributes.get(id) ?? []);
      const { packs, stamps } = packsOf(row);
      const template = templates.get(row.product_tmpl_id[0]) ?? [];
      const path = pathOf(row.categ_id, categories);
      const above = path.map(({ write_date }) => write_date);
      const all = [...stamps, ...template, ...above, ...own.flatMap((value) => value.stamps)];
      const newest = all.reduce((latest, stamp) => (stamp > latest ? stamp : latest), row.write_date);
      const names = own.map(({ name }) => name);
      const categoryIds = path.map(({ id }) => String(id));
      return [ids[at] ?? 0, { attributes: names, packs, categoryIds, changedAt: datetimeFromOdoo(newest) }];
    }),
  );
}

async function readAttributes(odoo: Odoo, rows: readonly ProductRow[], signal?: AbortSignal) {
  const ids = distinct(rows.flatMap((row) => row.product_template_attribute_value_ids));
  const fields = ['display_name', 'product_attribute_value_id'];
  const values = await readParts<{ display_name: string; product_attribute_value_id: Many2one }>(
    odoo,
    { model: 'product.template.attribute.value', ids, fields },
    signal,
  );
  const of = distinct(values.flatMap((value) => idOf(value.product_attribute_value_id) ?? []));
  const named = await readParts(odoo, { model: 'product.attribute.value', ids: of, fields: [] }, signal);
  const stampOf = new Map(named.map(({ id, write_date }) => [id, write_date]));
  return new Map(
    values.map(({ id, display_name, write_date, product_attribute_value_id }) => {
      const stamps = [write_date, stampOf.get(idOf(product_attribute_value_id) ?? 0) ?? ''];
      return [id, { name: display_name, stamps }];
    }),
  );
}

type Category = Part & { readonly parent_id: Many2one };

/** Their categories and all above these. */
async function readCategories(odoo: Odoo, rows: readonly ProductRow[], signal?: AbortSignal) {
  const ids = distinct(rows.flatMap(({ categ_id }) => idOf(categ_id) ?? []));
  if (ids.length === 0) return new Map<number, Category>();
  const args = { domain: [['id', 'parent_of', ids]], fields: ['parent_id', 'write_date'] };
  const found = await odoo.client.call<Category[]>('product.category', 'search_read', args, { signal });
  return new Map(found.map((category) => [category.id, category]));
}

/** The widest first. */
function pathOf(category: Many2one, known: ReadonlyMap<number, Category>): readonly Category[] {
  const path: Category[] = [];
  for (let at = known.get(idOf(category) ?? 0); at !== undefined; at = known.get(idOf(at.parent_id) ?? 0))
    path.unshift(at);
  return path;
}

/** Their stamps, on 16. */
async function readTemplates(odoo: Odoo, rows: readonly ProductRow[], signal?: AbortSignal) {
  const { major } = await odoo.client.server({ signal });
  const ids = major < 17 ? distinct(rows.map((row) => row.product_tmpl_id[0])) : [];
  const templates = await readParts(odoo, { model: 'product.template', ids, fields: [] }, signal);
  return new Map(templates.map(({ id, write_date }) => [id, [write_date]]));
}

type PacksOf = (row: ProductRow) => { readonly packs: readonly Pack[]; readonly stamps: readonly string[] };

async function readUnits(odoo: Odoo, ids: readonly number[], signal?: AbortSignal) {
  const query = { model: 'uom.uom', ids: distinct(ids), fields: ['name', 'factor', 'active'] };
  const units = await readParts<{ name: string; factor: number; active: boolean }>(odoo, query, signal);
  return new Map(units.map((unit) => [unit.id, unit]));
}

/** 16 to 18: packagings hold a number of base units. */
async function readPackagings(
  odoo: Odoo,
  rows: readonly ProductRow[],
  signal?: AbortSignal,
): Promise<PacksOf> {
  const [found, units] = await Promise.all([
    odoo.client.call<(Part & { product_id: Many2one; name: string; qty: number; barcode: string | false })[]>(
      'product.packaging',
      'search_read',
      {
        domain: [['product_id', 'in', rows.map(({ id }) => id)]],
        fields: ['product_id', 'name', 'qty', 'barcode', 'write_date'],
        order: 'id',
      },
      { signal },
    ),
    readUnits(
      odoo,
      rows.map(({ uom_id }) => uom_id[0]),
      signal,
    ),
  ]);
  const byProduct = Map.groupBy(found, ({ product_id }) => idOf(product_id));
  return ({ id, uom_id }) => {
    const own = byProduct.get(id) ?? [];
    return {
      packs: own.map(({ name, qty, barcode }) => packOf(name, decimalFromOdoo(qty), barcode)),
      stamps: [...own, units.get(uom_id[0])].flatMap((part) => part?.write_date ?? []),
    };
  };
}

/** From 19 on packs are units of measure, each with a factor to one that all of its kind share; barcodes are by product and unit. */
async function readPackUnits(
  odoo: Odoo,
  rows: readonly ProductRow[],
  signal?: AbortSignal,
): Promise<PacksOf> {
  const unitIds = rows.flatMap(({ uom_id, uom_ids = [] }) => [uom_id[0], ...uom_ids]);
  const packed = rows.filter(({ uom_ids = [] }) => uom_ids.length > 0).map(({ id }) => id);
  const [units, barcodes] = await Promise.all([
    readUnits(odoo, unitIds, signal),
    packed.length === 0
      ? []
      : odoo.client.call<(Part & { product_id: Many2one; uom_id: Many2one; barcode: string | false })[]>(
          'product.uom',
          'search_read',
          {
            domain: [['product_id', 'in', packed]],
            fields: ['product_id', 'uom_id', 'barcode', 'write_date'],
          },
          { signal },
        ),
  ]);
  const byProduct = Map.groupBy(barcodes, ({ product_id }) => idOf(product_id));
  return ({ id, uom_id, uom_ids = [] }) => {
    const base = units.get(uom_id[0]);
    const own = uom_ids.flatMap((unit) => units.get(unit) ?? []).filter(({ active }) => active);
    const named = byProduct.get(id) ?? [];
    const packs = own.map((unit) => {
      const quantity = new Decimal(decimalFromOdoo(unit.factor)).div(decimalFromOdoo(base?.factor ?? 1));
      const barcode = named.find((one) => idOf(one.uom_id) === unit.id)?.barcode;
      return packOf(unit.name, quantity.toFixed(), barcode ?? false);
    });
    return { packs, stamps: [base, ...own, ...named].flatMap((part) => part?.write_date ?? []) };
  };
}

function packOf(name: string, quantity: string, code: string | false): Pack {
  const barcode = textOf(code);
  return barcode === null ? { name, quantity } : { name, quantity, barcode };
}

interface PartQuery {
  readonly model: string;
  readonly ids: readonly number[];
  readonly fields: readonly string[];
}

/** A row that was deleted meanwhile is absent. */
async function readParts<Fields extends object>(
  odoo: Odoo,
  { model, ids, fields }: PartQuery,
  signal?: AbortSignal,
): Promise<readonly (Part & Fields)[]> {
  if (ids.length === 0) return [];
  const named = { ids, fields: [...fields, 'write_date'] };
  return odoo.client.call(model, 'read', named, { signal });
}

const distinct = (ids: readonly number[]): readonly number[] => [...new Set(ids)];
