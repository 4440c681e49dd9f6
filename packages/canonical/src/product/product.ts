import type { DecimalString } from '../decimal/decimal.ts';

/** What is sold under one SKU, as the ERP keeps it. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  /** Still sold; an archived product is known for the orders that name it. */
  readonly active: boolean;
  /** The product that this is a variant of, by the ERP's id; variants share it. */
  readonly familyId: string;
  /** What makes the variant, e.g. `Colour: Black`. */
  readonly attributes: readonly string[];
  readonly barcode?: string;
  /** What each movement has to name. */
  readonly tracking: 'none' | 'lot' | 'serial';
  /** The base unit, by the ERP's name. Quantities of stock and orders are in it. */
  readonly unit: string;
  readonly packs: readonly Pack[];
  /** Per base unit, before any price list. */
  readonly listPrice: DecimalString;
}

/** Several of a product handled as one, e.g. a case. */
export interface Pack {
  readonly name: string;
  /** Base units in it. */
  readonly quantity: DecimalString;
  readonly barcode?: string;
}
