import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';
import { completePickings, type Picking, type PickingRow, readPickingRows } from '../picking-reader.ts';
import { PICKING_DOCUMENT, type PickingDocument } from '../translators/picking.ts';
import { datetimeFromOdoo } from '../values.ts';
import type { ChangedRecord, ChangeSource } from './change-stream.ts';

const OUTGOING = ['picking_type_id.code', '=', 'outgoing'];

type Row = PickingRow & { readonly changedAt: string };

/**
 * Outgoing transfers with their moves. A change of a move's quantity alone does not touch its transfer's stamp (state changes and
 * validation do), so open moves are followed by their own; a done one belongs to a transfer that was validated.
 *
 * @param ordersOf how the external ids of the orders begin whose transfers are handed out
 */
export function outgoingPickings(odoo: Odoo, ordersOf = 'so_'): ChangeSource<Row> {
  return {
    stream: 'outgoing-pickings',
    model: 'stock.picking',
    document: PICKING_DOCUMENT,
    domain: [OUTGOING],
    children: [
      {
        model: 'stock.move',
        parent: 'picking_id',
        domain: [
          ['state', 'not in', ['draft', 'done', 'cancel']],
          ['picking_id.picking_type_id.code', '=', 'outgoing'],
        ],
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
      return pickings.map((picking) => recordOf(picking, orders.get(picking.orderId ?? 0), ordersOf));
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

/** Without a message for a transfer of an order that this hub did not place: Odoo's own business. */
function recordOf(picking: Picking, order: OrderOfPicking | undefined, ordersOf: string): ChangedRecord {
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
    warehouse: null,
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
