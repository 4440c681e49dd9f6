import { Decimal } from 'decimal.js';
import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';
import type { FoundOrder, OrderKey } from '../outbound/order-lookup.ts';
import { deliveryTypes } from '../outbound/delivery-types.ts';
import { findOrders } from '../outbound/order-lookup.ts';
import { type Picking, readPickings } from '../picking-reader.ts';
import type { DecimalString } from '../values.ts';
import { decimalFromOdoo } from '../values.ts';
import { type LeavingMove, stillToLeave } from './still-to-leave.ts';

/** One line of an order: ordered = delivered + open + cancelled, unless more was delivered than ordered. */
export interface OrderLinePosition {
  readonly lineId: number;
  /** External id without its module; null for a line that was entered in Odoo. */
  readonly externalId: string | null;
  readonly sku: string | null;
  readonly ordered: DecimalString;
  readonly delivered: DecimalString;
  /** Still to leave, whatever step of its delivery it is in. */
  readonly open: DecimalString;
  /** The part of `open` that waits in a backorder. */
  readonly backordered: DecimalString;
  readonly cancelled: DecimalString;
}

export interface OrderPosition extends FoundOrder {
  readonly externalId: string;
  readonly lines: readonly OrderLinePosition[];
}

interface LineRow {
  readonly id: number;
  readonly order_id: [number, string];
  readonly product_uom_qty: number;
  readonly qty_delivered: number;
}

/**
 * Where orders stand, counted from what Odoo holds: ordered and delivered from the lines, open and
 * backordered from the moves of their deliveries, of all steps.
 *
 * @throws OdooError
 * @returns those that exist, in the order of the keys
 */
export async function readOrderPositions(
  odoo: Odoo,
  keys: readonly OrderKey[],
  signal?: AbortSignal,
): Promise<OrderPosition[]> {
  const found = await findOrders(odoo, keys, signal);
  const orderIds = [...found.values()].map(({ id }) => id);
  if (orderIds.length === 0) return [];
  const lines = await odoo.client.call<LineRow[]>(
    'sale.order.line',
    'search_read',
    {
      domain: [
        ['order_id', 'in', orderIds],
        ['display_type', '=', false],
      ],
      fields: ['order_id', 'product_uom_qty', 'qty_delivered'],
      order: 'id',
    },
    { signal },
  );
  const pickings = await readPickings(
    odoo,
    {
      domain: [
        ['sale_id', 'in', orderIds],
        ['picking_type_id.code', 'in', ['outgoing', 'internal']],
      ],
    },
    signal,
  );
  const names = await externalIdsOf(
    odoo,
    'sale.order.line',
    lines.map(({ id }) => id),
    signal,
  );
  const moves = await leavingMoves(odoo, pickings, signal);
  const movesOfLine = Map.groupBy(moves, ({ orderLineId }) => orderLineId);
  const linesOfOrder = Map.groupBy(lines, ({ order_id }) => order_id[0]);
  return keys.flatMap(({ externalId }) => {
    const order = found.get(externalId);
    if (order === undefined) return [];
    const positions = (linesOfOrder.get(order.id) ?? []).map((line) =>
      positionOf(line, names.get(line.id) ?? null, movesOfLine.get(line.id) ?? [], order.state === 'cancel'),
    );
    return [{ ...order, externalId, lines: positions }];
  });
}

type LineMove = LeavingMove & { readonly orderLineId: number | null; readonly sku: string | null };

/** Moves of deliveries by their step; one that a person transfers for other reasons belongs to none. */
async function leavingMoves(
  odoo: Odoo,
  pickings: readonly Picking[],
  signal?: AbortSignal,
): Promise<readonly LineMove[]> {
  const types = pickings.map(({ pickingTypeId }) => pickingTypeId);
  const { pick, later, outgoing, warehouses } = await deliveryTypes(odoo, types, signal);
  const stepOf = (type: number): number | undefined =>
    outgoing.has(type) ? 2 : later.has(type) ? 1 : pick.has(type) ? 0 : undefined;
  return pickings.flatMap(({ pickingTypeId, backorderOf, moves }) => {
    const step = stepOf(pickingTypeId ?? 0);
    if (step === undefined) return [];
    const warehouse = warehouses.get(pickingTypeId ?? 0) ?? '';
    return moves.map((move) => ({ ...move, step, warehouse, backorder: backorderOf !== null }));
  });
}

function positionOf(
  line: LineRow,
  externalId: string | null,
  moves: readonly LineMove[],
  orderCancelled: boolean,
): OrderLinePosition {
  const ordered = new Decimal(decimalFromOdoo(line.product_uom_qty));
  const delivered = new Decimal(decimalFromOdoo(line.qty_delivered));
  // An order without any move yet (a quotation) has everything still to come.
  const left = stillToLeave(moves);
  const open = moves.length === 0 && !orderCancelled ? Decimal.max(0, ordered.minus(delivered)) : left.open;
  return {
    lineId: line.id,
    externalId,
    sku: moves[0]?.sku ?? null,
    ordered: ordered.toFixed(),
    delivered: delivered.toFixed(),
    open: open.toFixed(),
    backordered: left.backordered.toFixed(),
    cancelled: Decimal.max(0, ordered.minus(delivered).minus(open)).toFixed(),
  };
}
