import type { Customer } from './customer/customer.ts';
import type { DecimalString } from './decimal/decimal.ts';
import type { Money } from './decimal/quantity.ts';
import type { OrderDraft } from './order/order-draft.ts';
import type { PriceList } from './product/price-list.ts';
import type { Product } from './product/product.ts';
import type { LineQuantity, Shipment } from './shipment/shipment.ts';

/** Demand arrived from a CRM, shop or partner. Key: the order. */
export interface OrderSubmitted {
  readonly type: 'order.submitted';
  readonly order: OrderDraft;
}

/** An order needs this customer in the ERP. Key: the customer. */
export interface CustomerNeeded {
  readonly type: 'customer.needed';
  readonly customer: Customer;
  readonly orderId: string;
}

/** Reply of the ERP to `customer.upsert`. Key: the customer. */
export interface CustomerSynced {
  readonly type: 'customer.synced';
  readonly erpId: string;
  /** The command's own: of several upserts under way, a reply answers for the content that it names and for no newer one. */
  readonly revision: number;
}

/** The customer stands in the ERP; the order may go on. Key: the order. */
export interface CustomerReady {
  readonly type: 'customer.ready';
  readonly customerId: string;
}

/** Reply of the ERP to `order.place`: it is confirmed there. Key: the order. */
export interface OrderPlaced {
  readonly type: 'order.placed';
  readonly erpId: string;
  readonly number: string;
}

/** Reply of the ERP to `order.cancel`. Key: the order. */
export interface OrderCancelled {
  readonly type: 'order.cancelled';
  readonly erpId: string;
}

/** Reply of the ERP to `order.change`: its lines as they stand now. Key: the order. */
export interface OrderChanged {
  readonly type: 'order.changed';
  readonly revision: number;
  readonly lines: readonly OrderedLine[];
}

export interface OrderedLine {
  readonly line: string;
  readonly ordered: DecimalString;
  readonly delivered: DecimalString;
}

/** A record that the hub relies on stands in the ERP no more. Key: the order. */
export interface ErpRecordGone {
  readonly type: 'erp-record.gone';
  /** A plan is a delivery document. */
  readonly record: 'order' | 'plan';
  /** The ERP's own. */
  readonly id: string;
}

/** An order as it stands in the ERP, whoever changed it there: also an echo of what the hub itself wrote. Key: the order. */
export interface OrderChangedInErp {
  readonly type: 'order.changed-in-erp';
  readonly erpId: string;
  readonly number: string;
  readonly state: 'quotation' | 'confirmed' | 'cancelled';
  /** Goods alone: what an ERP adds for carriage or discounts is not among them. */
  readonly lines: readonly {
    /** Absent: the hub did not order it. */
    readonly line?: string;
    readonly sku: string;
    readonly ordered: DecimalString;
  }[];
}

/** What the ERP has planned for one delivery document (Odoo: stock.picking), whole, as of `version`. Key: the order. */
export interface FulfilmentPlanned {
  readonly type: 'fulfilment.planned';
  readonly planId: string;
  readonly planNumber: string;
  /** The plan whose remainder this is. */
  readonly backorderOf?: string;
  readonly state: 'waiting' | 'ready' | 'done' | 'cancelled';
  /** Orders the snapshots of one plan, compared as text (e.g. the ERP's write stamp in ISO form); an older one is ignored. */
  readonly version?: string;
  readonly orderNumber: string;
  /** The ERP's own warehouse code. */
  readonly warehouse?: string;
  readonly lines: readonly PlannedLine[];
}

export interface PlannedLine {
  readonly line: string;
  readonly sku: string;
  readonly demand: DecimalString;
  readonly reserved: DecimalString;
}

/** Reply of the warehouse to `release.create`. Key: the order. */
export interface ReleaseAcknowledged {
  readonly type: 'release.acknowledged';
  readonly releaseNumber: string;
}

/** All that a warehouse reports of a release carries its number and a count that starts at 1 and has no gaps. */
interface ReleaseEvent {
  readonly releaseNumber: string;
  readonly sequence: number;
}

export interface PickConfirmed extends ReleaseEvent {
  readonly type: 'pick.confirmed';
  /** RFC 3339 UTC. */
  readonly pickedAt: string;
  readonly picker?: string;
  readonly lines: readonly LineQuantity[];
}

export interface ShortageReported extends ReleaseEvent {
  readonly type: 'shortage.reported';
  readonly lines: readonly (LineQuantity & { readonly reason: string })[];
}

export interface ShipmentShipped extends ReleaseEvent {
  readonly type: 'shipment.shipped';
  readonly shipment: Shipment;
  /** Nothing more will leave for this release, and `sequence` is its last. */
  readonly final: boolean;
}

/** A release ended without a last shipment. */
export interface ReleaseClosed extends ReleaseEvent {
  readonly type: 'release.closed';
  readonly reason: string;
}

