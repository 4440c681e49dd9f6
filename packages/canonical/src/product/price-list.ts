import { Decimal } from 'decimal.js';
import type { DecimalString } from '../decimal/decimal.ts';
import type { Product } from './product.ts';

export interface PriceList {
  readonly id: string;
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly rules: readonly PriceRule[];
}

export interface PriceRule {
  /** The narrower goes before the wider: a product's own rule, then its family's, then one for all. */
  readonly appliesTo:
    | { readonly kind: 'product'; readonly sku: string }
    | { readonly kind: 'family'; readonly familyId: string }
    | { readonly kind: 'all' };
  /** The break: holds from this many base units on. */
  readonly minimum: DecimalString;
  readonly price:
    | { readonly kind: 'fixed'; readonly amount: DecimalString }
    /** Off the product's list price. */
    | { readonly kind: 'discount'; readonly percent: DecimalString }
    /** The ERP computes it in a way that is not told here: by category, cost, another list or with rounding. */
    | { readonly kind: 'unknown' };
  /** RFC 3339 UTC; absent: without limit. */
  readonly from?: string;
  readonly until?: string;
}

const WIDTH = { product: 0, family: 1, all: 2 } as const;

/**
 * The unit price of a quantity, unrounded; undefined where only the ERP can say. The narrowest rule that fits decides, of these
 * the highest break, of these the first in the list. Without one it is the list price.
 */
export function priceFor(
  list: PriceList,
  product: Pick<Product, 'sku' | 'familyId' | 'listPrice'>,
  quantity: DecimalString,
  at: string,
): DecimalString | undefined {
  const fitting = list.rules
    .filter((rule) => concerns(rule, product) && new Decimal(quantity).gte(rule.minimum) && isValid(rule, at))
    .toSorted(
      (a, b) =>
        WIDTH[a.appliesTo.kind] - WIDTH[b.appliesTo.kind] ||
        new Decimal(b.minimum).cmp(new Decimal(a.minimum)),
    );
  const price = fitting[0]?.price;
  switch (price?.kind) {
    case undefined:
      return product.listPrice;
    case 'fixed':
      return price.amount;
    case 'discount':
      return new Decimal(product.listPrice).mul(new Decimal(100).minus(price.percent)).div(100).toFixed();
    case 'unknown':
      return undefined;
  }
}

function concerns({ appliesTo }: PriceRule, { sku, familyId }: Pick<Product, 'sku' | 'familyId'>): boolean {
  if (appliesTo.kind === 'all') return true;
  return appliesTo.kind === 'product' ? appliesTo.sku === sku : appliesTo.familyId === familyId;
}

function isValid({ from, until }: PriceRule, at: string): boolean {
  const moment = Date.parse(at);
  return (
    (from === undefined || Date.parse(from) <= moment) && (until === undefined || moment <= Date.parse(until))
  );
}
