/**
 * Returns whose answers are cut after their commit. Real: the connector's target and HTTP. Doubled: Odoo, by the simulated one, a
 * process of its own. Observed: outcomes, and what Odoo holds in the end.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AfterCuts, startAfterCuts } from './after-cuts.ts';

let under: AfterCuts;
beforeAll(async () => {
  under = await startAfterCuts();
});
afterAll(() => under.close());

const lines = (quantity: string) => [{ line: '1', sku: 'CHAI', quantity }];

test.each([
  { model: 'stock.return.picking', method: 'create' },
  { model: 'stock.return.picking', method: 'action_create_returns' },
  { model: 'stock.picking', method: 'write' },
])('return.create, cut at $model/$method: one return', async (only) => {
  const order = await under.shipped(`A${only.method}`);
  const sent = { ...order, returnNumber: `RMA-${only.method}`, lines: lines('2') };
  const reply = await under.throughCut('return.create', sent, only);
  expect(reply).toMatchObject({ returnPlanNumber: expect.stringMatching(/^WH\/IN\//) });
  const domain = [['return_id', '=', Number(order.planId)]];
  expect(await under.call('stock.picking', 'search_count', { domain })).toBe(1);
});

test('return.receive, cut when it is validated: received once, and no more than is out comes back', async () => {
  const order = await under.shipped('B');
  const rma = { ...order, returnNumber: 'RMA-B', lines: lines('2') };
  const { returnPlanId } = await under.done('return.create', rma);
  const receipt = { ...order, returnNumber: 'RMA-B', returnPlanId, lines: lines('2'), remainder: 'cancel' };
  await under.throughCut('return.receive', receipt as never, {
    model: 'stock.picking',
    method: 'button_validate',
  });
  const [line] = await under.call<{ qty_delivered: number }[]>('sale.order.line', 'search_read', {
    domain: [['order_id', '=', Number(order.erpId)]],
    fields: ['qty_delivered'],
  });
  expect(line?.qty_delivered).toBe(3);
  await expect(
    under.done('return.create', { ...rma, returnNumber: 'RMA-C', lines: lines('4') }),
  ).rejects.toThrow(/1 more than were delivered/);
});
