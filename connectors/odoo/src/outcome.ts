/** Why Odoo refused; stable, so that a person's remedy and a runbook can hang on it. */
export type RejectionCode =
  | 'odoo-key-refused'
  | 'odoo-right-missing'
  | 'odoo-database-unknown'
  | 'odoo-address-wrong'
  | 'odoo-model-missing'
  | 'odoo-method-missing'
  | 'odoo-record-missing'
  | 'odoo-field-mismatch'
  | 'odoo-refused'
  | 'odoo-server-error'
  | 'odoo-setup'
  | 'odoo-order-invalid'
  | 'odoo-order-cancelled'
  | 'odoo-order-not-confirmed'
  | 'odoo-order-locked'
  | 'odoo-order-shipped'
  | 'odoo-change-invalid'
  | 'odoo-change-not-applied'
  | 'odoo-question'
  | 'odoo-return-exceeds'
  | 'odoo-return-not-made'
  | 'odoo-nothing-to-invoice'
  | 'odoo-invoice-draft'
  | 'odoo-invoice-not-posted'
  | 'odoo-credit-exceeds'
  | 'odoo-payment-exceeds'
  | 'odoo-payment-not-made'
  | 'odoo-shipment-invalid'
  | 'odoo-lot-unknown'
  | 'odoo-lot-expired'
  | 'odoo-picking-done-otherwise'
  | 'odoo-picking-cancelled'
  | 'odoo-picking-not-validated'
  | 'odoo-country-unknown'
  | 'odoo-payment-terms-unknown'
  | 'odoo-reference-missing'
  | 'odoo-stock-not-applied';

export interface Retry {
  readonly kind: 'retry';
  readonly message: string;
  /** Milliseconds, from the server's Retry-After; absent when it named none. */
  readonly afterMs?: number;
}

export interface Rejected {
  readonly kind: 'rejected';
  readonly code: RejectionCode;
  /** Odoo's own message where it gave one. */
  readonly message: string;
  /** What a person can do about it. */
  readonly remedy: string;
  /** The field that Odoo named. */
  readonly field?: string;
  /** The record's page in Odoo. */
  readonly link?: string;
  /** A word that a mapping would make something of. */
  readonly missing?: { readonly kind: string; readonly value: string };
}

export interface Unknown {
  readonly kind: 'unknown';
  readonly message: string;
  /** As of a retry: the call that failed may have said when to come back. */
  readonly afterMs?: number;
}

export interface Cancelled {
  readonly kind: 'cancelled';
  readonly message: string;
}

export type Failure = Retry | Rejected | Unknown | Cancelled;

/**
 * The outcome of one record of a batch. Every operation returns one per input, in the input's order, and
 * does not throw for what concerns a record or the connection.
 */
export type Outcome<T> = ({ readonly kind: 'succeeded' } & T) | Failure;

export function rejected(code: RejectionCode, message: string, remedy: string, field?: string): Rejected {
  return field === undefined
    ? { kind: 'rejected', code, message, remedy }
    : { kind: 'rejected', code, message, remedy, field };
}
