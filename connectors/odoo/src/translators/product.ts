import type { CanonicalEvent, Pack, Product, ProductChanged } from '@trunkline/canonical';
import type { Message, Translation } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { decimalFromOdoo, type Many2one, textOf } from '../values.ts';

export const PRODUCT_DOCUMENT = 'product.product';

/** What the poller hands over of one variant. */
export const ProductDocumentSchema = Type.Object({
  id: Type.Integer(),
  sku: Type.String({ minLength: 1 }),
  name: Type.String(),
  active: Type.Boolean(),
  familyId: Type.String(),
  categoryIds: Type.Array(Type.String()),
  attributes: Type.Array(Type.String()),
  barcode: Type.Optional(Type.String()),
  tracking: Type.Union([Type.Literal('none'), Type.Literal('lot'), Type.Literal('serial')]),
  unit: Type.String(),
  packs: Type.Array(
    Type.Object({ name: Type.String(), quantity: Type.String(), barcode: Type.Optional(Type.String()) }),
  ),
  listPrice: Type.String(),
  currency: Type.String(),
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
  const erpId = String(payload.id);
  const event: ProductChanged = { type: 'product.changed', erpId, product: { ...payload, id: erpId } };
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
  readonly currency_id: [number, string];
  /** 19: may be empty. */
  readonly categ_id: Many2one;
  /** Where they are asked for. */
  readonly standard_price?: number;
  readonly cost_currency_id?: [number, string];
  /** 19: units that its packs are. */
  readonly uom_ids?: readonly number[];
  readonly write_date: string;
}

/** What of a product stands in rows of other models. */
export interface ProductParts {
  readonly categoryIds: readonly string[];
  readonly attributes: readonly string[];
  readonly packs: readonly Pack[];
}

/** A variant as a product; undefined where it has no internal reference, by which everything names it. */
export function productOf(
  row: ProductRow,
  { attributes, packs, categoryIds }: ProductParts = { attributes: [], packs: [], categoryIds: [] },
): Product | undefined {
  const sku = textOf(row.default_code);
  const barcode = textOf(row.barcode);
  const { standard_price: cost, cost_currency_id: costCurrency } = row;
  if (sku === null) return undefined;
  return {
    id: String(row.id),
    sku,
    name: row.name,
    active: row.active,
    familyId: String(row.product_tmpl_id[0]),
    categoryIds,
    attributes,
    ...(barcode === null ? {} : { barcode }),
    tracking: row.tracking,
    unit: row.uom_id[1],
    packs,
    listPrice: decimalFromOdoo(row.lst_price),
    currency: row.currency_id[1],
    ...(cost === undefined || costCurrency === undefined
      ? {}
      : { cost: { amount: decimalFromOdoo(cost), currency: costCurrency[1] } }),
  };
}
