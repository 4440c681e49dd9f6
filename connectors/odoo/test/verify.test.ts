/**
 * The ERP's target against the simulated Odoo, a process of its own: what every target promises, and for each command that it takes
 * and each call of it that writes, what is found after the answer to that call was cut. Real: HTTP, sockets that die after the
 * commit. Doubled: Odoo. Observed: outcomes, verdicts, and what the simulator holds in the end.
 */
import { describeTarget } from '@trunkline/messaging/conformance';
import type { Delivery, JsonObject, JsonValue, Outcome, Target, Verification } from '@trunkline/messaging';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SimulatedOdoo, startSimulatedOdoo, stockProducts } from './simulated-odoo.ts';

const signal = new AbortController().signal;

function delivery(id: string, type: string, payload: unknown): Delivery {
  const base = { id, key: `so_${id}`, target: 'erp', flow: 'test', attempt: 1, ambiguous: false };
  return { ...base, type, payload: payload as JsonObject };
}

const address = (street: string) => ({
  name: 'Acme',
  lines: [street, 'Yard 2'],
  city: 'Cork',
  country: 'IE',
});

const upsert = (n: number, more: JsonObject = {}): Delivery =>
  delivery(`c${n}`, 'customer.upsert', {
    revision: 1,
    customer: {
      id: `cu_${n}`,
      name: `Acme ${n}`,
      accountNumber: `A${n}`,
      billTo: address('1 Road'),
      ...more,
    },
  });

const place = (id: string, more: JsonObject = {}): Delivery =>
  delivery(id, 'order.place', {
    order: {
      id: `so_${id}`,
      source: { system: 'crm', id },
      customerId: 'cu_1',
      customerPo: `PO-${id}`,
      currency: 'USD',
      backorderPolicy: 'backorder',
      shipTo: address(`${id} Street`),
      lines: [
        { line: '1', sku: 'CHAI', quantity: '4', unit: 'EA', unitPrice: '2.50' },
        { line: '2', sku: 'TOFU', quantity: '3', unit: 'EA', unitPrice: '1' },
      ],
      ...more,
    },
  });

/** Three of the four: the write of a quantity is one of the calls. */
const post = (id: string, planId: number, remainder: 'backorder' | 'cancel' = 'backorder'): Delivery =>
  delivery(id, 'shipment.post', {
    orderId: `so_${id}`,
    planId: String(planId),
    remainder,
    shipment: {
      shipmentNumber: `SHP-${id}`,
      releaseNumber: `R-${id}`,
      trackingNumber: `1Z-${id}`,
      shippedAt: '2026-03-02T10:00:00Z',
      lines: [
        { line: '1', sku: 'CHAI', quantity: '3' },
        { line: '2', sku: 'TOFU', quantity: '3' },
      ],
      packages: [],
    },
  });

async function started(): Promise<SimulatedOdoo & { readonly target: Required<Target> }> {
  const simulated = await startSimulatedOdoo();
  await stockProducts(simulated.odoo, ['CHAI', 'TOFU'], '100000');
  const target = simulated.connector.target as Required<Target>;
  expect(await target.deliver([upsert(1)], signal)).toMatchObject([{ kind: 'succeeded' }]);
  return { ...simulated, target };
}

describeTarget('Odoo, for orders', async () => {
  const simulated = await started();
  return {
    target: simulated.target,
    deliveries: (count) => Array.from({ length: count }, (_, n) => place(`D${n}`)),
    refused: () =>
      place('BAD', { lines: [{ line: '1', sku: 'NONE', quantity: '1', unit: 'EA', unitPrice: '1' }] }),
    malformed: () => [
      place('LESS', { lines: [] }),
      delivery('NONE', 'order.place', { order: { id: 'so_NONE' } }),
      place('WORD', { lines: [{ line: '1', sku: 'CHAI', quantity: 'four', unit: 'EA', unitPrice: '1' }] }),
    ],
    effects: () => simulated.odoo.client.call<number>('sale.order', 'search_count', { domain: [] }),
    close: () => simulated.close(),
  };
});

