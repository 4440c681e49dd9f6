import { Decimal } from 'decimal.js';
import { assessInvoicing } from '../outbound/invoicing/assess-invoicing.ts';
import { readCredit } from '../outbound/invoicing/credit.ts';
import { issueCreditNotes } from '../outbound/invoicing/credit-notes.ts';
import { issueInvoices } from '../outbound/invoicing/issue-invoices.ts';
import type { Invoice } from '../outbound/invoicing/invoice-reader.ts';
import { registerPayments } from '../outbound/invoicing/payments.ts';
import { postShipments } from '../outbound/shipments.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection, expectSuccess } from './check.ts';
import { placeOne } from './orders-for-checks.ts';

export const invoicingChecks: readonly Check[] = [
  {
    name: 'invoices: ready after the shipment, issued once, the same again is adopted',
    async run(context) {
      const { odoo } = context;
      const { orderId, invoice } = await invoiced(context, 'in1', ['4', '2']);
      const [again] = await issueInvoices(odoo, [{ orderId, triedBefore: true }]);
      const adopted = expectSuccess(again, 'the same again');
      expectEqual([adopted.invoice.id, adopted.adopted], [invoice.id, true], 'the second call');
      const [assessed] = await assessInvoicing(odoo, [orderId]);
      expectEqual(expectSuccess(assessed, 'its readiness').readiness, 'invoiced', 'readiness in the end');
      if (invoice.number === null) throw new Error('the posted invoice has no number');
      return `${invoice.number} over ${invoice.total} ${invoice.currency}`;
    },
  },
  {
    name: 'invoices: a draft that somebody is at work on is left alone',
    async run(context) {
      const { odoo } = context;
      const { orderId } = await shipped(context, 'in2', ['1']);
      const active = { active_model: 'sale.order', active_id: orderId, active_ids: [orderId] };
      const [wizard] = await odoo.client.call<number[]>('sale.advance.payment.inv', 'create', {
        vals_list: [{ advance_payment_method: 'delivered' }],
        context: active,
      });
      await odoo.client.call('sale.advance.payment.inv', 'create_invoices', {
        ids: [wizard ?? 0],
        context: active,
      });
      const [first] = await issueInvoices(odoo, [{ orderId, triedBefore: false }]);
      const words = expectRejection(first, 'odoo-invoice-draft', 'a draft');
      const [second] = await issueInvoices(odoo, [{ orderId, triedBefore: true }]);
      expectEqual(expectSuccess(second, 'a draft of an earlier try').adopted, false, 'adopted');
      return words;
    },
  },
  {
    name: 'payments: in part and the rest, each once; more than is left is refused',
    async run(context) {
      const { odoo, prefix } = context;
      const { invoice } = await invoiced(context, 'in3', ['10']);
      const half = new Decimal(invoice.total).div(2).toDecimalPlaces(2).toFixed();
      const rest = new Decimal(invoice.total).minus(half).toFixed();
      const payment = (name: string, amount: string) => ({
        reference: `${prefix}-pay-${name}`,
        invoiceId: invoice.id,
        amount,
        currency: invoice.currency,
        paidOn: new Date().toISOString().slice(0, 10),
      });
      const [first] = await registerPayments(odoo, [payment('1', half)]);
      expectEqual(expectSuccess(first, 'the first').invoice.residual, rest, 'left to pay');
      const [again] = await registerPayments(odoo, [payment('1', half)]);
      expectEqual(expectSuccess(again, 'the same again').adopted, true, 'adopted');
      const [tooMuch] = await registerPayments(odoo, [payment('2', invoice.total)]);
      const words = expectRejection(tooMuch, 'odoo-payment-exceeds', 'more than is left');
      const [second] = await registerPayments(odoo, [payment('3', rest)]);
      const paid = expectSuccess(second, 'the rest');
      expectEqual(paid.invoice.residual, '0', 'left to pay in the end');
      return `${paid.invoice.paymentState}; ${words}`;
    },
  },
  {
    name: 'credit notes: by line, once, and never more than was invoiced',
    async run(context) {
      const { odoo, prefix } = context;
      const { invoice, order } = await invoiced(context, 'in4', ['5', '3']);
      const note = (name: string, quantity: string) => ({
        reference: `${prefix}-RMA-${name}`,
        invoiceId: invoice.id,
        lines: [
          {
            orderLineExternalId: `${order.externalId}_l0`,
            sku: context.masters.products[0]?.sku ?? '',
            quantity,
          },
        ],
      });
      const [first] = await issueCreditNotes(odoo, [note('c1', '2')]);
      const { creditNote } = expectSuccess(first, 'the credit note');
      expectEqual([creditNote.type, creditNote.state], ['out_refund', 'posted'], 'the credit note');
      const [again] = await issueCreditNotes(odoo, [note('c1', '2')]);
      const adopted = expectSuccess(again, 'the same again');
      expectEqual([adopted.creditNote.id, adopted.adopted], [creditNote.id, true], 'the second call');
      const [tooMuch] = await issueCreditNotes(odoo, [note('c2', '4')]);
      const words = expectRejection(tooMuch, 'odoo-credit-exceeds', 'more than is left');
      const { lines: _, ...whole } = note('c3', '0');
      const [rest] = await issueCreditNotes(odoo, [whole]);
      const total = new Decimal(creditNote.total).plus(expectSuccess(rest, 'the rest').creditNote.total);
      expectEqual(total.toFixed(), new Decimal(invoice.total).toFixed(), 'credited in the end');
      return `${creditNote.number} over ${creditNote.total}; ${words}`;
    },
  },
  {
    name: 'several at once: an invoice, a payment and a credit note for each order of one customer',
    async run(context) {
      const { odoo, prefix } = context;
      const placed = [];
      for (const name of ['in5', 'in6', 'in7']) placed.push(await shipped(context, name, ['3', '1']));
      const orders = placed.map(({ orderId }) => ({ orderId, triedBefore: false }));
      const invoices = (await issueInvoices(odoo, orders)).map(
        (outcome) => expectSuccess(outcome, 'an invoice').invoice,
      );
      expectEqual(new Set(invoices.map(({ id }) => id)).size, 3, 'invoices');
      const total = new Decimal(invoices[0]?.total ?? '0');
      for (const invoice of invoices)
        expectEqual(new Decimal(invoice.total).eq(total), true, 'an order’s own total');
      const payments = invoices.map(({ id, currency }, index) => ({
        reference: `${prefix}-pay-s${index}`,
        invoiceId: id,
        amount: index === 0 ? total.plus(1).toFixed() : '1',
        currency,
        paidOn: new Date().toISOString().slice(0, 10),
      }));
      const [tooMuch, ...paid] = await registerPayments(odoo, payments);
      expectRejection(tooMuch, 'odoo-payment-exceeds', 'more than is left');
      for (const outcome of paid)
        expectEqual(
          expectSuccess(outcome, 'a payment').invoice.residual,
          total.minus(1).toFixed(),
          'left to pay',
        );
      const notes = placed.map(({ order }, index) => ({
        reference: `${prefix}-RMA-s${index}`,
        invoiceId: invoices[index]?.id ?? 0,
        lines: [
          {
            orderLineExternalId: `${order.externalId}_l0`,
            sku: context.masters.products[0]?.sku ?? '',
            quantity: String(index + 2),
          },
        ],
      }));
      const [two, three, four] = await issueCreditNotes(odoo, notes);
      const credited = [two, three].map((outcome) => expectSuccess(outcome, 'a credit note').creditNote);
      const [first, second] = credited.map((note) => new Decimal(note.total));
      expectEqual(first?.times(3).eq(second?.times(2) ?? 0), true, 'two units and three');
      expectRejection(four, 'odoo-credit-exceeds', 'four of three');
      return `${invoices.map(({ number }) => number).join(', ')}; ${credited.map(({ number }) => number).join(', ')}`;
    },
  },
  {
    name: 'credit: what a customer owes and may owe is read; no limit is told as none',
    async run({ odoo, masters, prefix }) {
      const [row] = await odoo.client.call<{ partner_id: [number, string] }[]>('sale.order', 'search_read', {
        domain: [['client_order_ref', '=', `${prefix}-in1`]],
        fields: ['partner_id'],
      });
      const id = row?.partner_id[0] ?? 0;
      const [without] = await readCredit(odoo, [id]);
      const before = expectSuccess(without, `the figures of ${masters.partner}`);
      expectEqual(before.limit, null, 'the limit before one is set');
      await odoo.client.call('res.partner', 'write', {
        ids: [id],
        vals: { use_partner_credit_limit: true, credit_limit: 10 },
      });
      const [figures] = await readCredit(odoo, [id]);
      const { limit, owed, toInvoice } = expectSuccess(figures, 'the figures with a limit');
      expectEqual(limit, '10', 'the limit');
      if (!(Number(owed) > 0)) throw new Error(`the customer owes ${owed}`);
      return `limit ${limit}, owed ${owed}, to invoice ${toInvoice ?? 'not told'}`;
    },
  },
];

async function shipped(context: CheckContext, name: string, quantities: readonly string[]) {
  const placed = await placeOne(context, name, quantities);
  const lines = placed.order.lines.map(({ externalId, quantity }) => ({
    orderLineExternalId: externalId,
    quantity,
  }));
  const shipment = { pickingId: placed.pickingId, lines, remainder: 'backorder' as const };
  const [posted] = await postShipments(context.odoo, [shipment]);
  expectSuccess(posted, `the shipment of ${placed.name}`);
  return placed;
}

async function invoiced(context: CheckContext, name: string, quantities: readonly string[]) {
  const placed = await shipped(context, name, quantities);
  const [assessed] = await assessInvoicing(context.odoo, [placed.orderId]);
  expectEqual(expectSuccess(assessed, 'readiness').readiness, 'ready', 'readiness after the shipment');
  const [issued] = await issueInvoices(context.odoo, [{ orderId: placed.orderId, triedBefore: false }]);
  const { invoice }: { invoice: Invoice } = expectSuccess(issued, `the invoice of ${placed.name}`);
  return { ...placed, invoice };
}
