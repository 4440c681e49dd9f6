import type { CreditNoteIssue, InvoiceIssue, PaymentRegister } from '@trunkline/canonical';
import type { Delivery, Verification } from '@trunkline/messaging';
import type { Odoo } from '../../external-ids.ts';
import {
  creditNoteIssued,
  invoiceIssued,
  orderIdOf,
  paymentOf,
  paymentRegistered,
} from '../../translators/invoicing.ts';
import { sameDecimal } from '../../values.ts';
import { readOrderStates } from '../order-state.ts';
import { payload } from '../worker.ts';
import { carries, creditNotesOf } from './credit-notes.ts';
import { readInvoices } from './invoice-reader.ts';
import { invoicesOf } from './issue-invoices.ts';
import { findPayments } from './payments.ts';

const ABSENT: Verification = { kind: 'absent' };

/** There when nothing is left to invoice, an invoice is posted and none is a draft: what the operation would adopt. */
export async function verifyInvoices(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const ids = deliveries.map((delivery) => orderIdOf(payload<InvoiceIssue>(delivery)));
  const orders = await readOrderStates(odoo, ids, signal);
  const invoicesByOrder = await invoicesOf(odoo, orders, signal);
  return ids.map((id): Verification => {
    const order = orders.get(id);
    const invoices = invoicesByOrder.get(id) ?? [];
    const newest = invoices.findLast(({ state }) => state === 'posted');
    const open =
      order?.lines.some(({ toInvoice }) => Number(toInvoice) > 0) === true ||
      invoices.some(({ state }) => state === 'draft');
    return newest === undefined || open ? ABSENT : { kind: 'present', ...invoiceIssued(newest, system) };
  });
}

export async function verifyCreditNotes(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const commands = deliveries.map((delivery) => payload<CreditNoteIssue>(delivery));
  const ids = [...new Set(commands.map(({ invoiceId }) => Number(invoiceId)))];
  const notes = await creditNotesOf(odoo, ids, signal);
  return commands.map((command) => {
    const own = notes.find(
      (note) =>
        note.reverses === Number(command.invoiceId) &&
        note.state === 'posted' &&
        carries(note, command.reference),
    );
    return own === undefined ? ABSENT : { kind: 'present', ...creditNoteIssued(command, own, system) };
  });
}

export async function verifyPayments(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const payments = deliveries.map((delivery) => paymentOf(payload<PaymentRegister>(delivery)));
  const references = payments.map(({ reference }) => reference);
  const found = await findPayments(odoo, references, signal);
  const ids = [...new Set(payments.map(({ invoiceId }) => invoiceId))];
  const invoices = new Map(
    (await readInvoices(odoo, [['id', 'in', ids]], signal)).map((one) => [one.id, one]),
  );
  return payments.map(({ reference, invoiceId, amount }) => {
    const payment = found.get(reference);
    const invoice = invoices.get(invoiceId);
    if (payment === undefined || invoice === undefined || !sameDecimal(payment.amount, amount)) return ABSENT;
    return { kind: 'present', ...paymentRegistered(payment, invoice, system) };
  });
}

/** What only reads has no effect to find: it is asked again. */
export function verifyQueries(deliveries: readonly Delivery[]): Promise<readonly Verification[]> {
  return Promise.resolve(deliveries.map(() => ABSENT));
}
