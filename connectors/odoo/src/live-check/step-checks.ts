import type { JsonValue } from '@trunkline/messaging';
import { createChangeStream } from '../inbound/change-stream.ts';
import { readOrderPositions } from '../inbound/order-positions.ts';
import { outgoingPickings } from '../inbound/outgoing-pickings.ts';
import { postDeliveries } from '../outbound/deliveries.ts';
import { leftBy } from '../outbound/delivery-ends.ts';
import { createReturns } from '../outbound/returns.ts';
import { type OrderToPlace, placeOrders } from '../outbound/orders.ts';
import { postShipments } from '../outbound/shipments.ts';
import { setStock } from '../outbound/stock-levels.ts';
import { ensureWarehouse } from '../outbound/warehouses.ts';
import type { PickingDocument } from '../translators/picking.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectSuccess } from './check.ts';
import { orderOf } from './orders-for-checks.ts';
import { datetimeFromOdoo } from '../values.ts';

/** Warehouses that deliver in several steps, made once and used by every run; orders and products are the run's own. */
const WAREHOUSES = [
  { code: 'TLCK2', name: 'Trunkline check, 2 steps', steps: 'pick_ship' },
  { code: 'TLCK3', name: 'Trunkline check, 3 steps', steps: 'pick_pack_ship' },
] as const;

export const stepChecks: readonly Check[] = WAREHOUSES.map(({ code, name, steps }) => ({
  name: `steps: ${steps}, the first step is the plan, and what shipped of it goes on to the customer once`,
  async run(context) {
    const { odoo, masters } = context;
    const warehouse = await ensureWarehouse(odoo, { code, name });
    if (warehouse.deliverySteps !== steps)
      await odoo.client.call('stock.warehouse', 'write', {
        ids: [warehouse.id],
        vals: { delivery_steps: steps },
      });
    const locationId = warehouse.stockLocationId;
    await setStock(
      odoo,
      masters.products.map(({ id }) => ({ productId: id, locationId, quantity: '100' })),
    );
    const order = orderOf(context, code, ['8', '4'], { warehouseId: warehouse.id });
    const [outcome] = await placeOrders(odoo, [order]);
    const { orderId } = expectSuccess(outcome, 'the order');
    const [plan, ...others] = await plansOf(context, order.externalId, orderId);
    if (plan === undefined) throw new Error('The order has no plan.');
    expectEqual(others, [], 'further plans');
    expectEqual(plan.warehouse, code, 'the warehouse that it is planned in');
    expectEqual(
      plan.moves.map(({ line, demand, quantity }) => [line, demand, quantity]),
      [
        ['0', '8', '8'],
        ['1', '4', '4'],
      ],
      'the plan, reserved',
    );
    const open = () => openOf(context, order);
    expectEqual(await open(), ['8', '4'], 'open, nothing picked');
    const shipped = (
      pickingId: number,
      quantities: readonly string[],
      remainder: 'backorder' | 'cancel',
    ) => ({
      pickingId,
      remainder,
      trackingNumber: `${context.prefix}-${pickingId}`,
      lines: quantities.map((quantity, index) => ({
        orderLineExternalId: `${order.externalId}_l${index}`,
        quantity,
      })),
    });
    const first = shipped(plan.id, ['5', '1'], 'backorder');
    const posted = expectSuccess((await postDeliveries(odoo, [first]))[0], 'the first shipment');
    expectEqual(await deliveredOf(context, orderId), [5, 1], 'delivered');
    expectEqual(await open(), ['3', '3'], 'open after the first shipment');
    const again = expectSuccess((await postDeliveries(odoo, [first]))[0], 'the same again');
    expectEqual(
      [again.name, again.adopted, again.backorderPickingId],
      [posted.name, true, posted.backorderPickingId],
      'the same again',
    );
    if (posted.backorderPickingId === null) throw new Error('no backorder was made');
    const second = shipped(posted.backorderPickingId, ['2', '0'], 'cancel');
    const last = expectSuccess((await postDeliveries(odoo, [second]))[0], 'the second shipment');
    expectEqual(await deliveredOf(context, orderId), [7, 1], 'delivered at last');
    expectEqual(await open(), ['0', '0'], 'open at last');
    const transfers = await odoo.client.call<number>('stock.picking', 'search_count', {
      domain: [
        ['sale_id', '=', orderId],
        ['state', 'not in', ['done', 'cancel']],
      ],
    });
    expectEqual(transfers, 0, 'open transfers, the rest given up');
    await pickedByHand(context, code, warehouse.id);
    const left = await leftBy(odoo, [plan.id]);
    const sku = masters.products[0]?.sku ?? '';
    const back = { orderLineExternalId: `${order.externalId}_l0`, sku, quantity: '2' };
    const reference = `${context.prefix}-${code}`;
    const [returned] = await createReturns(odoo, [{ reference, pickingId: left(plan.id), lines: [back] }]);
    expectSuccess(returned, 'a return of the first shipment');
    return `${plan.name}: ${posted.name}, then ${last.name}`;
  },
}));

/** A first step that somebody did in Odoo, in part: all of the order is still to leave. */
async function pickedByHand(context: CheckContext, code: string, warehouseId: number): Promise<void> {
  const order = orderOf(context, `${code}h`, ['8'], { warehouseId });
  const { orderId } = expectSuccess((await placeOrders(context.odoo, [order]))[0], 'a second order');
  const [plan] = await plansOf(context, order.externalId, orderId);
  const picked = [{ sku: context.masters.products[0]?.sku ?? '', quantity: '5' }];
  const [outcome] = await postShipments(context.odoo, [
    { pickingId: plan?.id ?? 0, lines: picked, remainder: 'backorder' },
  ]);
  expectSuccess(outcome, 'the first step by itself');
  expectEqual(await openOf(context, order), ['8'], 'open, a part of it picked');
}

async function openOf({ odoo }: CheckContext, order: OrderToPlace): Promise<string[]> {
  const [position] = await readOrderPositions(odoo, [order]);
  return (position?.lines ?? []).map((line) => line.open);
}

/**
 * What the hub sees of an order: the transfers that its stream of changes hands out, as they are now. From the order's creation on: a busy
 * server has more changes in a day than a check can read.
 */
async function plansOf(
  { odoo, prefix }: CheckContext,
  order: string,
  orderId: number,
): Promise<readonly PickingDocument[]> {
  const [created] = await odoo.client.call<{ create_date: string }[]>('sale.order', 'read', {
    ids: [orderId],
    fields: ['create_date'],
  });
  const stream = createChangeStream(outgoingPickings(odoo, `${prefix}_so_`), {
    system: 'check',
    odoo,
    intervalMs: 1000,
    overlapSeconds: 60,
    ...(created === undefined ? {} : { from: datetimeFromOdoo(created.create_date) }),
  });
  const found = new Map<number, PickingDocument>();
  let cursor: JsonValue | undefined;
  for (let more = true, page = 0; more && page < 50; page += 1) {
    const polled = await stream.poll(cursor, AbortSignal.timeout(60_000));
    for (const { key, payload } of polled.messages) {
      const picking = payload as unknown as PickingDocument;
      if (key === order) found.set(picking.id, picking);
    }
    ({ cursor, more } = polled);
  }
  return [...found.values()];
}

async function deliveredOf({ odoo }: CheckContext, orderId: number): Promise<number[]> {
  const rows = await odoo.client.call<{ qty_delivered: number }[]>('sale.order.line', 'search_read', {
    domain: [['order_id', '=', orderId]],
    fields: ['qty_delivered'],
    order: 'id',
  });
  return rows.map(({ qty_delivered }) => qty_delivered);
}
