import { Decimal } from 'decimal.js';
import { readOrderPositions } from '../inbound/order-positions.ts';
import type { ShipmentToPost } from '../outbound/shipment-plan.ts';
import type { PostedShipment } from '../outbound/shipments.ts';
import { postShipments } from '../outbound/shipments.ts';
import { readStock, setStock } from '../outbound/stock-levels.ts';
import { createOdooClient } from '../client.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection, expectSuccess } from './check.ts';
import { placeOne } from './orders-for-checks.ts';

export const shipmentChecks: readonly Check[] = [
  {
    name: 'shipments: in full, with a tracking number; the same again is adopted, another quantity is rejected',
    async run(context) {
      const { pickingId, order } = await placeOne(context, 's1', ['4', '2']);
      const shipment: ShipmentToPost = {
        pickingId,
        lines: order.lines.map(({ externalId, quantity }) => ({ orderLineExternalId: externalId, quantity })),
        trackingNumber: `${context.prefix}-1Z`,
        remainder: 'backorder',
      };
      const posted = await postOne(context, shipment);
      expectEqual([posted.backorderPickingId, posted.adopted], [null, false], 'the shipment');
      expectEqual((await postOne(context, shipment)).adopted, true, 'the same again');
      const [other] = await postShipments(context.odoo, [
        { ...shipment, lines: [{ sku: skuOf(context, 0), quantity: '3' }] },
      ]);
      expectRejection(other, 'odoo-picking-done-otherwise', 'another quantity');
      const [parcel] = await postShipments(context.odoo, [{ ...shipment, trackingNumber: 'another' }]);
      if (parcel?.kind === 'succeeded') return `${posted.name} (this server keeps no tracking numbers)`;
      expectRejection(parcel, 'odoo-picking-done-otherwise', 'another tracking number');
      return posted.name;
    },
  },
  {
    name: 'shipments: in part, the rest in a backorder, which ships next',
    async run(context) {
      const { pickingId, order } = await placeOne(context, 's2', ['10', '4', '3']);
      const first = await postOne(context, {
        pickingId,
        lines: [
          { sku: skuOf(context, 0), quantity: '6.5' },
          { sku: skuOf(context, 1), quantity: '4' },
        ],
        remainder: 'backorder',
      });
      expectEqual(
        await linesOf(context, order),
        [
          ['10', '6.5', '3.5', '3.5', '0'],
          ['4', '4', '0', '0', '0'],
          ['3', '0', '3', '3', '0'],
        ],
        'after the first',
      );
      if (first.backorderPickingId === null) throw new Error('no backorder was made');
      const second = await postOne(context, {
        pickingId: first.backorderPickingId,
        lines: [
          { sku: skuOf(context, 0), quantity: '3.5' },
          { sku: skuOf(context, 2), quantity: '3' },
        ],
        remainder: 'backorder',
      });
      expectEqual(second.backorderPickingId, null, 'the second backorder');
      expectEqual(
        await linesOf(context, order),
        [
          ['10', '10', '0', '0', '0'],
          ['4', '4', '0', '0', '0'],
          ['3', '3', '0', '0', '0'],
        ],
        'at last',
      );
      return `${first.name}, then ${second.name}`;
    },
  },
  {
    name: 'shipments: in part, the rest given up',
    async run(context) {
      const { pickingId, order } = await placeOne(context, 's3', ['10', '4']);
      const posted = await postOne(context, {
        pickingId,
        lines: [{ sku: skuOf(context, 0), quantity: '6' }],
        remainder: 'cancel',
      });
      expectEqual(posted.backorderPickingId, null, 'the backorder');
      expectEqual(
        await linesOf(context, order),
        [
          ['10', '6', '0', '0', '4'],
          ['4', '0', '0', '0', '4'],
        ],
        'the lines',
      );
      return posted.name;
    },
  },
  {
    name: 'shipments: one product on two lines is spread over both',
    async run(context) {
      const { pickingId, order } = await placeOne(context, 's5', ['2', '1', '1', '5']);
      const lines = [
        { sku: skuOf(context, 0), quantity: '6' },
        { sku: skuOf(context, 1), quantity: '1' },
        { sku: skuOf(context, 2), quantity: '1' },
      ];
      const posted = await postOne(context, { pickingId, lines, remainder: 'backorder' });
      const delivered = (await linesOf(context, order)).map(([ordered, shipped]) => [ordered, shipped]);
      expectEqual(
        delivered,
        [
          ['2', '2'],
          ['1', '1'],
          ['1', '1'],
          ['5', '4'],
        ],
        'ordered and delivered',
      );
      return posted.name;
    },
  },
  {
    name: 'shipments: a batch with an impossible one posts the others',
    async run(context) {
      const placed = await Promise.all(
        ['s6', 's7', 's8', 's9'].map((name) => placeOne(context, name, ['3'])),
      );
      const [cancelled] = placed;
      if (cancelled === undefined) throw new Error('no order');
      await context.odoo.client.call('stock.picking', 'action_cancel', { ids: [cancelled.pickingId] });
      const outcomes = await postShipments(
        context.odoo,
        placed.map(({ pickingId }, index) => ({
          pickingId,
          lines: [{ sku: index === 1 ? 'unknown' : skuOf(context, 0), quantity: '3' }],
          remainder: 'backorder',
        })),
      );
      expectRejection(outcomes[0], 'odoo-picking-cancelled', 'a cancelled transfer');
      expectRejection(outcomes[1], 'odoo-shipment-invalid', 'an unknown product');
      return outcomes
        .slice(2)
        .map((outcome) => expectSuccess(outcome, 'the others').name)
        .join(', ');
    },
  },
  {
    name: 'shipments: an answer that was lost is made good by the same call',
    async run(context) {
      const placed = await placeOne(context, 's10', ['3', '2', '1']);
      const shipment: ShipmentToPost = {
        pickingId: placed.pickingId,
        lines: [{ sku: skuOf(context, 0), quantity: '2' }],
        remainder: 'backorder',
      };
      const impatient = createOdooClient({ ...context.connection, timeoutMs: 90 });
      const [lost] = await postShipments({ ...context.odoo, client: impatient }, [shipment]);
      await impatient.close();
      let [settled] = await postShipments(context.odoo, [shipment]);
      if (settled?.kind !== 'succeeded') [settled] = await postShipments(context.odoo, [shipment]);
      expectSuccess(settled, 'the shipment at last');
      expectEqual(
        (await linesOf(context, placed.order)).map(([, shipped]) => shipped),
        ['2', '0', '0'],
        'delivered',
      );
      return `the impatient call saw: ${lost?.kind}`;
    },
  },
  {
    name: 'shipments: short of stock, what is there ships and the rest follows when stock comes',
    async run(context) {
      const { pickingId, order } = await placeOne(context, 's11', ['1', '1', '20000']);
      const everything = await readStockOf(context, 2);
      const first = await postOne(context, {
        pickingId,
        lines: [
          { sku: skuOf(context, 0), quantity: '1' },
          { sku: skuOf(context, 1), quantity: '1' },
          { sku: skuOf(context, 2), quantity: everything },
        ],
        remainder: 'backorder',
      });
      if (first.backorderPickingId === null) throw new Error('no backorder was made');
      expectEqual(await readStockOf(context, 2), '0', 'on hand after the first');
      const { id: productId } = context.masters.products[2] ?? { id: 0 };
      await setStock(context.odoo, [
        { productId, locationId: context.masters.stockLocationId, quantity: '20000' },
      ]);
      const rest = new Decimal('20000').minus(everything).toFixed();
      await postOne(context, {
        pickingId: first.backorderPickingId,
        lines: [{ sku: skuOf(context, 2), quantity: rest }],
        remainder: 'backorder',
      });
      expectEqual(
        (await linesOf(context, order)).at(2),
        ['20000', '20000', '0', '0', '0'],
        'the line at last',
      );
      return `${everything}, then ${rest}`;
    },
  },
];

async function readStockOf({ odoo, masters }: CheckContext, index: number): Promise<string> {
  const productIds = [masters.products[index]?.id ?? 0];
  const [level] = await readStock(odoo, { productIds, locationId: masters.stockLocationId });
  return level?.onHand ?? '';
}

export async function postOne({ odoo }: CheckContext, shipment: ShipmentToPost): Promise<PostedShipment> {
  const [outcome] = await postShipments(odoo, [shipment]);
  return expectSuccess(outcome, `the shipment of transfer ${shipment.pickingId}`);
}

export function skuOf({ masters }: CheckContext, index: number): string {
  return masters.products[index]?.sku ?? '';
}

/** ordered, delivered, open, backordered, cancelled of each line. */
export async function linesOf(
  { odoo }: CheckContext,
  order: { externalId: string; customerReference: string },
): Promise<string[][]> {
  const [position] = await readOrderPositions(odoo, [order]);
  return (position?.lines ?? []).map(({ ordered, delivered, open, backordered, cancelled }) => [
    ordered,
    delivered,
    open,
    backordered,
    cancelled,
  ]);
}
