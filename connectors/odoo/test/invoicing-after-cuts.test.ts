/**
 * Invoices, credit notes and payments whose answers are cut after their commit. Real: the connector's target and HTTP. Doubled: Odoo,
 * by the simulated one, a process of its own. Observed: outcomes, and what Odoo holds in the end.
 */
import type { JsonObject } from '@trunkline/messaging';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AfterCuts, startAfterCuts } from './after-cuts.ts';

let under: AfterCuts;
let made = 0;
beforeAll(async () => {
  under = await startAfterCuts();
});
afterAll(() => under.close());

const count = (model: string, domain: JsonObject[string]) =>
  under.call<number>(model, 'search_count', { domain });

async function invoiced() {
  const order = await under.shipped(`I${++made}`);
  return { ...order, ...(await under.done('invoice.issue', order)) } as Record<string, string> & JsonObject;
}

test.each([
  { model: 'sale.advance.payment.inv', method: 'create' },
  { model: 'sale.advance.payment.inv', method: 'create_invoices' },
  { model: 'account.move', method: 'action_post' },
])('invoice.issue, cut at $model/$method: one posted invoice', async (only) => {
  const order = await under.shipped(`V${only.method}`);
  const reply = await under.throughCut('invoice.issue', order, only);
  expect(reply).toMatchObject({
    number: expect.stringMatching(/^INV\//),
    total: { amount: '50', currency: 'USD' },
    residual: { amount: '50', currency: 'USD' },
  });
  const origin = await under.call<{ name: string }[]>('sale.order', 'read', {
    ids: [Number(order.erpId)],
    fields: ['name'],
  });
  expect(await count('account.move', [['invoice_origin', '=', origin[0]?.name ?? '']])).toBe(1);
});

test.each([
  { model: 'account.move.reversal', method: 'create' },
  { model: 'account.move.reversal', method: 'refund_moves' },
  { model: 'account.move', method: 'write' },
  { model: 'account.move', method: 'action_post' },
])('credit-note.issue, cut at $model/$method: one credit note, of the lines alone', async (only) => {
  const { invoiceId, orderId } = await invoiced();
  const lines = [{ line: '1', sku: 'CHAI', quantity: '2' }];
  const sent = { orderId: orderId ?? '', reference: `RMA-${only.method}`, invoiceId: invoiceId ?? '', lines };
  const reply = await under.throughCut('credit-note.issue', sent, only);
  expect(reply).toMatchObject({ total: { amount: '20', currency: 'USD' } });
  expect(await count('account.move', [['reversed_entry_id', '=', Number(invoiceId)]])).toBe(1);
});

test.each([
  { model: 'account.payment.register', method: 'create' },
  { model: 'account.payment.register', method: 'action_create_payments' },
])('payment.register, cut at $model/$method: paid once', async (only) => {
  const { invoiceId, orderId } = await invoiced();
  const sent = {
    orderId: orderId ?? '',
    reference: `PAY-${only.method}`,
    invoiceId: invoiceId ?? '',
    amount: { amount: '30.25', currency: 'USD' },
    paidOn: '2026-03-02',
  };
  const reply = await under.throughCut('payment.register', sent, only);
  expect(reply).toMatchObject({ residual: { amount: '19.75', currency: 'USD' } });
  expect(await count('account.payment', [['memo', '=', sent.reference]])).toBe(1);
});

describe('refused without acting', () => {
  test('an order of which nothing was delivered, with the reason', async () => {
    const order = await under.placed('N1');
    await under.call('product.template', 'write', { ids: [1], vals: { invoice_policy: 'delivery' } });
    await expect(under.done('invoice.issue', order)).rejects.toThrow(/nothing_delivered/);
    const assessed = await under.done('invoicing.assess', order);
    expect(assessed).toMatchObject({ readiness: 'not_ready', blockers: ['nothing_delivered'] });
  });

  test.each([
    ['in another currency', { amount: '10', currency: 'EUR' }, /is in USD, the payment in EUR/],
    ['more than is left', { amount: '50.01', currency: 'USD' }, /more than the 50 that are left/],
    ['of nothing', { amount: '0', currency: 'USD' }, /is no amount/],
  ])('a payment %s', async (_, amount, words) => {
    const { invoiceId, orderId } = await invoiced();
    const sent = { orderId: orderId ?? '', reference: `PAY-X${++made}`, invoiceId: invoiceId ?? '', amount };
    await expect(under.done('payment.register', { ...sent, paidOn: '2026-03-02' })).rejects.toThrow(words);
    expect(await count('account.payment', [['memo', '=', sent.reference]])).toBe(0);
  });

  test('a credit of more than is invoiced, and of a line that is not on the invoice', async () => {
    const { invoiceId, orderId } = await invoiced();
    const note = (sku: string, line: string, quantity: string) =>
      under.done('credit-note.issue', {
        orderId: orderId ?? '',
        reference: `RMA-Y${++made}`,
        invoiceId: invoiceId ?? '',
        lines: [{ line, sku, quantity }],
      });
    await expect(note('CHAI', '1', '6')).rejects.toThrow(/6 of CHAI are more than the 5/);
    await expect(note('TOFU', '2', '1')).rejects.toThrow(/has no line for TOFU/);
    expect(await count('account.move', [['reversed_entry_id', '=', Number(invoiceId)]])).toBe(0);
  });
});

test('credit.assess: what is owed, and a limit only where one is set', async () => {
  const [row] = await under.call<{ id: number }[]>('res.partner', 'search_read', {
    domain: [['name', '=', 'Acme']],
    fields: ['name'],
    limit: 1,
  });
  const asked = { customerId: 'cu_1', erpId: String(row?.id) };
  const before = await under.done('credit.assess', asked);
  expect(Number(before['owed'])).toBeGreaterThan(0);
  expect(before).not.toHaveProperty('limit');
  await under.call('res.partner', 'write', {
    ids: [row?.id ?? 0],
    vals: { use_partner_credit_limit: true, credit_limit: 10 },
  });
  expect(await under.done('credit.assess', asked)).toMatchObject({ limit: '10', owed: before['owed'] });
});
