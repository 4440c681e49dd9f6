import { readOrderPositions } from '../inbound/order-positions.ts';
import { createReturns } from '../outbound/returns.ts';
import { postShipments } from '../outbound/shipments.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection, expectSuccess } from './check.ts';
import { placeOne } from './orders-for-checks.ts';

export const returnChecks: readonly Check[] = [
  {
    name: 'returns: goods come back once, the same again is adopted, more than is out is refused',
    async run(context) {
      const { odoo, prefix } = context;
      const { order, pickingId } = await shipOne(context, 're1', ['10', '4']);
      const wanted = {
        reference: `${prefix}-RMA-1`,
        pickingId,
        lines: [{ orderLineExternalId: `${order.externalId}_l0`, sku: skuOf(context, 0), quantity: '3' }],
      };
      const [first] = await createReturns(odoo, [wanted]);
      const made = expectSuccess(first, 'the return');
      const [again] = await createReturns(odoo, [wanted]);
      const adopted = expectSuccess(again, 'the same again');
      expectEqual([adopted.pickingId, adopted.adopted], [made.pickingId, true], 'the second call');
      const [tooMuch] = await createReturns(odoo, [
        { ...wanted, reference: `${prefix}-RMA-2`, lines: [{ sku: skuOf(context, 0), quantity: '8' }] },
      ]);
      const words = expectRejection(tooMuch, 'odoo-return-exceeds', 'more than is out');
      const [receipt] = await postShipments(odoo, [
        {
          pickingId: made.pickingId,
          lines: [{ sku: skuOf(context, 0), quantity: '3' }],
          remainder: 'cancel',
        },
      ]);
      expectSuccess(receipt, 'the receipt');
      const [position] = await readOrderPositions(odoo, [order]);
      expectEqual(
        position?.lines.map(({ delivered }) => delivered),
        ['7', '4'],
        'delivered in the end',
      );
      return `${made.name}; ${words}`;
    },
  },
  {
    name: 'returns: an order that has not left cannot come back',
    async run(context) {
      const { pickingId } = await placeOne(context, 're2', ['2']);
      const [outcome] = await createReturns(context.odoo, [
        {
          reference: `${context.prefix}-RMA-3`,
          pickingId,
          lines: [{ sku: skuOf(context, 0), quantity: '1' }],
        },
      ]);
      return expectRejection(outcome, 'odoo-return-exceeds', 'a transfer that is open');
    },
  },
];

async function shipOne(context: CheckContext, name: string, quantities: readonly string[]) {
  const placed = await placeOne(context, name, quantities);
  const lines = placed.order.lines.map(({ externalId, quantity }) => ({
    orderLineExternalId: externalId,
    quantity,
  }));
  const [posted] = await postShipments(context.odoo, [
    { pickingId: placed.pickingId, lines, remainder: 'backorder' },
  ]);
  expectSuccess(posted, `the shipment of ${placed.name}`);
  return placed;
}

function skuOf({ masters }: CheckContext, index: number): string {
  return masters.products[index]?.sku ?? '';
}
