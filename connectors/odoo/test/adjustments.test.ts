/**
 * `inventory.adjust`: booked once whatever is cut, together and apart, and what cannot be booked. Real: the connector's target and
 * HTTP. Doubled: Odoo, by the simulated one, a process of its own. Observed: outcomes, verdicts, and what lies in Odoo in the end.
 */
import type { Delivery, JsonObject, Target } from '@trunkline/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adjustStock, ensureWarehouse, readWarehouses } from '../src/index.ts';
import { type AfterCuts, startAfterCuts } from './after-cuts.ts';
import { startSimulatedOdoo, stockProducts } from './simulated-odoo.ts';

let under: AfterCuts;
let target: Required<Target>;
beforeAll(async () => {
  under = await startAfterCuts();
  ({ target } = under);
  await ensureWarehouse(under.odoo, { code: 'NEW', name: 'Nowhere' });
});
afterAll(() => under.close());

const adjustment = (adjustmentNumber: string, more: JsonObject = {}): JsonObject => ({
  adjustmentNumber,
  site: 'DAL',
  warehouse: 'WH',
  sku: 'CHAI',
  delta: '-3',
  reason: 'damaged',
  ...more,
});

const delivery = (id: string, payload: JsonObject): Delivery => ({
  id,
  key: `st_${id}`,
  target: 'erp',
  flow: 'test',
  type: 'inventory.adjust',
  payload,
  attempt: 1,
  ambiguous: false,
});

const signal = AbortSignal.timeout(60_000);

async function onHand(sku: string, code = 'WH'): Promise<number> {
  const place = (await readWarehouses(under.odoo)).get(code)?.stockLocationId;
  const domain = [
    ['product_id.default_code', '=', sku],
    ['location_id', '=', place ?? 0],
  ];
  const rows = await under.call<{ quantity: number }[]>('stock.quant', 'search_read', {
    domain,
    fields: ['quantity'],
  });
  return rows.reduce((sum, { quantity }) => sum + quantity, 0);
}

test.each(['create', 'action_apply_inventory'])('cut at stock.quant/%s: booked once', async (method) => {
  const before = await onHand('CHAI');
  await under.throughCut('inventory.adjust', adjustment(`A-${method}`), { model: 'stock.quant', method });
  expect(await onHand('CHAI')).toBe(before - 3);
});

test('one number for two products, and the same number of two sites, are adjustments each', async () => {
  const [chai, tofu] = [await onHand('CHAI'), await onHand('TOFU')];
  const sent = [
    delivery('1', adjustment('B')),
    delivery('2', adjustment('B', { sku: 'TOFU', delta: '0.5' })),
    delivery('3', adjustment('B', { site: 'REN', delta: '-1' })),
  ];
  expect(await target.deliver(sent, signal)).toEqual(sent.map(() => ({ kind: 'succeeded', adopted: false })));
  expect(await target.deliver(sent, signal)).toEqual(sent.map(() => ({ kind: 'succeeded', adopted: true })));
  expect([await onHand('CHAI'), await onHand('TOFU')]).toEqual([chai - 4, tofu + 0.5]);
  expect(await target.verify(sent, signal)).toEqual(sent.map(() => ({ kind: 'present' })));
});

test('the warehouse that is named has it; without a name and with several nothing is booked', async () => {
  const before = await onHand('CHAI');
  const [named, open, unknown, noProduct] = await target.deliver(
    [
      delivery('4', adjustment('C', { warehouse: 'NEW', delta: '7' })),
      delivery('5', { adjustmentNumber: 'D', site: 'DAL', sku: 'CHAI', delta: '1', reason: '' }),
      delivery('6', adjustment('E', { warehouse: 'GONE' })),
      delivery('7', adjustment('F', { sku: 'NONE' })),
    ],
    signal,
  );
  expect(named).toMatchObject({ kind: 'succeeded' });
  expect(open).toMatchObject({
    kind: 'rejected',
    detail: expect.stringContaining('odooWarehouse') as string,
  });
  expect(unknown).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('GONE') as string });
  expect(noProduct).toMatchObject({ kind: 'rejected', detail: expect.stringContaining('NONE') as string });
  expect([await onHand('CHAI', 'NEW'), await onHand('CHAI')]).toEqual([7, before]);
});

