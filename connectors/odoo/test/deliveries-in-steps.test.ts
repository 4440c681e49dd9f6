/**
 * `shipment.post` in a warehouse that picks, packs and ships, cut at each of its three validations. Real: the connector's target and
 * HTTP. Doubled: Odoo, by the simulated one. Observed: outcomes, verdicts, and what was delivered in the end.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureWarehouse, setStock } from '../src/index.ts';
import { postShipments } from '../src/outbound/shipments.ts';
import { type AfterCuts, startAfterCuts } from './after-cuts.ts';

describe.each(['19.0', '17.0', '16.0'] as const)('Odoo %s', (series) => {
  let under: AfterCuts;
  beforeAll(async () => {
    under = await startAfterCuts(series);
    const warehouse = await ensureWarehouse(under.odoo, { code: 'PPS', name: 'Pick, pack, ship' });
    await under.call('stock.warehouse', 'write', {
      ids: [warehouse.id],
      vals: { delivery_steps: 'pick_pack_ship' },
    });
    const [productId] = await under.call<number[]>('product.product', 'search', {
      domain: [['default_code', '=', 'CHAI']],
    });
    await setStock(under.odoo, [
      { productId: productId ?? 0, locationId: warehouse.stockLocationId, quantity: '1000' },
    ]);
  });
  afterAll(() => under.close());

  const stepsOf = (orderNumber: string) =>
    under.call<{ id: number; name: string; state: string }[]>('stock.picking', 'search_read', {
      domain: [['sale_id.client_order_ref', '=', orderNumber]],
      fields: ['name', 'state'],
      order: 'id',
    });

  test.each([0, 1, 2])(
    'cut after %i steps: each is validated once, and the rest waits to be picked',
    async (before) => {
      const order = await under.placed(`P${before}`, 'PPS');
      const lines = [{ line: '1', sku: 'CHAI', quantity: '3' }];
      for (let step = 0; step < before; step += 1) {
        const open = (await stepsOf(`PO-P${before}`)).find(({ name, state }) =>
          step === 0 ? name.includes('/PICK/') : name.includes('/PACK/') && state !== 'done',
        );
        const shipment = { pickingId: open?.id ?? 0, lines: [{ sku: 'CHAI', quantity: '3' }] };
        await postShipments(under.odoo, [{ ...shipment, remainder: 'backorder' }]);
      }
      const sent = {
        ...order,
        remainder: 'backorder',
        shipment: {
          shipmentNumber: 'S',
          releaseNumber: 'R',
          shippedAt: '2026-03-02T10:00:00Z',
          lines,
          packages: [],
        },
      };
      const cut = { model: 'stock.picking', method: 'button_validate' };
      const reply = await under.throughCut('shipment.post', sent as never, cut);
      const steps = await stepsOf(`PO-P${before}`);
      // 16 and 17 plan what is left of all steps at once.
      const planned = series === '19.0' ? [] : ['OUT waiting', 'PACK waiting'];
      expect(steps.map(({ name, state }) => `${name.split('/')[1]} ${state}`).sort()).toEqual(
        ['OUT done', 'PACK done', 'PICK assigned', 'PICK done', ...planned].sort(),
      );
      expect(reply['remainderPlanId']).toBe(String(steps.find(({ state }) => state === 'assigned')?.id));
      const [line] = await under.call<{ qty_delivered: number }[]>('sale.order.line', 'search_read', {
        domain: [['order_id', '=', Number(order.erpId)]],
        fields: ['qty_delivered'],
      });
      expect(line?.qty_delivered).toBe(3);
      const rma = {
        ...order,
        returnNumber: `RMA-${before}`,
        lines: [{ line: '1', sku: 'CHAI', quantity: '2' }],
      };
      const { returnPlanId } = await under.done('return.create', rma);
      const [returned] = await under.call<{ return_id: [number, string] }[]>('stock.picking', 'read', {
        ids: [Number(returnPlanId)],
        fields: ['return_id'],
      });
      expect(returned?.return_id[1], 'goods come back from the customer').toContain('/OUT/');
    },
  );
});
