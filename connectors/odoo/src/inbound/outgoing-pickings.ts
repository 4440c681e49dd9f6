import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';
import { deliveryTypes, laterSteps } from '../outbound/delivery-types.ts';
import { completePickings, type Picking, type PickingRow, readPickingRows } from '../picking-reader.ts';
import { PICKING_DOCUMENT, type PickingDocument } from '../translators/picking.ts';
import { datetimeFromOdoo } from '../values.ts';
import type { ChangedRecord, ChangeSource } from './change-stream.ts';

/** What leaves, and inside transfers that belong to an order: among these are the first steps of warehouses with several. */
const deliveriesOf = (path: string): readonly unknown[] => [
  '|',
  [`${path}picking_type_id.code`, '=', 'outgoing'],
  '&',
  [`${path}picking_type_id.code`, '=', 'internal'],
  [`${path}sale_id`, '!=', false],
];

type Row = PickingRow & { readonly changedAt: string };

/**
 * Transfers by which an order is delivered, with their moves: where a warehouse delivers in several steps the first, because the
 * later ones follow the shipment (`postDeliveries`). A change of a move's quantity alone does not touch its transfer's stamp (state changes and
 * validation do), so open moves are followed by their own; a done one belongs to a transfer that was validated.
 *
 * @param ordersOf how the external ids of the orders begin whose transfers are handed out
 */
export function outgoingPickings(odoo: Odoo, ordersOf = 'so_'): ChangeSource<Row> {
  return {
    stream: 'outgoing-pickings',
    model: 'stock.picking',
    document: PICKING_DOCUMENT,
    domain: deliveriesOf(''),
    children: [
      {
        model: 'stock.move',
        parent: 'picking_id',
        domain: [['state', 'not in', ['draft', 'done', 'cancel']], ...deliveriesOf('picking_id.')],
      },
    ],
    page: 200,
    async rows(query, signal) {
      const rows = await readPickingRows(odoo, query, signal);
      return rows.map((row) => ({ ...row, changedAt: datetimeFromOdoo(row.write_date) }));
    },
    async complete(rows, signal) {
      const pickings = await completePickings(odoo, rows, signal);
      const orders = await readOrdersOf(odoo, pickings, signal);
      const { pick, outgoing, warehouses } = await deliveryTypes(
        odoo,
        pickings.map(({ pickingTypeId }) => pickingTypeId),
        signal,
      );
      const continued = await laterSteps(odoo, pickings, signal);
      const isPlan = ({ id, pickingTypeId }: Picking): boolean =>
        pick.has(pickingTypeId ?? 0) || (outgoing.has(pickingTypeId ?? 0) && !continued.has(id));
      return pickings.map((picking) =>
        recordOf(
          picking,
          isPlan(picking) ? orders.get(picking.orderId ?? 0) : undefined,
          warehouses.get(picking.pickingTypeId ?? 0) ?? null,
          ordersOf,
        ),
      );
    },
  };
}

interface OrderOfPicking {
  readonly name: string;
  /** External id without its module; null for an order that was entered in Odoo. */
  readonly externalId: string | null;
}

async function readOrdersOf(
  odoo: Odoo,
  pickings: readonly Picking[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, OrderOfPicking>> {
  const ids = [...new Set(pickings.map(({ orderId }) => orderId).filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const [rows, names] = await Promise.all([
    odoo.client.call<{ id: number; name: string }[]>(
      'sale.order',
      'read',
      { ids, fields: ['name'] },
      { signal },
    ),
    externalIdsOf(odoo, 'sale.order', ids, signal),
  ]);
  return new Map(rows.map(({ id, name }) => [id, { name, externalId: names.get(id) ?? null }]));
}

/** Without a message for a later step, and for a transfer of an order that this hub did not place: Odoo's own business. */
function recordOf(
  picking: Picking,
  order: OrderOfPicking | undefined,
  warehouse: string | null,
  ordersOf: string,
): ChangedRecord {
  const record = {
    id: picking.id,
    changedAt: picking.changedAt,
    children: picking.moves.map(({ id, changedAt }) => ({ model: 'stock.move', id, changedAt })),
  };
  const key = order?.externalId ?? null;
  if (order === undefined || key === null || !key.startsWith(ordersOf)) return record;
  const payload: PickingDocument = {
    id: picking.id,
    name: picking.name,
    state: picking.state,
    backorderOf: picking.backorderOf,
    orderNumber: order.name,
    warehouse,
    moves: picking.moves.map((move) => ({
      state: move.state,
      sku: move.sku,
      line: lineOf(key, move.orderLineExternalId),
      demand: move.demand,
      quantity: move.quantity,
    })),
  };
  return { ...record, message: { key, payload } };
}

/** An order line's external id is `<order>_l<line>`. */
export function lineOf(order: string, externalId: string | null): string | null {
  return externalId?.startsWith(`${order}_l`) ? externalId.slice(order.length + 2) : null;
}
