import { placeOrders } from '../outbound/orders.ts';
import { upsertProducts } from '../outbound/products.ts';
import { postShipments } from '../outbound/shipments.ts';
import { load } from '../load.ts';
import { fieldsOf } from '../field-catalogue.ts';
import type { Check, CheckContext } from './check.ts';
import { expectEqual, expectRejection, expectSuccess } from './check.ts';
import { orderOf } from './orders-for-checks.ts';
import { fieldName } from '../versions/lookup.ts';

export const lotChecks: readonly Check[] = [
  {
    name: 'lots: what the warehouse shipped is booked, whatever was reserved; an unknown lot is refused',
    async run(context) {
      const { odoo, prefix } = context;
      const sku = `${prefix}-LOT`;
      await stockLots(context, sku, 'lot', ['L1', 'L2'], 10);
      const { pickingId, name } = await placeTracked(context, sku, 'lo1', '12');
      const shipment = (lots: readonly (readonly [string, string])[], quantity: string) => ({
        pickingId,
        remainder: 'backorder' as const,
        lines: [
          { sku, quantity, lots: lots.map(([lot, units]) => ({ lot: `${prefix}-${lot}`, quantity: units })) },
        ],
      });
      const [unknown] = await postShipments(odoo, [shipment([['L9', '3']], '3')]);
      const words = expectRejection(unknown, 'odoo-lot-unknown', 'an unknown lot');
      const [uneven] = await postShipments(odoo, [shipment([['L1', '3']], '4')]);
      expectRejection(uneven, 'odoo-shipment-invalid', 'lots that do not add up');
      const [posted] = await postShipments(odoo, [
        shipment(
          [
            ['L2', '7'],
            ['L1', '2'],
          ],
          '9',
        ),
      ]);
      const { backorderPickingId } = expectSuccess(posted, 'the shipment');
      if (backorderPickingId === null) throw new Error('no backorder was made');
      expectEqual(
        await shippedLots(context, pickingId),
        { [`${prefix}-L1`]: 2, [`${prefix}-L2`]: 7 },
        'lots',
      );
      return `${name}; ${words}`;
    },
  },
  {
    name: 'serials: each unit by its own number',
    async run(context) {
      const { odoo, prefix } = context;
      const sku = `${prefix}-SER`;
      await stockLots(context, sku, 'serial', ['S1', 'S2', 'S3'], 1);
      const { pickingId, name } = await placeTracked(context, sku, 'lo2', '2');
      const lots = ['S1', 'S3'].map((lot) => ({ lot: `${prefix}-${lot}`, quantity: '1' }));
      const shipment = { pickingId, remainder: 'backorder' as const, lines: [{ sku, quantity: '2', lots }] };
      const [posted] = await postShipments(odoo, [shipment]);
      expectSuccess(posted, 'the shipment');
      const [again] = await postShipments(odoo, [shipment]);
      expectEqual(expectSuccess(again, 'the same again').adopted, true, 'adopted');
      expectEqual(
        await shippedLots(context, pickingId),
        { [`${prefix}-S1`]: 1, [`${prefix}-S3`]: 1 },
        'serials',
      );
      return name;
    },
  },
  {
    name: 'expiry: a lot past its date is not shipped without a person',
    async run(context) {
      const { odoo, prefix } = context;
      if (!(await fieldsOf(odoo, 'stock.lot')).has('expiration_date'))
        return 'this server keeps no expiry dates';
      const sku = `${prefix}-EXP`;
      await stockLots(context, sku, 'lot', ['E1'], 10, '2020-01-01 00:00:00');
      const { pickingId } = await placeTracked(context, sku, 'lo3', '4');
      const lots = [{ lot: `${prefix}-E1`, quantity: '4' }];
      const [outcome] = await postShipments(odoo, [
        { pickingId, remainder: 'backorder', lines: [{ sku, quantity: '4', lots }] },
      ]);
      return expectRejection(outcome, 'odoo-lot-expired', 'an expired lot');
    },
  },
];

async function stockLots(
  { odoo, prefix, masters }: CheckContext,
  sku: string,
  tracking: 'lot' | 'serial',
  names: readonly string[],
  quantity: number,
  expiresAt?: string,
): Promise<void> {
  const [made] = await upsertProducts(odoo, [
    {
      externalId: sku.replaceAll('-', '_'),
      sku,
      name: `Check ${sku}`,
      listPrice: '9.80',
      tracking,
      ...(expiresAt === undefined ? {} : { expires: true }),
    },
  ]);
  const { productId } = expectSuccess(made, `product ${sku}`);
  const [company] = await odoo.client.call<{ company_id: [number, string] }[]>('stock.warehouse', 'read', {
    ids: [masters.warehouseId],
    fields: ['company_id'],
  });
  const lots = await load(
    odoo,
    'stock.lot',
    names.map((name) => ({
      externalId: `${prefix}_${name}`,
      cells: {
        name: `${prefix}-${name}`,
        'product_id/.id': String(productId),
        'company_id/.id': String(company?.company_id[0] ?? 1),
        ...(expiresAt === undefined ? {} : { expiration_date: expiresAt }),
      },
    })),
  );
  const vals_list = lots.map((outcome, index) => ({
    product_id: productId,
    location_id: masters.stockLocationId,
    lot_id: expectSuccess(outcome, `lot ${names[index]}`).id,
    inventory_quantity_auto_apply: quantity,
  }));
  await odoo.client.call('stock.quant', 'create', { vals_list, context: { inventory_mode: true } });
}

async function placeTracked(context: CheckContext, sku: string, name: string, quantity: string) {
  const order = orderOf(context, name, [quantity]);
  const lines = order.lines.map((line) => ({ ...line, productExternalId: sku.replaceAll('-', '_') }));
  const [outcome] = await placeOrders(context.odoo, [{ ...order, lines }]);
  const placed = expectSuccess(outcome, `order ${name}`);
  return { pickingId: placed.pickingIds[0] ?? 0, name: placed.name };
}

async function shippedLots({ odoo }: CheckContext, pickingId: number): Promise<Record<string, number>> {
  const quantity = fieldName((await odoo.client.server()).major, 'stock.move.line', 'processed');
  const rows = await odoo.client.call<({ lot_id: [number, string] } & Record<string, number>)[]>(
    'stock.move.line',
    'search_read',
    { domain: [['picking_id', '=', pickingId]], fields: ['lot_id', quantity] },
  );
  const pairs = rows.map((row) => [row.lot_id[1], row[quantity] ?? 0] as const);
  return Object.fromEntries(pairs.sort(([left], [right]) => left.localeCompare(right)));
}