describe('after the answer to a writing call was cut', () => {
  let under: Awaited<ReturnType<typeof started>>;
  let made = 0;
  beforeAll(async () => {
    under = await started();
  });
  beforeEach(() => under.calm());
  afterAll(() => under.close());

  const next = () => `X${++made}`;
  const call = <T>(model: string, method: string, named: JsonObject) =>
    under.odoo.client.call<T>(model, method, named as Record<string, JsonValue>);
  const count = (model: string, domain: JsonValue) => call<number>(model, 'search_count', { domain });

  async function placed(id: string): Promise<number> {
    const [outcome] = await under.target.deliver([place(id)], signal);
    if (outcome?.kind !== 'succeeded') throw new Error(JSON.stringify(outcome));
    const [row] = await call<{ picking_ids: number[] }[]>('sale.order', 'read', {
      ids: [Number(outcome.reply?.['erpId'])],
      fields: ['picking_ids'],
    });
    return row?.picking_ids[0] ?? 0;
  }

  /** As the engine does: verify what is unknown, send again what is not there. */
  async function throughCut(
    sent: Delivery,
    only: { readonly model: string; readonly method: string },
  ): Promise<{ first: Outcome; verdict: Verification | undefined; last: Outcome }> {
    const before = await under.cuts();
    await under.fault({ dropAfterCommitRate: 1, count: 1, only });
    const [first] = await under.target.deliver([sent], signal);
    expect(await under.cuts(), 'the call was made and its answer cut').toBe(before + 1);
    if (first === undefined) throw new Error('No outcome.');
    if (first.kind !== 'unknown') return { first, verdict: undefined, last: first };
    const [verdict] = await under.target.verify([sent], signal);
    if (verdict?.kind === 'present') return { first, verdict, last: { ...verdict, kind: 'succeeded' } };
    const [last] = await under.target.deliver([{ ...sent, attempt: 2, ambiguous: true }], signal);
    if (last === undefined) throw new Error('No outcome.');
    return { first, verdict, last };
  }

  /** What a try without any fault answers: verify must answer the same. */
  async function expectSameReply(sent: Delivery, last: Outcome): Promise<void> {
    const [again] = await under.target.deliver([{ ...sent, attempt: 3, ambiguous: true }], signal);
    const reply = (outcome: Outcome | undefined) =>
      outcome?.kind === 'succeeded' ? { reply: outcome.reply, identifiers: outcome.identifiers } : outcome;
    expect(reply(last)).toEqual(reply(again));
    const [verdict] = await under.target.verify([sent], signal);
    expect(verdict).toEqual({ kind: 'present', ...reply(again) });
  }

  test('customer.upsert: the partner stands there once; other content is not there', async () => {
    const sent = upsert(77, { email: 'buy@acme.example' });
    expect(await under.target.verify([sent], signal)).toEqual([{ kind: 'absent' }]);
    const { verdict, last } = await throughCut(sent, { model: 'res.partner', method: 'load' });
    expect(verdict).toMatchObject({ kind: 'present' });
    await expectSameReply(sent, last);
    expect(await count('res.partner', [['ref', '=', 'A77']])).toBe(1);
    for (const more of [
      { email: 'other@acme.example' },
      { billTo: { ...address('1 Road'), country: 'DE' } },
      { billTo: address('2 Road') },
    ])
      expect(await under.target.verify([upsert(77, more)], signal)).toEqual([{ kind: 'absent' }]);
  });

  test.each([
    { model: 'res.partner', method: 'load' },
    { model: 'sale.order', method: 'load' },
    { model: 'sale.order', method: 'action_confirm' },
  ])('order.place, cut at $model/$method: one confirmed order', async (only) => {
    const id = next();
    const { last } = await throughCut(place(id), only);
    await expectSameReply(place(id), last);
    expect(await count('sale.order', [['client_order_ref', '=', `PO-${id}`]])).toBe(1);
    expect(await count('sale.order.line', [['order_id.client_order_ref', '=', `PO-${id}`]])).toBe(2);
    expect(await count('stock.picking', [['sale_id.client_order_ref', '=', `PO-${id}`]])).toBe(1);
  });

  test('order.place: while Odoo cannot be read, whether it landed is undecided', async () => {
    const id = next();
    await placed(id);
    await under.fault({ dropAfterCommitRate: 1, count: 9, only: { model: 'sale.order' } });
    expect(await under.target.verify([place(id)], signal)).toMatchObject([{ kind: 'undecided' }]);
    await under.calm();
    expect(await under.target.verify([place(id), place('never')], signal)).toMatchObject([
      { kind: 'present', reply: { number: expect.stringMatching(/^S\d+$/) } },
      { kind: 'absent' },
    ]);
  });

  test.each([
    { type: 'order.change', method: 'load' },
    { type: 'order.cancel', method: 'action_cancel' },
  ])('$type, cut at sale.order/$method: there once', async ({ type, method }) => {
    const id = next();
    const [outcome] = await under.target.deliver([place(id)], signal);
    if (outcome?.kind !== 'succeeded') throw new Error(JSON.stringify(outcome));
    const erpId = String(outcome.reply?.['erpId']);
    const lines = [
      { line: '1', sku: 'CHAI', quantity: '9' },
      { line: '3', sku: 'TOFU', quantity: '2' },
    ];
    const sent = delivery(id, type, { orderId: `so_${id}`, erpId, revision: 2, lines });
    expect(await under.target.verify([sent], signal)).toEqual([{ kind: 'absent' }]);
    const { last } = await throughCut(sent, { model: 'sale.order', method });
    await expectSameReply(sent, last);
    const numbered = await count('sale.order.line', [['order_id', '=', Number(erpId)]]);
    expect(numbered).toBe(type === 'order.change' ? 3 : 2);
  });

  test.each([
    { model: 'stock.move', method: 'write' },
    { model: 'stock.picking', method: 'load' },
    { model: 'stock.picking', method: 'button_validate' },
  ])('shipment.post, cut at $model/$method: booked once, with one backorder', async (only) => {
    const id = next();
    const plan = await placed(id);
    expect(await under.target.verify([post(id, plan)], signal)).toEqual([{ kind: 'absent' }]);
    const { last } = await throughCut(post(id, plan), only);
    await expectSameReply(post(id, plan), last);
    expect(last).toMatchObject({ reply: { remainderPlanId: expect.stringMatching(/^\d+$/) } });
    const pickings = await call<{ id: number; state: string }[]>('stock.picking', 'search_read', {
      domain: [['sale_id.client_order_ref', '=', `PO-${id}`]],
      fields: ['state'],
      order: 'id',
    });
    expect(pickings.map(({ state }) => state)).toEqual(['done', 'assigned']);
    const moves = await call<{ quantity: number }[]>('stock.move', 'search_read', {
      domain: [
        ['picking_id', '=', plan],
        ['state', '=', 'done'],
      ],
      fields: ['quantity'],
    });
    expect(moves.map(({ quantity }) => quantity).sort()).toEqual([3, 3]);
  });

  test('backorder.cancel: what is cancelled is found, what is open is not', async () => {
    const id = next();
    const plan = await placed(id);
    const sent = delivery(id, 'backorder.cancel', { orderId: `so_${id}`, planId: String(plan) });
    expect(await under.target.verify([sent], signal)).toEqual([{ kind: 'absent' }]);
    const { last } = await throughCut(sent, { model: 'stock.picking', method: 'action_cancel' });
    expect(last).toMatchObject({ kind: 'succeeded', reply: { planId: String(plan) } });
    expect(await under.target.verify([sent], signal)).toEqual([
      { kind: 'present', reply: { planId: String(plan) } },
    ]);
    expect(await count('stock.picking', [['sale_id.client_order_ref', '=', `PO-${id}`]])).toBe(1);
  });

  test('a batch of all kinds is answered at its places, and what was done otherwise is not there', async () => {
    const [a, b] = [next(), next()];
    const [planA, planB] = [await placed(a), await placed(b)];
    await under.target.deliver([post(a, planA, 'cancel')], signal);
    const other = post(b, planA);
    const unknownCommand = delivery('u', 'order.frobnicate', {});
    const batch = [post(b, planB), place(a), unknownCommand, upsert(1), other, post(a, planA, 'cancel')];
    const verdicts = await under.target.verify(batch, signal);
    expect(verdicts.map(({ kind }) => kind)).toEqual([
      'absent',
      'present',
      'absent',
      'present',
      'absent',
      'present',
    ]);
  });
});
