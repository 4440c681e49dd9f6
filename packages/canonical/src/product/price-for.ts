import {
  add,
  compare,
  type DecimalString,
  isZero,
  maximum,
  minimum,
  multiply,
  roundTo,
  subtract,
} from '../decimal/decimal.ts';
import type { Money } from '../decimal/quantity.ts';
import type { PriceFormula, PriceList, PriceRule } from './price-list.ts';
import type { Product } from './product.ts';

/** What of a product decides its price. */
export type PricedProduct = Pick<
  Product,
  'id' | 'familyId' | 'categoryIds' | 'listPrice' | 'currency' | 'cost'
>;

/** Why no price is told, rather than a wrong one. */
export type PriceUnknown =
  /** The rule goes by cost, which the product does not tell. */
  | 'cost-unknown'
  /** The base is in another currency, and no rate to the list's was given. */
  | 'rate-unknown'
  /** The rule goes by another price list, which was not given. */
  | 'price-list-unknown'
  /** The rule goes by a price list that goes by this one. */
  | 'price-lists-circular'
  /** The ERP computes it in a way that is not told. */
  | 'computed-by-erp';

export type Price =
  | {
      readonly kind: 'known';
      /** Per base unit, in the list's currency, unrounded. */
      readonly amount: DecimalString;
      /** The rule that decided; absent: the list price, for want of a rule. */
      readonly ruleId?: string;
    }
  | {
      readonly kind: 'unknown';
      readonly reason: PriceUnknown;
      /** What is missing: a currency pair, a price list's id, a method. */
      readonly detail: string;
      readonly ruleId?: string;
    };

export interface PriceQuestion {
  readonly product: PricedProduct;
  /** In base units. */
  readonly quantity: DecimalString;
  /** RFC 3339: when it is ordered. */
  readonly at: string;
  /** What rules may rest on besides. */
  readonly lists?: readonly PriceList[];
  /** How much of `to` one unit of `from` is. */
  rateOf?(from: string, to: string): DecimalString | undefined;
}

/**
 * The unit price of a quantity on a list. The narrowest rule that fits decides (product, family, category, all), of these the highest
 * break, of these the category nearest to the product, of these the first in the list; without one it is the list price.
 *
 * So a break of the category above goes before a lower break of the category itself: that is the ERP's order, not ours.
 */
export function priceFor(list: PriceList, question: PriceQuestion): Price {
  return priceOn(list, question, [list.id]);
}

const WIDTH = { product: 0, family: 1, category: 2, all: 3 } as const;

/** @param path lists that were gone through, against going round */
function priceOn(list: PriceList, question: PriceQuestion, path: readonly string[]): Price {
  const rule = deciding(list, question);
  if (rule === undefined)
    return inCurrency(
      { amount: question.product.listPrice, currency: question.product.currency },
      list,
      question,
    );
  const ruleId = rule.id;
  switch (rule.price.kind) {
    case 'fixed':
      return { kind: 'known', amount: rule.price.amount, ruleId };
    case 'computed-by-erp':
      return { kind: 'unknown', reason: 'computed-by-erp', detail: rule.price.method, ruleId };
    case 'formula': {
      const base = baseOf(rule.price, list, question, path);
      return {
        ...base,
        ...(base.kind === 'known' ? { amount: computed(base.amount, rule.price) } : {}),
        ruleId,
      };
    }
  }
}

function deciding({ rules }: PriceList, { product, quantity, at }: PriceQuestion): PriceRule | undefined {
  const nearness = ({ appliesTo }: PriceRule) =>
    appliesTo.kind === 'category' ? product.categoryIds.indexOf(appliesTo.categoryId) : 0;
  let best: PriceRule | undefined;
  for (const rule of rules) {
    if (!concerns(rule, product) || !isReached(rule, quantity) || !isValid(rule, at)) continue;
    const order =
      best === undefined
        ? -1
        : WIDTH[rule.appliesTo.kind] - WIDTH[best.appliesTo.kind] ||
          compare(best.minimum, rule.minimum) ||
          nearness(best) - nearness(rule);
    if (order < 0) best = rule;
  }
  return best;
}

function concerns({ appliesTo }: PriceRule, product: PricedProduct): boolean {
  switch (appliesTo.kind) {
    case 'product':
      return appliesTo.productId === product.id;
    case 'family':
      return appliesTo.familyId === product.familyId;
    case 'category':
      return product.categoryIds.includes(appliesTo.categoryId);
    case 'all':
      return true;
  }
}

/** What has no break holds for a return's negative quantity as well. */
function isReached(rule: PriceRule, quantity: DecimalString): boolean {
  return isZero(rule.minimum) || compare(quantity, rule.minimum) >= 0;
}

function isValid({ from, until }: PriceRule, at: string): boolean {
  const moment = Date.parse(at);
  return (
    (from === undefined || Date.parse(from) <= moment) && (until === undefined || moment <= Date.parse(until))
  );
}

/** In the list's currency. */
function baseOf(
  { base }: PriceFormula,
  list: PriceList,
  question: PriceQuestion,
  path: readonly string[],
): Price {
  const { product, lists = [] } = question;
  switch (base.kind) {
    case 'list-price':
      return inCurrency({ amount: product.listPrice, currency: product.currency }, list, question);
    case 'cost':
      return product.cost === undefined
        ? { kind: 'unknown', reason: 'cost-unknown', detail: `product ${product.id}` }
        : inCurrency(product.cost, list, question);
    case 'price-list': {
      const detail = `price list ${base.priceListId}`;
      if (path.includes(base.priceListId)) return { kind: 'unknown', reason: 'price-lists-circular', detail };
      const other = lists.find(({ id }) => id === base.priceListId);
      if (other === undefined) return { kind: 'unknown', reason: 'price-list-unknown', detail };
      const price = priceOn(other, question, [...path, other.id]);
      return price.kind === 'known'
        ? inCurrency({ amount: price.amount, currency: other.currency }, list, question)
        : price;
    }
  }
}

function inCurrency({ amount, currency }: Money, list: PriceList, { rateOf }: PriceQuestion): Price {
  if (currency === list.currency) return { kind: 'known', amount };
  const rate = rateOf?.(currency, list.currency);
  return rate === undefined
    ? { kind: 'unknown', reason: 'rate-unknown', detail: `${currency} to ${list.currency}` }
    : { kind: 'known', amount: multiply(amount, rate) };
}

/** The maximum goes before the minimum where both cannot be kept; a margin of zero is none. */
function computed(base: DecimalString, formula: PriceFormula): DecimalString {
  const { discountPercent, roundTo: step = '0', surcharge = '0' } = formula;
  const { minimumMargin = '0', maximumMargin = '0' } = formula;
  const discounted = multiply(base, multiply(subtract('100', discountPercent), '0.01'));
  const surcharged = add(isZero(step) ? discounted : roundTo(discounted, step), surcharge);
  const raised = isZero(minimumMargin) ? surcharged : maximum(surcharged, add(base, minimumMargin));
  return isZero(maximumMargin) ? raised : minimum(raised, add(base, maximumMargin));
}
