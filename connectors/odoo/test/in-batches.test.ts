/**
 * Invoices, credit notes, payments and returns that go together: few calls, and each has its own outcome. Real: the connector's target and
 * HTTP. Doubled: Odoo, by the simulated one, a process of its own. Observed: outcomes, calls, and what Odoo holds in the end.
 */
import type { Delivery, JsonObject, Outcome } from '@trunkline/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AfterCuts, startAfterCuts } from './after-cuts.ts';

let under: AfterCuts;
let sent = 0;
beforeAll(async () => {
  under = await startAfterCuts();
});
afterAll(() => under.close());

function deliver(type: string, payloads: readonly JsonObject[], attempt = 1): Promise<readonly Outcome[]> {
  const deliveries = payloads.map(
    (payload): Delivery => ({
      id: `b${++sent}`,
      key: `so_${sent}`,
      target: 'erp',
      type,
      flow: 'test',
      payload,
      attempt,
      ambiguous: attempt > 1,
    }),
  );
  return under.target.deliver(deliveries, AbortSignal.timeout(60_000));
}

/** The calls that the work made, by `model.method`. */
async function callsOf<T>(
  work: () => Promise<T>,
): Promise<{ result: T; calls: (name: string) => number; total: number }> {
  const counts = async () =>
    new Map(Object.entries(await under.calls()).map(([name, { calls }]) => [name, calls]));
  const before = await counts();
  const result = await work();
  const after = await counts();
  const calls = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  return { result, calls, total: [...after.keys()].reduce((sum, name) => sum + calls(name), 0) };
}

const replies = (outcomes: readonly Outcome[]): readonly JsonObject[] =>
  outcomes.map((outcome) => {
    if (outcome.kind !== 'succeeded') throw new Error(JSON.stringify(outcome));
    return outcome.reply ?? {};
  });

async function shipped(names: readonly string[]) {
  const orders = [];
  for (const name of names) orders.push(await under.shipped(name));
  return orders;
}

async function invoiced(names: readonly string[]) {
  const orders = await shipped(names);
  const issued = replies(await deliver('invoice.issue', orders));
  return orders.map((order, index) => ({
    orderId: order.orderId,
    invoiceId: String(issued[index]?.['invoiceId']),
  }));
}

test('invoices: one wizard and one posting for all, and an invoice for each order of one customer', async () => {
  const orders = await shipped(['I1', 'I2', 'I3', 'I4']);
  const { result, calls, total } = await callsOf(() => deliver('invoice.issue', orders));
  const numbers = replies(result).map((reply) => reply['number']);
  expect(new Set(numbers).size).toBe(4);
  expect(calls('sale.advance.payment.inv.create_invoices')).toBe(1);
  expect(calls('account.move.action_post')).toBe(1);
  expect(total).toBeLessThan(15);
  const again = await deliver('invoice.issue', orders, 2);
  expect(replies(again).map((reply) => reply['number'])).toEqual(numbers);
});

test('invoices: one that Odoo does not post keeps the others from nothing, and links to its page', async () => {
  const orders = await shipped(['J1', 'J2', 'J3']);
  const second = Number(orders[1]?.erpId);
  const context = { active_model: 'sale.order', active_ids: [second] };
  const [wizard = 0] = await under.call<number[]>('sale.advance.payment.inv', 'create', {
    vals_list: [{ advance_payment_method: 'delivered' }],
    context,
  });
  await under.call('sale.advance.payment.inv', 'create_invoices', { ids: [wizard], context });
  const [order] = await under.call<{ invoice_ids: number[] }[]>('sale.order', 'read', {
    ids: [second],
    fields: ['invoice_ids'],
  });
  const [draft = 0] = order?.invoice_ids ?? [];
  await under.call('account.move', 'write', { ids: [draft], vals: { partner_id: false } });
  const outcomes = await deliver('invoice.issue', orders, 2);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['succeeded', 'rejected', 'succeeded']);
  expect(outcomes[1]).toMatchObject({ detail: expect.stringMatching(/customer/i) });
  expect(outcomes[1]).toMatchObject({ detail: expect.stringContaining(`account.move/${draft}`) });
});