test('goods with lots are left to a person', async () => {
  const domain = [['default_code', '=', 'TOFU']];
  const [id] = await under.call<number[]>('product.product', 'search', { domain });
  await under.call('product.product', 'write', { ids: [id ?? 0], vals: { tracking: 'lot' } });
  const before = await onHand('TOFU');
  const [outcome] = await target.deliver([delivery('8', adjustment('G', { sku: 'TOFU' }))], signal);
  expect(outcome).toMatchObject({
    kind: 'rejected',
    detail: expect.stringMatching(/tracked by lots.*\/product\.product\/\d+$/) as string,
  });
  expect(await onHand('TOFU')).toBe(before);
});

test('a count that a lost call left is no basis once stock has moved: the difference is taken from what is there now', async () => {
  const before = await onHand('CHAI');
  await under.fault({ dropAfterCommitRate: 1, count: 1, only: { model: 'stock.quant', method: 'create' } });
  const sent = delivery('9', adjustment('H', { delta: '-2' }));
  await target.deliver([sent], signal);
  await under.calm();
  const order = await under.shipped('H');
  expect(order.planId).toBeDefined();
  expect(await onHand('CHAI')).toBe(before - 5);
  expect(await target.deliver([{ ...sent, attempt: 2, ambiguous: true }], signal)).toMatchObject([
    { kind: 'succeeded', adopted: false },
  ]);
  expect(await onHand('CHAI')).toBe(before - 7);
});

test('one that Odoo refuses is rejected with its words and the page of the product; the others are booked', async () => {
  const made = { default_code: 'SERVICE', name: 'Service', type: 'service' };
  const [id] = await under.call<number[]>('product.product', 'create', { vals_list: [made] });
  const before = await onHand('CHAI');
  const outcomes = await target.deliver(
    [
      delivery('10', adjustment('I', { delta: '-1' })),
      delivery('11', adjustment('J', { sku: 'SERVICE' })),
      delivery('12', adjustment('K', { warehouse: 'NEW', delta: '2' })),
    ],
    signal,
  );
  const refused = new RegExp(
    `^Quants cannot be created for consumables or services.* http\\S+/product.product/${id}$`,
  );
  expect(outcomes).toEqual([
    { kind: 'succeeded', adopted: false },
    { kind: 'rejected', code: 'target_rejected', detail: expect.stringMatching(refused) as string },
    { kind: 'succeeded', adopted: false },
  ]);
  expect(await onHand('CHAI')).toBe(before - 1);
});

test('a question of Odoo about a count is rejected by its name, with the page of the count; the others are applied', async () => {
  const eighteen = await startSimulatedOdoo('18.0');
  try {
    const { odoo } = eighteen;
    await stockProducts(odoo, ['CHAI', 'LOTS'], '10');
    const products = await odoo.client.call<{ id: number; default_code: string }[]>(
      'product.product',
      'search_read',
      { domain: [['default_code', 'in', ['CHAI', 'LOTS']]], fields: ['default_code'], order: 'default_code' },
    );
    const [chai = 0, lots = 0] = products.map(({ id }) => id);
    await odoo.client.call('product.product', 'write', { ids: [lots], vals: { tracking: 'lot' } });
    const locationId = (await readWarehouses(odoo)).get('WH')?.stockLocationId ?? 0;
    const counted = (productId: number) => ({
      reference: `L-${productId}`,
      productId,
      locationId,
      quantity: { counted: '4' },
    });
    expect(await adjustStock(odoo, [counted(lots), counted(chai)], signal)).toMatchObject([
      {
        kind: 'rejected',
        message: expect.stringContaining('stock.track.confirmation') as string,
        link: expect.stringMatching(/\/odoo\/stock\.quant\/\d+$/) as string,
      },
      { kind: 'succeeded', onHand: '4' },
    ]);
  } finally {
    await eighteen.close();
  }
});
