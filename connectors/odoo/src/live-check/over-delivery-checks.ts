import { Decimal } from 'decimal.js';
import { readStock, setStock } from '../outbound/stock-levels.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual } from './check.ts';
import { placeOne } from './orders-for-checks.ts';
import { linesOf, postOne, skuOf } from './shipment-checks.ts';

/** More leaves than was asked for: what Odoo takes without a word, so the quantities before and after are what is held on to. */
export const overDeliveryChecks: readonly Check[] = [
  {
    name: 'shipments: more than ordered is posted as shipped, each unit off the stock once',
    async run(context) {
      const free = await levelOf(context, 0);
      const { pickingId, order } = await placeOne(context, 's4', ['5']);
      expectEqual(await linesOf(context, order), [['5', '0', '5', '0', '0']], 'the lines before');
      const { onHand, reserved } = await levelOf(context, 0);
      expectEqual([onHand, reserved], [free.onHand, plus(free.reserved, '5')], 'on hand and reserved before');
      const lines = [{ sku: skuOf(context, 0), quantity: '7' }];
      const posted = await postOne(context, { pickingId, lines, remainder: 'backorder' });
      expectEqual(posted.backorderPickingId, null, 'the backorder');
      const after = [['5', '7', '0', '0', '0']];
      const left = { onHand: plus(free.onHand, '-7'), reserved: free.reserved };
      expectEqual(await linesOf(context, order), after, 'the lines');
      expectEqual(await levelOf(context, 0), left, 'on hand and reserved');
      const again = await postOne(context, { pickingId, lines, remainder: 'backorder' });
      expectEqual(again.adopted, true, 'the same again is adopted');
      expectEqual(await linesOf(context, order), after, 'the lines after the same again');
      expectEqual(await levelOf(context, 0), left, 'on hand and reserved after the same again');
      return `${posted.name}: ${free.onHand} on hand, then ${left.onHand}`;
    },
  },
  {
    name: 'shipments: more than is in stock is posted as shipped, and the stock goes below zero',
    async run(context) {
      const { pickingId, order } = await placeOne(context, 's12', ['1']);
      const before = await levelOf(context, 0);
      const quantity = plus(before.onHand, '3');
      await postOne(context, {
        pickingId,
        lines: [{ sku: skuOf(context, 0), quantity }],
        remainder: 'backorder',
      });
      expectEqual(await linesOf(context, order), [['1', quantity, '0', '0', '0']], 'the lines');
      expectEqual((await levelOf(context, 0)).onHand, '-3', 'on hand');
      const { id: productId } = context.masters.products[0] ?? { id: 0 };
      const { stockLocationId: locationId } = context.masters;
      await setStock(context.odoo, [{ productId, locationId, quantity: '10000' }]);
      expectEqual((await levelOf(context, 0)).onHand, '10000', 'on hand, counted again');
      return `${quantity} of ${before.onHand}`;
    },
  },
];

async function levelOf(
  { odoo, masters }: CheckContext,
  index: number,
): Promise<{ readonly onHand: string; readonly reserved: string }> {
  const productIds = [masters.products[index]?.id ?? 0];
  const [level] = await readStock(odoo, { productIds, locationId: masters.stockLocationId });
  return { onHand: level?.onHand ?? '', reserved: level?.reserved ?? '' };
}

function plus(quantity: string, more: string): string {
  return new Decimal(quantity).plus(more).toFixed();
}
