import { Decimal } from 'decimal.js';
import type { Delivery, JsonValue } from '@trunkline/messaging';
import { createChangeStream } from '../inbound/change-stream.ts';
import { outgoingPickings } from '../inbound/outgoing-pickings.ts';
import type { OdooClient } from '../client.ts';
import type { Odoo } from '../external-ids.ts';
import { postShipments } from '../outbound/shipments.ts';
import { adjustWorker, verifyAdjustments } from '../outbound/adjust-workers.ts';
import { adjustStock } from '../outbound/stock.ts';
import { readStock } from '../outbound/stock-levels.ts';
import { readWarehouses } from '../outbound/warehouses.ts';
import type { PickingDocument } from '../translators/picking.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectSuccess } from './check.ts';
import { placeOne } from './orders-for-checks.ts';

const bookingChecks: readonly Check[] = [
  {
    name: 'stock: changes and counts apply once each',
    async run({ odoo, masters, prefix }) {
      const product = masters.products[2];
      if (product === undefined) throw new Error('no product');
      const place = { productId: product.id, locationId: masters.stockLocationId };
      const onHand = async () =>
        (await readStock(odoo, { productIds: [product.id], locationId: masters.stockLocationId }))[0]?.onHand;
      const adjustments = [
        { ...place, reference: `${prefix}_adj_100%`, quantity: { counted: '500' } },
        { ...place, reference: `${prefix}-adj-2`, quantity: { delta: '-3' } },
        { ...place, reference: `${prefix}-adj-3`, quantity: { delta: '0.5' } },
      ];
      for (const outcome of await adjustStock(odoo, adjustments)) expectSuccess(outcome, 'an adjustment');
      expectEqual(await onHand(), '497.5', 'on hand');
      for (const outcome of await adjustStock(odoo, adjustments)) {
        expectEqual(expectSuccess(outcome, 'the same again').adopted, true, 'adopted');
      }
      expectEqual(await onHand(), '497.5', 'on hand after the same again');
      return '500, -3, +0.5 = 497.5';
    },
  },
  {
    name: 'stock: a difference that a warehouse told is booked once, and is known again',
    async run({ odoo, masters, prefix }) {
      const [first, second] = masters.products;
      if (first === undefined || second === undefined) throw new Error('no product');
      const { stockLocationId: locationId } = masters;
      const onHand = async () =>
        (await readStock(odoo, { productIds: [first.id, second.id], locationId })).map((level) =>
          new Decimal(level.onHand).toNumber(),
        );
      const warehouse = [...(await readWarehouses(odoo)).values()].find(
        ({ id }) => id === masters.warehouseId,
      );
      const told = [first, second].map(
        ({ sku }, index): Delivery => ({
          id: `${prefix}${index}`,
          key: `st_${sku}`,
          target: 'check',
          flow: 'check',
          type: 'inventory.adjust',
          payload: {
            adjustmentNumber: `${prefix}-947`,
            site: 'CHECK',
            warehouse: warehouse?.code ?? '',
            sku,
            delta: index === 0 ? '-2' : '1.5',
            reason: 'check',
          },
          attempt: 1,
          ambiguous: false,
        }),
      );
      const signal = AbortSignal.timeout(60_000);
      const kinds = (list: readonly { readonly kind: string }[]): string[] => list.map(({ kind }) => kind);
      expectEqual(kinds(await verifyAdjustments(odoo, told, signal)), ['absent', 'absent'], 'before');
      const [a, b] = await onHand();
      const deliver = adjustWorker(odoo);
      for (const adopted of [false, true])
        expectEqual(
          await deliver(told, signal),
          told.map(() => ({ kind: 'succeeded', adopted })),
          'the outcomes',
        );
      expectEqual(await onHand(), [(a ?? 0) - 2, (b ?? 0) + 1.5], 'on hand');
      expectEqual(kinds(await verifyAdjustments(odoo, told, signal)), ['present', 'present'], 'after');
      return `${prefix}-947 for two products`;
    },
  },
];

