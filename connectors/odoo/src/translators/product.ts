import type { CanonicalEvent, Pack, PriceRule, Product, ProductChanged } from '@trunkline/canonical';
import type { Message, Translation } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { datetimeFromOdoo, decimalFromOdoo, type Many2one, textOf } from '../values.ts';

export const PRODUCT_DOCUMENT = 'product.product';

/** What the poller hands over of one variant. */
export const ProductDocumentSchema = Type.Object({
  id: Type.Integer(),
  sku: Type.String({ minLength: 1 }),
  name: Type.String(),
  active: Type.Boolean(),
  familyId: Type.String(),
  attributes: Type.Array(Type.String()),
  barcode: Type.Optional(Type.String()),
  tracking: Type.Union([Type.Literal('none'), Type.Literal('lot'), Type.Literal('serial')]),
  unit: Type.String(),
  packs: Type.Array(
    Type.Object({ name: Type.String(), quantity: Type.String(), barcode: Type.Optional(Type.String()) }),
  ),
  listPrice: Type.String(),
});
export type ProductDocument = Static<typeof ProductDocumentSchema>;

const document = Compile(ProductDocumentSchema);

/** A polled variant into the canonical event. Pure. */
export function translateProduct({ payload }: Message): Translation<CanonicalEvent> {
  if (!document.Check(payload)) {
    const faults = document
      .Errors(payload)
      .map(({ instancePath: path, message }) => ({ code: 'payload_invalid', path, message }));
    return { kind: 'invalid', faults };
  }
  const { id, ...product } = payload;
  const event: ProductChanged = { type: 'product.changed', erpId: String(id), product };
  return { kind: 'events', events: [event] };
}

export interface ProductRow {
  readonly id: number;
  readonly default_code: string | false;
  readonly name: string;
  readonly active: boolean;
  readonly barcode: string | false;
  readonly tracking: 'none' | 'lot' | 'serial';
  readonly uom_id: [number, string];
  readonly product_tmpl_id: [number, string];
  readonly product_template_attribute_value_ids: readonly number[];
  readonly lst_price: number;
  /** 19: units that its packs are. */
  readonly uom_ids?: readonly number[];
  readonly write_date: string;
}

/** What of a product stands in rows of other models. */
export interface ProductParts {
  readonly attributes: readonly string[];
  readonly packs: readonly Pack[];
}

/** A variant as a product; undefined where it has no internal reference, by which everything names it. */
export function productOf(
  row: ProductRow,
  { attributes, packs }: ProductParts = { attributes: [], packs: [] },
): Product | undefined {
  const sku = textOf(row.default_code);
  const barcode = textOf(row.barcode);
  if (sku === null) return undefined;
  return {
    sku,
    name: row.name,
    active: row.active,
    familyId: String(row.product_tmpl_id[0]),
    attributes,
    ...(barcode === null ? {} : { barcode }),
    tracking: row.tracking,
    unit: row.uom_id[1],
    packs,
    listPrice: decimalFromOdoo(row.lst_price),
  };
}

export interface RuleRow {
  readonly id: number;
  readonly pricelist_id: Many2one;
  readonly applied_on: string;
  readonly product_id: Many2one;
  readonly product_tmpl_id: Many2one;
  readonly min_quantity: number;
  readonly compute_price: string;
  readonly fixed_price: number;
  readonly percent_price: number;
  readonly base?: string;
  readonly date_start?: string | false;
  readonly date_end?: string | false;
}

/**
 * A rule of a price list; undefined for one of a variant that has no internal reference. One by category is told as one for all that
 * only Odoo can compute: which products it concerns is not read.
 */
export function ruleOf(row: RuleRow, skus: ReadonlyMap<number, string>): PriceRule | undefined {
  const appliesTo = appliesToOf(row, skus);
  if (appliesTo === undefined) return undefined;
  const { date_start: start = false, date_end: end = false } = row;
  return {
    appliesTo,
    minimum: decimalFromOdoo(row.min_quantity),
    price: priceOf(row),
    ...(start === false ? {} : { from: datetimeFromOdoo(start) }),
    ...(end === false ? {} : { until: datetimeFromOdoo(end) }),
  };
}

function appliesToOf(row: RuleRow, skus: ReadonlyMap<number, string>): PriceRule['appliesTo'] | undefined {
  if (row.applied_on === '0_product_variant' && row.product_id !== false) {
    const sku = skus.get(row.product_id[0]);
    return sku === undefined ? undefined : { kind: 'product', sku };
  }
  if (row.applied_on === '1_product' && row.product_tmpl_id !== false)
    return { kind: 'family', familyId: String(row.product_tmpl_id[0]) };
  return { kind: 'all' };
}

/** A percentage is off the list price, unless it is off another price list. */
function priceOf(row: RuleRow): PriceRule['price'] {
  if (row.applied_on === '2_product_category') return { kind: 'unknown' };
  if (row.compute_price === 'fixed') return { kind: 'fixed', amount: decimalFromOdoo(row.fixed_price) };
  if (row.compute_price === 'percentage' && (row.base ?? 'list_price') === 'list_price')
    return { kind: 'discount', percent: decimalFromOdoo(row.percent_price) };
  return { kind: 'unknown' };
}
