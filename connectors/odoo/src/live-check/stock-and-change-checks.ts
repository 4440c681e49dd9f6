import { Decimal } from 'decimal.js';
import type { Delivery, JsonValue } from '@trunkline/messaging';
import { createChangeStream } from '../inbound/change-stream.ts';
import { outgoingPickings } from '../inbound/outgoing-pickings.ts';
import { adjustWorker, verifyAdjustments } from '../outbound/adjust-workers.ts';
import { adjustStock, readStock } from '../outbound/stock.ts';
import { readWarehouses } from '../outbound/warehouses.ts';
import type { PickingDocument } from '../translators/picking.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectSuccess } from './check.ts';
import { placeOne } from './orders-for-checks.ts';

export const stockChecks: readonly Check[] = [
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

/** The server's clock, by the stamp of the record that the run wrote last; ours may differ. */
async function serverTime({ odoo, masters }: CheckContext): Promise<string> {
  const [row] = await odoo.client.call<{ write_date: string }[]>('product.product', 'read', {
    ids: [masters.products[0]?.id ?? 0],
    fields: ['write_date'],
  });
  return `${(row?.write_date ?? '').replace(' ', 'T')}Z`;
}