const conflictChecks: readonly Check[] = [
  {
    name: 'stock: a count and a change that stock moves away from are not applied, and come right when sent again',
    async run(context) {
      const { odoo, masters, prefix } = context;
      const [first, second, third] = masters.products;
      if (first === undefined || second === undefined || third === undefined) throw new Error('no product');
      const { stockLocationId: locationId } = masters;
      const products = [first.id, second.id, third.id];
      const onHand = async () => {
        const levels = await readStock(odoo, { productIds: products, locationId });
        return products.map((id) => levels.find(({ productId }) => productId === id)?.onHand ?? '');
      };
      const before = await onHand();
      const [a = '', b = '', c = ''] = before;
      const placed = await placeOne(context, 'cc1', ['4', '2']);
      const shipment = {
        pickingId: placed.pickingId,
        lines: placed.order.lines.map(({ externalId, quantity }) => ({
          orderLineExternalId: externalId,
          quantity,
        })),
        remainder: 'backorder' as const,
      };
      const counts = [
        { productId: first.id, locationId, reference: `${prefix}-cc-a`, quantity: { counted: '700' } },
        { productId: second.id, locationId, reference: `${prefix}-cc-b`, quantity: { delta: '5' } },
        { productId: third.id, locationId, reference: `${prefix}-cc-c`, quantity: { delta: '-1' } },
      ];
      // Once the counts are entered and before they are applied, goods of the first two leave.
      const outcomes = await adjustStock(
        movingBefore(odoo, 'action_apply_inventory', async () => {
          const [posted] = await postShipments(odoo, [shipment]);
          expectSuccess(posted, 'the shipment in between');
        }),
        counts,
      );
      expectEqual(
        outcomes.map(({ kind }) => kind),
        ['retry', 'retry', 'succeeded'],
        'the outcomes',
      );
      const moved = (quantity: string, by: string) => new Decimal(quantity).plus(by).toFixed();
      expectEqual(await onHand(), [moved(a, '-4'), moved(b, '-2'), moved(c, '-1')], 'on hand in between');
      const again = await adjustStock(odoo, counts);
      const adopted = again.map((outcome) => expectSuccess(outcome, 'sent again').adopted);
      expectEqual(adopted, [false, false, true], 'adopted');
      const right = ['700', moved(b, '3'), moved(c, '-1')];
      expectEqual(await onHand(), right, 'on hand');
      for (const outcome of await adjustStock(odoo, counts))
        expectEqual(expectSuccess(outcome, 'once more').adopted, true, 'adopted once more');
      expectEqual(await onHand(), right, 'on hand after once more');
      return `${before.join(', ')} became ${right.join(', ')}`;
    },
  },
];

/** The same database, where something else happens right before the first call of a method. */
function movingBefore(odoo: Odoo, method: string, happen: () => Promise<void>): Odoo {
  let happened = false;
  const client: OdooClient = {
    ...odoo.client,
    async call(model, called, args, options) {
      if (called === method && !happened) {
        happened = true;
        await happen();
      }
      return odoo.client.call(model, called, args, options);
    },
  };
  return { ...odoo, client };
}

export const changeChecks: readonly Check[] = [
  {
    name: 'changes: every transfer comes, page by page, with its order and lines',
    async run(context) {
      const since = await serverTime(context);
      const placed = [];
      for (const name of ['r0', 'r1', 'r2', 'r3', 'r4'])
        placed.push(await placeOne(context, name, ['2', '1']));
      const stream = createChangeStream(
        { ...outgoingPickings(context.odoo, `${context.prefix}_so_`), page: 4 },
        { system: 'check', odoo: context.odoo, intervalMs: 1000, overlapSeconds: 30, from: since },
      );
      const seen = new Map<string, number>();
      let cursor: JsonValue | undefined;
      for (let more = true, page = 0; more && page < 200; page += 1) {
        const polled = await stream.poll(cursor, AbortSignal.timeout(60_000));
        for (const { sourceId, key, payload } of polled.messages) {
          const { id, moves } = payload as unknown as PickingDocument;
          seen.set(sourceId, (seen.get(sourceId) ?? 0) + 1);
          const mine = placed.find(({ pickingId }) => pickingId === id);
          if (mine === undefined) continue;
          expectEqual(key, mine.order.externalId, 'the order of the transfer');
          expectEqual(
            moves.map(({ demand }) => demand),
            mine.order.lines.map(({ quantity }) => quantity),
            'its lines',
          );
        }
        ({ cursor, more } = polled);
      }
      for (const { pickingId, name } of placed)
        expectEqual(
          [...seen].filter(([id]) => id.startsWith(`stock.picking:${pickingId}:`)).map(([, times]) => times),
          [1],
          `times that the transfer of ${name} came`,
        );
      return `${seen.size} transfers in pages of 4`;
    },
  },
];

export const stockChecks: readonly Check[] = [...bookingChecks, ...conflictChecks];

/** The server's clock, by the stamp of the record that the run wrote last; ours may differ. */
async function serverTime({ odoo, masters }: CheckContext): Promise<string> {
  const [row] = await odoo.client.call<{ write_date: string }[]>('product.product', 'read', {
    ids: [masters.products[0]?.id ?? 0],
    fields: ['write_date'],
  });
  return `${(row?.write_date ?? '').replace(' ', 'T')}Z`;
}
