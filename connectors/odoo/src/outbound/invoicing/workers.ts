import type {
  CreditAssess,
  CreditNoteIssue,
  InvoiceIssue,
  InvoicingAssess,
  PaymentRegister,
} from '@trunkline/canonical';
import type { Odoo } from '../../external-ids.ts';
import {
  creditNoteIssued,
  creditNoteOf,
  invoiceableLinesOf,
  invoiceIssued,
  orderIdOf,
  partnerIdOf,
  paymentOf,
  paymentRegistered,
} from '../../translators/invoicing.ts';
import { toOutcome } from '../outcomes.ts';
import { payload, type Worker } from '../worker.ts';
import { assessInvoicing } from './assess-invoicing.ts';
import { readCredit } from './credit.ts';
import { issueCreditNotes } from './credit-notes.ts';
import { issueInvoices } from './issue-invoices.ts';
import { registerPayments } from './payments.ts';

export function assessInvoicingWorker(odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const commands = deliveries.map((delivery) => payload<InvoicingAssess>(delivery));
    const outcomes = await assessInvoicing(odoo, commands.map(orderIdOf), signal);
    return outcomes.map((outcome, index) =>
      toOutcome(outcome, ({ readiness, blockers, order }) => ({
        reply: {
          readiness,
          blockers: [...blockers],
          lines: invoiceableLinesOf(commands[index]?.orderId ?? '', order.lines),
        },
      })),
    );
  };
}

export function invoiceWorker(system: string, odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const orders = deliveries.map((delivery) => ({
      orderId: orderIdOf(payload<InvoiceIssue>(delivery)),
      triedBefore: delivery.ambiguous || delivery.attempt > 1,
    }));
    const outcomes = await issueInvoices(odoo, orders, signal);
    return outcomes.map((outcome) =>
      toOutcome(outcome, ({ invoice, adopted }) => ({ adopted, ...invoiceIssued(invoice, system) })),
    );
  };
}

export function creditNoteWorker(system: string, odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const commands = deliveries.map((delivery) => payload<CreditNoteIssue>(delivery));
    const outcomes = await issueCreditNotes(odoo, commands.map(creditNoteOf), signal);
    return outcomes.map((outcome, index) =>
      toOutcome(outcome, ({ creditNote, adopted }) => ({
        adopted,
        ...creditNoteIssued(payload<CreditNoteIssue>(deliveries[index]), creditNote, system),
      })),
    );
  };
}

export function paymentWorker(system: string, odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const payments = deliveries.map((delivery) => paymentOf(payload<PaymentRegister>(delivery)));
    const outcomes = await registerPayments(odoo, payments, signal);
    return outcomes.map((outcome) =>
      toOutcome(outcome, ({ payment, invoice, adopted }) => ({
        adopted,
        ...paymentRegistered(payment, invoice, system),
      })),
    );
  };
}

export function creditWorker(odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const ids = deliveries.map((delivery) => partnerIdOf(payload<CreditAssess>(delivery)));
    const outcomes = await readCredit(odoo, ids, signal);
    return outcomes.map((outcome) =>
      toOutcome(outcome, ({ limit, owed, toInvoice }) => ({
        reply: {
          owed,
          ...(limit === null ? {} : { limit }),
          ...(toInvoice === null ? {} : { toInvoice }),
        },
      })),
    );
  };
}
