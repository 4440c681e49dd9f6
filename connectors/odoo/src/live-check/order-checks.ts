import type { OdooClient } from '../client.ts';
import { createOdooClient } from '../client.ts';
import { OdooError } from '../errors.ts';
import { readOrderPositions } from '../inbound/order-positions.ts';
import { countByCustomerReference, findOrders } from '../outbound/order-lookup.ts';
import { placeOrders } from '../outbound/orders.ts';
import { upsertPartners } from '../outbound/partners.ts';
import { upsertProducts } from '../outbound/products.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection, expectSuccess } from './check.ts';
import { orderOf, placeOne } from './orders-for-checks.ts';

export const orderChecks: readonly Check[] = [
  {
    name: 'partners: the same again gives the same record, a bad one does not stop the others',
    async run({ odoo, prefix }) {
      const good = { externalId: `${prefix}_p2`, name: `Second ${prefix}`, email: 'a@example.com' };
      const bad = { externalId: `${prefix}_p3`, name: '' };
      const first = await upsertPartners(odoo, [bad, good]);
      const second = await upsertPartners(odoo, [good]);
      expectRejection(first[0], 'odoo-refused', 'a partner without a name');
      const { partnerId } = expectSuccess(first[1], 'the good partner');
      expectEqual(expectSuccess(second[0], 'the same again').partnerId, partnerId, 'the second id');
      return `partner ${partnerId}`;
    },
  },
  {
    name: 'products: the same again gives the same record',
    async run({ odoo, masters, prefix }) {
      const [product] = masters.products;
      if (product === undefined) throw new Error('no product');
      const again = { externalId: product.externalId, sku: product.sku, name: `Renamed ${prefix}` };
      const [outcome] = await upsertProducts(odoo, [again]);
      expectEqual(expectSuccess(outcome, 'the same again').productId, product.id, 'the second id');
      return `product ${product.id}`;
    },
  },
  {
    name: 'orders: a batch is confirmed, the same again is adopted, one order per customer PO',
    async run(context) {
      const orders = ['b0', 'b1', 'b2'].map((name) => orderOf(context, name, ['5', '2.5', '1']));
      const first = await placeOrders(context.odoo, orders);
      const second = await placeOrders(context.odoo, orders);
      first.forEach((outcome, index) => {
        const placed = expectSuccess(outcome, `order ${index}`);
        const again = expectSuccess(second[index], `order ${index} again`);
        expectEqual([again.orderId, again.adopted], [placed.orderId, true], 'the second call');
      });
      await expectOneEach(
        context,
        orders.map(({ customerReference }) => customerReference),
      );
      return first.map((outcome) => expectSuccess(outcome, 'order').name).join(', ');
    },
  },
  {
    name: 'orders: one with an unknown product is rejected by name, the others are confirmed',
    async run(context) {
      const bad = orderOf(context, 'x1', ['1', '1']);
      const [line] = bad.lines;
      if (line === undefined) throw new Error('no line');
      const orders = [
        orderOf(context, 'x0', ['1']),
        { ...bad, lines: [{ ...line, productExternalId: `${context.prefix}_nope` }] },
        orderOf(context, 'x2', ['1']),
      ];
      const outcomes = await placeOrders(context.odoo, orders);
      expectSuccess(outcomes[0], 'the first');
      expectSuccess(outcomes[2], 'the third');
      return expectRejection(outcomes[1], 'odoo-refused', 'an unknown product');
    },
  },
  {
    name: 'orders: requested date, price and quantity arrive as they were sent',
    async run(context) {
      const order = orderOf(context, 'v', ['2.5'], { requestedAt: '2031-03-04T23:30:00-05:00' });
      const [outcome] = await placeOrders(context.odoo, [order]);
      const { orderId } = expectSuccess(outcome, 'the order');
      const [row] = await context.odoo.client.call<{ commitment_date: string }[]>('sale.order', 'read', {
        ids: [orderId],
        fields: ['commitment_date'],
      });
      const [line] = await context.odoo.client.call<{ price_unit: number; product_uom_qty: number }[]>(
        'sale.order.line',
        'search_read',
        {
          domain: [['order_id', '=', orderId]],
          fields: ['price_unit', 'product_uom_qty'],
        },
      );
      expectEqual(row?.commitment_date, '2031-03-05 04:30:00', 'the requested date');
      expectEqual([line?.price_unit, line?.product_uom_qty], [9.8, 2.5], 'price and quantity');
      return '2031-03-05 04:30:00 UTC, 2.5 at 9.80';
    },
  },
  {
    name: 'orders: found by the customer PO where external ids may not be read',
    async run(context) {
      const { order, orderId } = await placeOne(context, 'f', ['1']);
      const restricted = { ...context.odoo, client: withoutExternalIdAccess(context.odoo.client) };
      const found = await findOrders(restricted, [order]);
      expectEqual(found.get(order.externalId)?.id, orderId, 'the order found');
      return `order ${orderId}`;
    },
  },
  {
    name: 'orders: an answer that was lost is made good by the same call',
    async run(context) {
      const orders = ['t0', 't1', 't2', 't3'].map((name) => orderOf(context, name, ['1', '1', '1']));
      const impatient = createOdooClient({ ...context.connection, timeoutMs: 400 });
      const lost = await placeOrders({ ...context.odoo, client: impatient }, orders);
      await impatient.close();
      for (const [index, outcome] of (await placeOrders(context.odoo, orders)).entries()) {
        if (outcome.kind !== 'retry') expectSuccess(outcome, `order ${index}`);
      }
      const settled = await placeOrders(context.odoo, orders);
      settled.forEach((outcome, index) => expectSuccess(outcome, `order ${index} at last`));
      await expectOneEach(
        context,
        orders.map(({ customerReference }) => customerReference),
      );
      return `the impatient call saw: ${[...new Set(lost.map(({ kind }) => kind))].join(', ')}`;
    },
  },
  {
    name: 'orders: two calls at once make one order',
    async run(context) {
      const order = orderOf(context, 'c', ['1']);
      const rival = createOdooClient(context.connection);
      const both = await Promise.all([
        placeOrders(context.odoo, [order]),
        placeOrders({ ...context.odoo, client: rival }, [order]),
      ]);
      await rival.close();
      const [settled] = await placeOrders(context.odoo, [order]);
      expectSuccess(settled, 'the order at last');
      await expectOneEach(context, [order.customerReference]);
      return both
        .flat()
        .map(({ kind }) => kind)
        .join(' and ');
    },
  },
  {
    name: 'orders: a cancelled order is not confirmed again',
    async run(context) {
      const { order, orderId } = await placeOne(context, 'k', ['1']);
      await context.odoo.client.call('sale.order', 'action_cancel', {
        ids: [orderId],
        context: { disable_cancel_warning: true },
      });
      const [outcome] = await placeOrders(context.odoo, [order]);
      return expectRejection(outcome, 'odoo-order-cancelled', 'a cancelled order');
    },
  },
  {
    name: 'positions: ordered = delivered + open + cancelled',
    async run(context) {
      const { order } = await placeOne(context, 'q', ['4', '2']);
      const [position] = await readOrderPositions(context.odoo, [order]);
      const lines = position?.lines.map(({ ordered, delivered, open, cancelled }) => [
        ordered,
        delivered,
        open,
        cancelled,
      ]);
      expectEqual(
        lines,
        [
          ['4', '0', '4', '0'],
          ['2', '0', '2', '0'],
        ],
        'the lines',
      );
      return `${position?.name}: ${JSON.stringify(lines)}`;
    },
  },
];

async function expectOneEach({ odoo }: CheckContext, references: readonly string[]): Promise<void> {
  const counts = await countByCustomerReference(odoo, references);
  for (const reference of references)
    expectEqual(counts.get(reference), 1, `orders with the PO ${reference}`);
}

/** The same account without the right that only the group "Access Rights" gives. */
function withoutExternalIdAccess(client: OdooClient): OdooClient {
  const refusal = new OdooError({
    kind: 'refused',
    name: 'odoo.exceptions.AccessError',
    message: 'Not allowed.',
  });
  return {
    ...client,
    call: (model, method, args, options) =>
      model === 'ir.model.data' ? Promise.reject(refusal) : client.call(model, method, args, options),
  };
}