/** Reply of the ERP to `shipment.post`. Key: the order. */
export interface ShipmentPosted {
  readonly type: 'shipment.posted';
  readonly shipmentNumber: string;
  /** The plan that holds what is left, when something is. */
  readonly remainderPlanId?: string;
}

/** Reply of the ERP to `backorder.cancel`. Key: the order. */
export interface BackorderCancelled {
  readonly type: 'backorder.cancelled';
  readonly planId: string;
}

/** Reply of the ERP to `return.create`. Key: the order. */
export interface ReturnExpected {
  readonly type: 'return.expected';
  readonly returnNumber: string;
  readonly returnPlanId: string;
  readonly returnPlanNumber: string;
}

/** Reply of the ERP to `return.receive`. Key: the order. */
export interface ReturnReceived {
  readonly type: 'return.received';
  readonly returnNumber: string;
  /** The plan that holds what has not come, when something has not. */
  readonly remainderPlanId?: string;
}

/** Reply of the ERP to `invoicing.assess`. Key: the order. */
export interface InvoicingAssessed {
  readonly type: 'invoicing.assessed';
  readonly readiness: 'not_ready' | 'ready' | 'invoiced';
  /** Why nothing, or not all, can be invoiced. */
  readonly blockers: readonly InvoicingBlocker[];
  readonly lines: readonly InvoiceableLine[];
}

export type InvoicingBlocker =
  | 'not_confirmed'
  | 'nothing_delivered'
  | 'partly_delivered'
  | 'draft_invoice'
  | 'credit_due';

export interface InvoiceableLine extends OrderedLine {
  readonly invoiced: DecimalString;
  /** Negative: more was invoiced than is delivered, so a credit note is due. */
  readonly toInvoice: DecimalString;
}

/** Reply of the ERP to `invoice.issue`. Key: the order. */
export interface InvoiceIssued {
  readonly type: 'invoice.issued';
  readonly invoiceId: string;
  readonly number: string;
  readonly total: Money;
  readonly residual: Money;
  /** `YYYY-MM-DD`. */
  readonly issuedOn?: string;
  readonly dueOn?: string;
}

/** Reply of the ERP to `credit-note.issue`. Key: the order. */
export interface CreditNoteIssued {
  readonly type: 'credit-note.issued';
  readonly reference: string;
  readonly creditNoteId: string;
  readonly number: string;
  readonly total: Money;
}

/** Reply of the ERP to `payment.register`. Key: the order. */
export interface PaymentRegistered {
  readonly type: 'payment.registered';
  readonly reference: string;
  readonly paymentId: string;
  readonly number: string;
  readonly invoiceId: string;
  /** What is still to pay of the invoice. */
  readonly residual: Money;
}

/** Reply of the ERP to `credit.assess`. Key: the customer. */
export interface CreditAssessed {
  readonly type: 'credit.assessed';
  /** Absent: the ERP sets no limit for this customer. */
  readonly limit?: DecimalString;
  /** What the customer owes, posted. */
  readonly owed: DecimalString;
  /** Confirmed and not invoiced yet; absent where the ERP does not count it. */
  readonly toInvoice?: DecimalString;
}

/** A product as it stands in the ERP now: new, changed or archived. Key: the product. */
export interface ProductChanged {
  readonly type: 'product.changed';
  readonly erpId: string;
  readonly product: Product;
}

/** A price list as it stands in the ERP now, with all of its rules: new, changed or archived. Key: the price list. */
export interface PriceListChanged {
  readonly type: 'price-list.changed';
  readonly erpId: string;
  readonly priceList: PriceList;
}

/** A price list that the ERP has no more, or hides from the hub's account. Key: the price list. */
export interface PriceListDeleted {
  readonly type: 'price-list.deleted';
  readonly erpId: string;
}

/** Stock moved for another reason than an order. Key: the stock position. */
export interface InventoryAdjusted {
  readonly type: 'inventory.adjusted';
  readonly adjustmentNumber: string;
  readonly site: string;
  readonly sku: string;
  /** Signed. */
  readonly delta: DecimalString;
  readonly reason: string;
}

export type CanonicalEvent =
  | OrderSubmitted
  | CustomerNeeded
  | CustomerSynced
  | CustomerReady
  | OrderPlaced
  | OrderCancelled
  | OrderChanged
  | ErpRecordGone
  | OrderChangedInErp
  | FulfilmentPlanned
  | ReleaseAcknowledged
  | PickConfirmed
  | ShortageReported
  | ShipmentShipped
  | ReleaseClosed
  | ShipmentPosted
  | BackorderCancelled
  | ReturnExpected
  | ReturnReceived
  | InvoicingAssessed
  | InvoiceIssued
  | CreditNoteIssued
  | PaymentRegistered
  | CreditAssessed
  | InventoryAdjusted
  | ProductChanged
  | PriceListChanged
  | PriceListDeleted;

export type CanonicalEventType = CanonicalEvent['type'];
