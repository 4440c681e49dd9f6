import type { Address } from '../address/address.ts';
import type { Customer } from '../customer/customer.ts';
import type { DecimalString } from '../decimal/decimal.ts';

/** What becomes of the part that a warehouse cannot ship. */
export type BackorderPolicy = 'backorder' | 'cancel';

/**
 * Demand as a source system states it, translated but not yet judged: whatever may be wrong is still in it, so that
 * order-acceptance can name every fault at once.
 */
export interface OrderDraft {
  /** Canonical id, `so_...`; also the business key. */
  readonly id: string;
  readonly source: { readonly system: string; readonly id: string };
  readonly customerPo?: string;
  readonly channel?: string;
  readonly currency?: string;
  /** RFC 3339 date. */
  readonly requestedShipDate?: string;
  readonly backorderPolicy: BackorderPolicy;
  readonly customer?: Customer;
  readonly shipTo?: DraftAddress;
  /** How it is to travel, in the source's own words: a warehouse's word for it is a matter of mappings. */
  readonly shipMethod?: string;
  readonly lines: readonly OrderDraftLine[];
}

/** As far as it is filled in. */
export interface DraftAddress extends Partial<Address> {
  /** What the source calls the country, where nobody knows which one that is. */
  readonly countryAsSaid?: string;
}

export interface OrderDraftLine {
  /** "1", "2", ...: unique within the order. */
  readonly line: string;
  /** Where the source shows it, for fault paths. */
  readonly path: string;
  readonly sku?: string;
  readonly description?: string;
  /** Absent: missing or not a number. */
  readonly quantity?: DecimalString;
  readonly unitPrice?: DecimalString;
}
