/**
 * Orders that people change in Odoo, and records looked up by id. Real: the stream, the sweep, HTTP, both sides of it. Doubled: Odoo, by
 * the simulator as a process of its own. Observed: the messages, what they are translated to, and marks before and after a change.
 */
import type { IncomingMessage, JsonValue } from '@trunkline/messaging';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { placeOrders } from '../src/index.ts';
import { createChangeStream } from '../src/inbound/change-stream.ts';
import { saleOrders } from '../src/inbound/sale-orders.ts';
import { type SimulatedOdoo, startSimulatedOdoo, stockProducts } from './simulated-odoo.ts';

const SIGNAL = AbortSignal.timeout(120_000);

let simulated: SimulatedOdoo;
let clockMs = 0;
let made = 0;

beforeAll(async () => {
  simulated = await startSimulatedOdoo();
  await stockProducts(simulated.odoo, ['BOLT', 'NUT'], '1000');
});
beforeEach(() => simulated.calm());
afterAll(() => simulated.close());

const call = <T>(model: string, method: string, args: Record<string, unknown>) =>
  simulated.odoo.client.call<T>(model, method, args);

async function ids(model: string, domain: readonly unknown[]): Promise<number[]> {
  return (await call<{ id: number }[]>(model, 'search_read', { domain, fields: ['id'], order: 'id' })).map(
    ({ id }) => id,
  );
}

async function placed(): Promise<{ key: string; id: number; plan: number }> {
  const key = `so_x${++made}`;
  const customer = { fields: ['id', 'name'], data: [[`trunkline.cu_x${made}`, 'Acme']] };
  await call('res.partner', 'load', customer);
  const [outcome] = await placeOrders(simulated.odoo, [
    {
      externalId: key,
      partnerExternalId: `cu_x${made}`,
      customerReference: key,
      lines: [
        { externalId: `${key}_l1`, productExternalId: 'p_BOLT', quantity: '4' },
        { externalId: `${key}_l2`, productExternalId: 'p_NUT', quantity: '2' },
      ],
    },
  ]);
  expect(outcome).toMatchObject({ kind: 'succeeded' });
  const [id = 0] = await ids('sale.order', [['client_order_ref', '=', key]]);
  const [plan = 0] = await ids('stock.picking', [['sale_id', '=', id]]);
  return { key, id, plan };
}

/** Everything that the stream hands out from now on, a minute after what happened. */
function reader() {
  const options = { system: 'erp', odoo: simulated.odoo, intervalMs: 1, overlapSeconds: 15 };
  const poller = createChangeStream(saleOrders(simulated.odoo), { ...options, nowMs: () => clockMs });
  let cursor: JsonValue | undefined;
  return async (): Promise<readonly IncomingMessage[]> => {
    clockMs += 60_000;
    await simulated.advance(60);
    const messages: IncomingMessage[] = [];
    for (let more = true; more; ) {
      const polled = await poller.poll(cursor, SIGNAL);
      ({ cursor, more } = polled);
      messages.push(...polled.messages);
    }
    return messages;
  };
}

const translated = ([message]: readonly IncomingMessage[]) =>
  message === undefined
    ? undefined
    : simulated.connector.translate({ ...message, id: '1', acceptedAt: '2026-03-01T12:00:00Z' });

test('a changed quantity, an added line and a cancellation each bring the order; a description does not', async () => {
  const { key, id } = await placed();
  const read = reader();
  expect((await read()).filter((message) => message.key === key)).toHaveLength(1);
  await read();
  const [line = 0] = await ids('sale.order.line', [['order_id', '=', id]]);

  await call('sale.order.line', 'write', { ids: [line], vals: { name: 'Said otherwise' } });
  expect(await read()).toEqual([]);

  await call('sale.order.line', 'write', { ids: [line], vals: { product_uom_qty: 6 } });
  const changed = await read();
  expect(changed).toMatchObject([{ key, type: 'sale.order' }]);
  const lines = [
    { line: '1', sku: 'BOLT', ordered: '6' },
    { line: '2', sku: 'NUT', ordered: '2' },
  ];
  expect(translated(changed)).toMatchObject({
    kind: 'events',
    events: [{ type: 'order.changed-in-erp', erpId: String(id), state: 'confirmed', lines }],
  });

  const [product] = await ids('product.product', [['default_code', '=', 'NUT']]);
  const vals_list = [{ order_id: id, product_id: product, product_uom_qty: 1 }];
  await call('sale.order.line', 'create', { vals_list });
  const added = { sku: 'NUT', ordered: '1' };
  expect(translated(await read())).toMatchObject({ events: [{ lines: [...lines, added] }] });

  await call('sale.order', 'action_cancel', { ids: [id] });
  expect(translated(await read())).toMatchObject({ events: [{ state: 'cancelled' }] });
});

test('an order that was entered in Odoo is none of the hub’s business', async () => {
  const read = reader();
  await read();
  const [partner] = await ids('res.partner', [['name', '=', 'Acme']]);
  await call('sale.order', 'create', { vals_list: [{ partner_id: partner }] });
  expect(await read()).toEqual([]);
});

test('a mark changes with a record and with all that belongs to it, also in a transaction that ends late', async () => {
  const { id, plan } = await placed();
  const { sweep } = simulated.connector;
  const held = [
    { record: 'order' as const, id: String(id) },
    { record: 'plan' as const, id: String(plan) },
    { record: 'plan' as const, id: '999999' },
  ];
  const marks = async () => (await sweep?.marks(held, SIGNAL)) ?? [];
  const [order, before, missing] = await marks();
  expect(missing).toBeUndefined();
  expect(await marks()).toEqual([order, before, undefined]);

  await simulated.advance(60);
  const [bolt = 0, nut = 0] = await ids('stock.move', [['picking_id', '=', plan]]);
  await call('stock.move', 'write', { ids: [nut], vals: { quantity: 1 } });
  const [, newer] = await marks();
  expect(newer).not.toBe(before);
  // It began before the change that was seen, so the newest stamp stays what it was.
  await simulated.fault({ lateSeconds: 30 });
  await call('stock.move', 'write', { ids: [bolt], vals: { quantity: 3 } });
  const [, late] = await marks();
  expect(late).not.toBe(newer);

  const [own, picking] = (await sweep?.read(held.slice(0, 2), SIGNAL)) ?? [];
  expect(own?.map(({ type }) => type)).toEqual(['sale.order', 'stock.picking']);
  expect(picking).toMatchObject([{ payload: { moves: [{ quantity: '3' }, { quantity: '1' }] } }]);
});
