import type {
  CreditAssess,
  CreditNoteIssue,
  InvoiceIssue,
  Money,
  PaymentRegister,
} from '@trunkline/canonical';
import type { CreditNoteToIssue } from '../outbound/invoicing/credit-note-plan.ts';
import type { Invoice } from '../outbound/invoicing/invoice-reader.ts';
import type { Payment, PaymentToRegister } from '../outbound/invoicing/payments.ts';
import type { LineState } from '../outbound/order-state.ts';

/** Odoo's database id of the order that a command speaks of. */
export function orderIdOf({ erpId }: InvoiceIssue): number {
  return Number(erpId);
}

export function partnerIdOf({ erpId }: CreditAssess): number {
  return Number(erpId);
}

export function creditNoteOf({ orderId, reference, invoiceId, lines }: CreditNoteIssue): CreditNoteToIssue {
  return {
    reference,
    invoiceId: Number(invoiceId),
    ...(lines === undefined
      ? {}
      : {
          lines: lines.map(({ line, sku, quantity }) => ({
            orderLineExternalId: `${orderId}_l${line}`,
            sku,
            quantity,
          })),
        }),
  };
}

export function paymentOf({ reference, invoiceId, amount, paidOn }: PaymentRegister): PaymentToRegister {
  return {
    reference,
    invoiceId: Number(invoiceId),
    amount: amount.amount,
    currency: amount.currency,
    paidOn,
  };
}

export function money(amount: string, { currency }: Invoice): Money {
  return { amount, currency };
}

/** What each effect means to the hub, whether it was just made or found there. */
export function invoiceIssued(invoice: Invoice, system: string) {
  const number = invoice.number ?? String(invoice.id);
  return {
    reply: {
      invoiceId: String(invoice.id),
      number,
      total: { ...money(invoice.total, invoice) },
      residual: { ...money(invoice.residual, invoice) },
      ...(invoice.issuedOn === null ? {} : { issuedOn: invoice.issuedOn }),
      ...(invoice.dueOn === null ? {} : { dueOn: invoice.dueOn }),
    },
    identifiers: [{ kind: 'invoice', value: number, system }],
  };
}

export function creditNoteIssued({ reference }: CreditNoteIssue, note: Invoice, system: string) {
  const number = note.number ?? String(note.id);
  return {
    reply: { reference, creditNoteId: String(note.id), number, total: { ...money(note.total, note) } },
    identifiers: [{ kind: 'credit_note', value: number, system }],
  };
}

/** The residual is the invoice's of now, so a later payment changes what an earlier one's reply says. */
export function paymentRegistered(payment: Payment, invoice: Invoice, system: string) {
  return {
    reply: {
      reference: payment.reference,
      paymentId: String(payment.id),
      number: payment.name,
      invoiceId: String(invoice.id),
      residual: { ...money(invoice.residual, invoice) },
    },
    identifiers: [{ kind: 'payment', value: payment.name, system }],
  };
}

/** The order's own lines; one that people entered in Odoo has no number here. */
export function invoiceableLinesOf(orderId: string, lines: readonly LineState[]) {
  const prefix = `${orderId}_l`;
  return lines.flatMap(({ externalId, ordered, delivered, invoiced, toInvoice }) =>
    externalId?.startsWith(prefix)
      ? [{ line: externalId.slice(prefix.length), ordered, delivered, invoiced, toInvoice }]
      : [],
  );
}