test('payments: read together, several on one invoice in turn, and what is too much refused alone', async () => {
  const [a, b] = await invoiced(['P1', 'P2']);
  const payment = (of: typeof a, reference: string, amount: string): JsonObject => ({
    orderId: of?.orderId ?? '',
    invoiceId: of?.invoiceId ?? '',
    reference,
    amount: { amount, currency: 'USD' },
    paidOn: '2026-03-02',
  });
  const payments = [
    payment(a, 'PAY-1', '20'),
    payment(b, 'PAY-2', '50'),
    payment(a, 'PAY-3', '25'),
    payment(a, 'PAY-4', '6'),
  ];
  const { result, calls } = await callsOf(() => deliver('payment.register', payments));
  expect(result.map(({ kind }) => kind)).toEqual(['succeeded', 'succeeded', 'succeeded', 'rejected']);
  expect(result[3]).toMatchObject({ detail: expect.stringContaining('more than the 5 that are left') });
  expect(result[3]).toMatchObject({ detail: expect.stringContaining(`account.move/${a?.invoiceId}`) });
  expect(calls('account.payment.register.action_create_payments')).toBe(3);
  const again = await deliver('payment.register', payments.slice(0, 3), 2);
  expect(replies(again).map((reply) => reply['paymentId'])).toEqual(
    replies(result.slice(0, 3)).map((reply) => reply['paymentId']),
  );
});

test('credit notes: posted together, several of one invoice in turn, and what is too much refused alone', async () => {
  const [a, b] = await invoiced(['C1', 'C2']);
  const note = (of: typeof a, reference: string, quantity: string): JsonObject => ({
    orderId: of?.orderId ?? '',
    invoiceId: of?.invoiceId ?? '',
    reference,
    lines: [{ line: '1', sku: 'CHAI', quantity }],
  });
  const notes = [note(a, 'RMA-1', '2'), note(b, 'RMA-2', '5'), note(a, 'RMA-3', '3'), note(a, 'RMA-4', '1')];
  const { result, calls } = await callsOf(() => deliver('credit-note.issue', notes));
  expect(result.map(({ kind }) => kind)).toEqual(['succeeded', 'succeeded', 'succeeded', 'rejected']);
  expect(result[3]).toMatchObject({ detail: expect.stringContaining(`account.move/${a?.invoiceId}`) });
  expect(replies(result.slice(0, 3)).map((reply) => (reply['total'] as JsonObject)['amount'])).toEqual([
    '20',
    '50',
    '30',
  ]);
  expect(calls('account.move.action_post')).toBe(2);
  const again = await deliver('credit-note.issue', notes.slice(0, 3), 2);
  expect(replies(again)).toEqual(replies(result.slice(0, 3)));
});

test('returns: read together, several of one transfer in turn, and what is too much refused alone', async () => {
  const [a, b] = await shipped(['R1', 'R2']);
  const rma = (of: typeof a, returnNumber: string, quantity: string): JsonObject => ({
    orderId: of?.orderId ?? '',
    planId: of?.planId ?? '',
    returnNumber,
    lines: [{ line: '1', sku: 'CHAI', quantity }],
  });
  const returns = [rma(a, 'RT-1', '2'), rma(b, 'RT-2', '1'), rma(a, 'RT-3', '2'), rma(a, 'RT-4', '2')];
  const { result, calls } = await callsOf(() => deliver('return.create', returns));
  expect(result.map(({ kind }) => kind)).toEqual(['succeeded', 'succeeded', 'succeeded', 'rejected']);
  expect(result[3]).toMatchObject({ detail: expect.stringContaining(`stock.picking/${a?.planId}`) });
  expect(calls('stock.return.picking.action_create_returns')).toBe(3);
  const again = await deliver('return.create', returns.slice(0, 3), 2);
  expect(replies(again)).toEqual(replies(result.slice(0, 3)));
});
