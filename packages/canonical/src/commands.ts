import type { Customer } from './customer/customer.ts';
import type { DecimalString } from './decimal/decimal.ts';
import type { Money } from './decimal/quantity.ts';
import type { SalesOrder } from './order/order.ts';
import type { ReleaseOrder } from './release/release-order.ts';
import type { LineQuantity, Shipment } from './shipment/shipment.ts';

/** To the ERP. Reply: `customer.synced`. State-carrying. */
export interface CustomerUpsert {
  readonly customer: Customer;
  /** Which content of this customer it is, rising; the reply says it back. */
  readonly revision: number;
}

/** To the ERP: create and confirm. Reply: `order.placed`. */
export interface OrderPlace {
  readonly order: SalesOrder;
  /** The ERP's code of the warehouse to plan it in; the ERP's own choice when left out. */
  readonly warehouse?: string;
}

/** To the ERP: nothing of the order will be delivered. Refused once something left. Reply: `order.cancelled`. */
export interface OrderCancel {
  readonly orderId: string;
  /** From the reply to `order.place`. */
  readonly erpId: string;
}

/**
 * To the ERP: what lines of a placed order are to be, as whole quantities and never as differences, so that a repeat changes nothing.
 * Lines that are not named stay; a new line number adds a line; quantity 0 gives a line up. Reply: `order.changed`. State-carrying.
 */
export interface OrderChange {
  readonly orderId: string;
  readonly erpId: string;
  /** Which change of this order it is, rising; the reply says it back. */
  readonly revision: number;
  readonly lines: readonly ChangedLine[];
}

export interface ChangedLine {
  readonly line: string;
  readonly sku: string;
  readonly quantity: DecimalString;
  /** Left out: the line's price stays, and a new line gets the ERP's. */
  readonly unitPrice?: DecimalString;
}

/** To a warehouse. Reply: `release.acknowledged`. */
export interface ReleaseCreate {
  readonly release: ReleaseOrder;
}

/** To the ERP: book what left against a plan (Odoo: validate the picking). Reply: `shipment.posted`. */
export interface ShipmentPost {
  readonly orderId: string;
  readonly planId: string;
  readonly shipment: Shipment;
  /** What becomes of the plan's rest. */
  readonly remainder: 'backorder' | 'cancel';
}

/** To the ERP: give up what is still open of a plan. Reply: `backorder.cancelled`. */
export interface BackorderCancel {
  readonly orderId: string;
  readonly planId: string;
}

/** To the ERP: expect goods back that left by a plan. Reply: `return.expected`. */
export interface ReturnCreate {
  readonly orderId: string;
  /** The RMA's number, which stands on the return in the ERP. */
  readonly returnNumber: string;
  /** The plan that they left by. */
  readonly planId: string;
  readonly lines: readonly LineQuantity[];
}

/** To the ERP: book what came back of a return. Reply: `return.received`. */
export interface ReturnReceive {
  readonly orderId: string;
  readonly returnNumber: string;
  /** From the reply to `return.create`. */
  readonly returnPlanId: string;
  readonly lines: readonly LineQuantity[];
  /** Whether the rest is still expected. */
  readonly remainder: 'backorder' | 'cancel';
}

/** To the ERP: what of an order can be invoiced, and what holds it back. Changes nothing. Reply: `invoicing.assessed`. */
export interface InvoicingAssess {
  readonly orderId: string;
  readonly erpId: string;
}

/** To the ERP: see to it that all that was delivered is invoiced, and issue the invoice. Reply: `invoice.issued`. */
export interface InvoiceIssue {
  readonly orderId: string;
  readonly erpId: string;
}

/** To the ERP: credit an invoice, in whole or by line. Reply: `credit-note.issued`. */
export interface CreditNoteIssue {
  readonly orderId: string;
  /** Ours, e.g. the RMA's number: it stands on the credit note. */
  readonly reference: string;
  /** From the reply to `invoice.issue`. */
  readonly invoiceId: string;
  /** Left out: all of the invoice that is not credited yet. */
  readonly lines?: readonly LineQuantity[];
}

/** To the ERP: money came in for an invoice. Reply: `payment.registered`. */
export interface PaymentRegister {
  readonly orderId: string;
  /** The payment provider's own, one per payment. */
  readonly reference: string;
  readonly invoiceId: string;
  readonly amount: Money;
  /** `YYYY-MM-DD`. */
  readonly paidOn: string;
}

/** To the ERP: how much credit a customer has. Changes nothing. Reply: `credit.assessed`. */
export interface CreditAssess {
  readonly customerId: string;
  /** From the reply to `customer.upsert`. */
  readonly erpId: string;
}

/** To the ERP: book a stock difference, once by site, number and product. No reply. */
export interface InventoryAdjust {
  readonly adjustmentNumber: string;
  readonly site: string;
  /** The ERP's code of the site's warehouse; where the ERP has several, it is needed. */
  readonly warehouse?: string;
  readonly sku: string;
  /** Signed, in the product's base unit. */
  readonly delta: DecimalString;
  readonly reason: string;
}

export const ORDER_STATUSES = [
  'Received',
  'Rejected',
  'Confirmed',
  'Released',
  'Partially shipped',
  'Shipped',
  'Backordered',
  'Cancelled',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** To the CRM: where the order is. State-carrying; no reply. */
export interface OrderStatusPublish {
  readonly orderId: string;
  readonly source: { readonly system: string; readonly id: string };
  readonly status: OrderStatus;
  readonly reason?: string;
  readonly orderNumber?: string;
  readonly trackingNumbers: readonly string[];
  readonly unitsOrdered: DecimalString;
  readonly unitsShipped: DecimalString;
  readonly unitsBackordered: DecimalString;
  readonly unitsCancelled: DecimalString;
  /** RFC 3339 UTC. */
  readonly updatedAt: string;
}

/** Command name to payload: what flows send and connectors take. */
export interface CommandPayloads {
  readonly 'customer.upsert': CustomerUpsert;
  readonly 'order.place': OrderPlace;
  readonly 'order.cancel': OrderCancel;
  readonly 'order.change': OrderChange;
  readonly 'release.create': ReleaseCreate;
  readonly 'shipment.post': ShipmentPost;
  readonly 'backorder.cancel': BackorderCancel;
  readonly 'return.create': ReturnCreate;
  readonly 'return.receive': ReturnReceive;
  readonly 'invoicing.assess': InvoicingAssess;
  readonly 'invoice.issue': InvoiceIssue;
  readonly 'credit-note.issue': CreditNoteIssue;
  readonly 'payment.register': PaymentRegister;
  readonly 'credit.assess': CreditAssess;
  readonly 'inventory.adjust': InventoryAdjust;
  readonly 'order-status.publish': OrderStatusPublish;
}
export type CommandType = keyof CommandPayloads;
