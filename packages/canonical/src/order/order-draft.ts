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
  readonly shipTo?: Partial<Address>;
  readonly lines: readonly OrderDraftLine[];
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
