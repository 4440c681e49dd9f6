import type { DecimalString } from '../decimal/decimal.ts';

/** What a list's customers pay, as the ERP keeps it; `priceFor` reads it. */
export interface PriceList {
  /** The ERP's id. */
  readonly id: string;
  readonly name: string;
  /** Still offered; an archived one goes on pricing the orders that name it. */
  readonly active: boolean;
  /** ISO 4217. */
  readonly currency: string;
  /** Of two that are alike the first decides. */
  readonly rules: readonly PriceRule[];
}

export interface PriceRule {
  /** The ERP's id. */
  readonly id: string;
  /** By the ERP's ids. */
  readonly appliesTo:
    | { readonly kind: 'product'; readonly productId: string }
    | { readonly kind: 'family'; readonly familyId: string }
    /** And all categories below it. */
    | { readonly kind: 'category'; readonly categoryId: string }
    | { readonly kind: 'all' };
  /** The break: holds from this many base units on; 0: for any quantity. */
  readonly minimum: DecimalString;
  readonly price: PriceOfRule;
  /** RFC 3339 UTC, both included; absent: without limit. */
  readonly from?: string;
  readonly until?: string;
}

export type PriceOfRule =
  | { readonly kind: 'fixed'; readonly amount: DecimalString }
  | ({ readonly kind: 'formula' } & PriceFormula)
  /** In a way that is not told here, as a customisation of the ERP can add. */
  | { readonly kind: 'computed-by-erp'; readonly method: string };

/** Discount, then rounding, then surcharge; then kept within the margins over the base. Amounts are in the list's currency. */
export interface PriceFormula {
  readonly base:
    | { readonly kind: 'list-price' }
    | { readonly kind: 'cost' }
    | { readonly kind: 'price-list'; readonly priceListId: string };
  /** Off the base; negative: a mark-up. */
  readonly discountPercent: DecimalString;
  /** To a multiple of this. */
  readonly roundTo?: DecimalString;
  readonly surcharge?: DecimalString;
  readonly minimumMargin?: DecimalString;
  readonly maximumMargin?: DecimalString;
}
