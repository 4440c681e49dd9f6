import type { DecimalString } from '@trunkline/canonical';

/**
 * What the systems themselves hold at the end of a run, read through their own APIs and never through the hub. `order` is always
 * the opportunity's id: the readers of a system resolve it from that system's own reference.
 */
export interface Snapshots {
  readonly crm: readonly CrmOrder[];
  readonly erp: readonly ErpOrder[];
  readonly warehouse: readonly WarehouseRelease[];
}

/** A won opportunity with the status that came back to it. */
export interface CrmOrder {
  readonly order: string;
  /** For people: the customer's PO, else the opportunity's name. */
  readonly title: string;
  readonly account?: CrmAccount;
  readonly lines: readonly CrmLine[];
  readonly status?: CrmStatus;
  /** How many status records point to it. */
  readonly statusRecords: number;
}

export interface CrmAccount {
  readonly name: string;
  readonly street: string;
  readonly city: string;
  readonly country: string;
}

export interface CrmLine {
  readonly sku: string;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
}

export interface CrmStatus {
  readonly status: string;
  readonly reason?: string;
  readonly unitsShipped: DecimalString;
  readonly unitsBackordered: DecimalString;
  readonly unitsCancelled: DecimalString;
}

export interface ErpOrder {
  /** Absent: no opportunity explains it. */
  readonly order?: string;
  readonly number: string;
  readonly state: 'draft' | 'confirmed' | 'cancelled';
  readonly lines: readonly { readonly sku: string; readonly quantity: DecimalString }[];
  readonly moves: readonly ErpMove[];
}

/** One product on one delivery document. */
export interface ErpMove {
  /** The delivery document's name. */
  readonly plan: string;
  readonly sku: string;
  /** waiting: nothing is there to ship it from; ready: it could be shipped now. */
  readonly state: 'waiting' | 'ready' | 'done' | 'cancelled';
  /** done: what left, else what is wanted. */
  readonly quantity: DecimalString;
}

export interface WarehouseRelease {
  /** Absent: no opportunity explains it. */
  readonly order?: string;
  readonly releaseNumber: string;
  /** Nothing more will leave for it: what was not shipped is short, or was cancelled. */
  readonly ended: boolean;
  readonly lines: readonly ReleasedLine[];
}

export interface ReleasedLine {
  readonly sku: string;
  readonly released: DecimalString;
  readonly shipped: DecimalString;
}
