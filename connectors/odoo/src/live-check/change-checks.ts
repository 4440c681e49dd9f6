import { readOrderPositions } from '../inbound/order-positions.ts';
import { cancelOrders } from '../outbound/cancel-orders.ts';
import { changeOrders } from '../outbound/change-orders.ts';
import { postShipments } from '../outbound/shipments.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection, expectSuccess } from './check.ts';
import { placeOne } from './orders-for-checks.ts';
import { LOCK_AN_ORDER } from '../versions/differences.ts';
import { valueAt } from '../versions/lookup.ts';

export const changeAndCancelChecks: readonly Check[] = [
  {
    name: 'changes of an order: a line raised, one lowered, one added; the same again changes nothing',
    async run(context) {
      const { odoo, masters } = context;
      const { order, orderId, name } = await placeOne(context, 'ch1', ['10', '4']);
      const change = {
        orderId,
        externalId: order.externalId,
        lines: [
          line(context, 'ch1', 0, '12'),
          line(context, 'ch1', 1, '1.5'),
          { ...line(context, 'ch1', 2, '3'), unitPrice: '7.25' },
        ],
      };
      const [first] = await changeOrders(odoo, [change]);
      expectEqual(expectSuccess(first, 'the change').adopted, false, 'adopted');
      const expected = [
        ['12', '12'],
        ['1.5', '1.5'],
        ['3', '3'],
      ];
      expectEqual(await orderedAndOpen(context, order), expected, 'ordered and open');
      const [second] = await changeOrders(odoo, [change]);
      expectEqual(expectSuccess(second, 'the same again').adopted, true, 'adopted the second time');
      const [third] = await changeOrders(odoo, [{ ...change, lines: [line(context, 'ch1', 1, '0')] }]);
      expectSuccess(third, 'a line given up');
      expectEqual((await orderedAndOpen(context, order))[1], ['0', '0'], 'the line given up');
      return `${name} with ${masters.products.length} products`;
    },
  },
  {
    name: 'changes of an order: not below what has left; more after it has left makes a further transfer',
    async run(context) {
      const { odoo } = context;
      const { order, orderId, pickingId } = await placeOne(context, 'ch2', ['5']);
      const [posted] = await postShipments(odoo, [
        {
          pickingId,
          lines: [{ sku: context.masters.products[0]?.sku ?? '', quantity: '5' }],
          remainder: 'backorder',
        },
      ]);
      expectSuccess(posted, 'the shipment');
      const change = (quantity: string) => ({
        orderId,
        externalId: order.externalId,
        lines: [line(context, 'ch2', 0, quantity)],
      });
      const [below] = await changeOrders(odoo, [change('4')]);
      const words = expectRejection(below, 'odoo-change-invalid', 'less than has left');
      const [above] = await changeOrders(odoo, [change('8')]);
      expectSuccess(above, 'more than has left');
      expectEqual(await orderedAndOpen(context, order), [['8', '3']], 'ordered and open');
      return words;
    },
  },
  {
    name: 'cancelling orders: open ones with their transfers, the same again is adopted, a shipped one is refused',
    async run(context) {
      const { odoo } = context;
      const placed = [];
      for (const name of ['ca1', 'ca2', 'ca3']) placed.push(await placeOne(context, name, ['2']));
      const ids = placed.map(({ orderId }) => orderId);
      const shippedOne = placed[1];
      if (shippedOne === undefined) throw new Error('no order');
      const sku = context.masters.products[0]?.sku ?? '';
      const [posted] = await postShipments(odoo, [
        { pickingId: shippedOne.pickingId, lines: [{ sku, quantity: '1' }], remainder: 'backorder' },
      ]);
      expectSuccess(posted, 'the shipment');
      const [first, second, third] = await cancelOrders(odoo, ids);
      expectEqual(expectSuccess(first, 'the first').adopted, false, 'adopted');
      expectSuccess(third, 'the third');
      const words = expectRejection(second, 'odoo-order-shipped', 'a shipped order');
      const [again] = await cancelOrders(odoo, ids);
      expectEqual(expectSuccess(again, 'the same again').adopted, true, 'adopted the second time');
      const open = await odoo.client.call<number>('stock.picking', 'search_count', {
        domain: [
          ['sale_id', '=', ids[0]],
          ['state', '!=', 'cancel'],
        ],
      });
      expectEqual(open, 0, 'open transfers of the cancelled order');
      return words;
    },
  },
  {
    name: 'cancelling orders: a locked one is refused as such',
    async run(context) {
      const { odoo } = context;
      const { orderId } = await placeOne(context, 'ca4', ['2']);
      const method = valueAt(LOCK_AN_ORDER, (await odoo.client.server()).major);
      await odoo.client.call('sale.order', method, { ids: [orderId] });
      const [outcome] = await cancelOrders(odoo, [orderId]);
      return expectRejection(outcome, 'odoo-order-locked', 'a locked order');
    },
  },
];

function line({ prefix, masters }: CheckContext, order: string, index: number, quantity: string) {
  return {
    externalId: `${prefix}_so_${order}_l${index}`,
    productId: masters.products[index]?.id ?? 0,
    quantity,
  };
}

async function orderedAndOpen(
  { odoo }: CheckContext,
  order: { externalId: string; customerReference: string },
): Promise<string[][]> {
  const [position] = await readOrderPositions(odoo, [order]);
  return (position?.lines ?? []).map(({ ordered, open }) => [ordered, open]);
}
