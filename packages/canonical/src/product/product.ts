import type { DecimalString } from '../decimal/decimal.ts';
import type { Money } from '../decimal/quantity.ts';

/** What is sold under one SKU, as the ERP keeps it. */
export interface Product {
  /** The ERP's id, by which price rules name it. */
  readonly id: string;
  readonly sku: string;
  readonly name: string;
  /** Still sold; an archived product is known for the orders that name it. */
  readonly active: boolean;
  /** The product that this is a variant of, by the ERP's id; variants share it. */
  readonly familyId: string;
  /** Its category's id and those of the categories above, the widest first. */
  readonly categoryIds: readonly string[];
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
  /** Of the list price; ISO 4217. */
  readonly currency: string;
  /** Per base unit, where it was asked for; events leave it out, because averaged costs change with each receipt. */
  readonly cost?: Money;
}

/** Several of a product handled as one, e.g. a case. */
export interface Pack {
  readonly name: string;
  /** Base units in it. */
  readonly quantity: DecimalString;
  readonly barcode?: string;
}
