/**
 * A transfer that ships more than a place has takes the reservations of others there, between the reading of one of them and its
 * validation. Real: the connector's operations and HTTP. Doubled: Odoo, by the simulated one. Observed: what was delivered in the end.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeOrders } from '../src/outbound/orders.ts';
import { postShipments } from '../src/outbound/shipments.ts';
import type { Odoo } from '../src/external-ids.ts';
import { type SimulatedOdoo, startSimulatedOdoo, stockProducts } from './simulated-odoo.ts';

let simulated: SimulatedOdoo;
beforeAll(async () => {
  simulated = await startSimulatedOdoo();
});
afterAll(() => simulated.close());

/** A confirmed order's delivery of so many. */
async function delivery(sku: string, externalId: string, quantity: string): Promise<number> {
  const { odoo } = simulated;
  await odoo.client.call('res.partner', 'load', { fields: ['id', 'name'], data: [['trunkline.c_1', 'C']] });
  const [placed] = await placeOrders(odoo, [
    {
      externalId,
      partnerExternalId: 'c_1',
      customerReference: externalId,
      lines: [{ externalId: `${externalId}_1`, productExternalId: `p_${sku}`, quantity, unitPrice: '1' }],
    },
  ]);
  if (placed?.kind !== 'succeeded') throw new Error(JSON.stringify(placed));
  return placed.pickingIds[0] ?? 0;
}

/** The client, before whose next call of this method something else happens. */
function interrupted({ client, ...odoo }: Odoo, method: string, happening: () => Promise<unknown>): Odoo {
  let left = 1;
  const call: typeof client.call = async (model, called, args, options) => {
    if (`${model}.${called}` === method && left-- > 0) await happening();
    return client.call(model, called, args, options);
  };
  return { ...odoo, client: { ...client, call } };
}

const shipped = (pickingId: number, sku: string, quantity: string) => ({
  pickingId,
  lines: [{ sku, quantity }],
  remainder: 'backorder' as const,
});

async function done(pickingId: number): Promise<unknown> {
  return simulated.odoo.client.call('stock.move', 'search_read', {
    domain: [
      ['picking_id', '=', pickingId],
      ['state', '=', 'done'],
    ],
    fields: ['quantity'],
  });
}

test.each(['stock.move.read', 'stock.move.write', 'stock.picking.button_validate'])(
  'taken before %s: all of what left is delivered, or it is no success',
  async (method) => {
    const sku = `T-${method}`;
    await stockProducts(simulated.odoo, [sku], '40');
    const first = await delivery(sku, `a-${method}`, '12');
    const second = await delivery(sku, `b-${method}`, '31');
    const odoo = interrupted(simulated.odoo, method, () =>
      postShipments(simulated.odoo, [shipped(second, sku, '31')]),
    );
    expect(await postShipments(odoo, [shipped(first, sku, '12')])).toMatchObject([{ kind: 'succeeded' }]);
    expect(await done(second)).toMatchObject([{ quantity: 31 }]);
    expect(await done(first)).toMatchObject([{ quantity: 12 }]);
  },
);
