import type { PriceFormula, PriceOfRule, PriceRule } from '@trunkline/canonical';
import { Decimal } from 'decimal.js';
import { datetimeFromOdoo, decimalFromOdoo } from '../values.ts';

type Link = number | false;

/** A rule as it is read, with the ids of what it links. */
export interface RuleRow {
  readonly id: number;
  readonly pricelist_id: Link;
  readonly applied_on: string;
  readonly product_id: Link;
  readonly product_tmpl_id: Link;
  readonly categ_id: Link;
  readonly min_quantity: number;
  readonly compute_price: string;
  readonly fixed_price: number;
  readonly percent_price: number;
  readonly base: string | false;
  readonly base_pricelist_id: Link;
  readonly price_discount: number;
  readonly price_round: number;
  readonly price_surcharge: number;
  readonly price_min_margin: number;
  readonly price_max_margin: number;
  readonly date_start: string | false;
  readonly date_end: string | false;
  readonly write_date: string;
}

export const RULE_FIELDS = [
  'pricelist_id',
  'applied_on',
  'product_id',
  'product_tmpl_id',
  'categ_id',
  'min_quantity',
  'compute_price',
  'fixed_price',
  'percent_price',
  'base',
  'base_pricelist_id',
  'price_discount',
  'price_round',
  'price_surcharge',
  'price_min_margin',
  'price_max_margin',
  'date_start',
  'date_end',
  'write_date',
] as const satisfies readonly (keyof RuleRow)[];

/** A rule of a price list; undefined for one that applies to nothing. */
export function ruleOf(row: RuleRow): PriceRule | undefined {
  const { date_start: start, date_end: end } = row;
  const common = {
    id: String(row.id),
    minimum: decimalFromOdoo(row.min_quantity),
    ...(start === false ? {} : { from: datetimeFromOdoo(start) }),
    ...(end === false ? {} : { until: datetimeFromOdoo(end) }),
  };
  const price = priceOf(row);
  switch (row.applied_on) {
    case '0_product_variant':
      return row.product_id === false
        ? undefined
        : { ...common, appliesTo: { kind: 'product', productId: String(row.product_id) }, price };
    case '1_product':
      return row.product_tmpl_id === false
        ? undefined
        : { ...common, appliesTo: { kind: 'family', familyId: String(row.product_tmpl_id) }, price };
    case '2_product_category':
      return row.categ_id === false
        ? undefined
        : { ...common, appliesTo: { kind: 'category', categoryId: String(row.categ_id) }, price };
    case '3_global':
      return { ...common, appliesTo: { kind: 'all' }, price };
    default:
      // What a customisation added: it may concern any product, so for none of them a wider rule is told.
      return {
        ...common,
        appliesTo: { kind: 'all' },
        price: { kind: 'computed-by-erp', method: `applied on ${row.applied_on}` },
      };
  }
}

function priceOf(row: RuleRow): PriceOfRule {
  switch (row.compute_price) {
    case 'fixed':
      return { kind: 'fixed', amount: decimalFromOdoo(row.fixed_price) };
    case 'percentage':
      return { kind: 'formula', base: baseOf(row), discountPercent: decimalFromOdoo(row.percent_price) };
    case 'formula':
      return {
        kind: 'formula',
        base: baseOf(row),
        // 18 and 19 show a mark-up on cost, which is this one's negative.
        discountPercent: decimalFromOdoo(row.price_discount),
        ...unlessZero('roundTo', row.price_round),
        ...unlessZero('surcharge', row.price_surcharge),
        ...unlessZero('minimumMargin', row.price_min_margin),
        ...unlessZero('maximumMargin', row.price_max_margin),
      };
    default:
      return { kind: 'computed-by-erp', method: row.compute_price };
  }
}

/** A list that is the base and is not named stands for the list price, as in Odoo. */
function baseOf({ base, base_pricelist_id: list }: RuleRow): PriceFormula['base'] {
  if (base === 'pricelist' && list !== false) return { kind: 'price-list', priceListId: String(list) };
  return { kind: base === 'standard_price' ? 'cost' : 'list-price' };
}

function unlessZero<Name extends string>(name: Name, value: number): { readonly [N in Name]?: string } {
  const amount = decimalFromOdoo(value);
  return (new Decimal(amount).isZero() ? {} : { [name]: amount }) as { readonly [N in Name]?: string };
}
