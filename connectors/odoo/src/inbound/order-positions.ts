import { Decimal } from 'decimal.js';
import type { Odoo } from '../external-ids.ts';
import { externalIdsOf } from '../external-ids.ts';
import type { FoundOrder, OrderKey } from '../outbound/order-lookup.ts';
import { findOrders } from '../outbound/order-lookup.ts';
import type { Move } from '../picking-reader.ts';
import { readPickings } from '../picking-reader.ts';
import type { DecimalString } from '../values.ts';
import { decimalFromOdoo } from '../values.ts';

/** One line of an order: ordered = delivered + open + cancelled, unless more was delivered than ordered. */
export interface OrderLinePosition {
  readonly lineId: number;
  /** External id without its module; null for a line that was entered in Odoo. */
  readonly externalId: string | null;
  readonly sku: string | null;
  readonly ordered: DecimalString;
  readonly delivered: DecimalString;
  /** Still to come, in transfers that are neither done nor cancelled. */
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
 * backordered from the moves that leave for a customer.
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
        ['picking_type_id.code', '=', 'outgoing'],
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
  const moves = pickings.flatMap((picking) =>
    picking.moves.map((move) => ({ ...move, backorder: picking.backorderOf !== null })),
  );
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

function positionOf(
  line: LineRow,
  externalId: string | null,
  moves: readonly (Move & { backorder: boolean })[],
  orderCancelled: boolean,
): OrderLinePosition {
  const ordered = new Decimal(decimalFromOdoo(line.product_uom_qty));
  const delivered = new Decimal(decimalFromOdoo(line.qty_delivered));
  const pending = moves.filter(({ state }) => state !== 'done' && state !== 'cancel');
  // An order without any move yet (a quotation) has everything still to come.
  const open =
    moves.length === 0 && !orderCancelled ? Decimal.max(0, ordered.minus(delivered)) : demandOf(pending);
  return {
    lineId: line.id,
    externalId,
    sku: moves[0]?.sku ?? null,
    ordered: ordered.toFixed(),
    delivered: delivered.toFixed(),
    open: open.toFixed(),
    backordered: demandOf(pending.filter(({ backorder }) => backorder)).toFixed(),
    cancelled: Decimal.max(0, ordered.minus(delivered).minus(open)).toFixed(),
  };
}

function demandOf(moves: readonly Move[]): Decimal {
  return moves.reduce((sum, { demand }) => sum.plus(demand), new Decimal(0));
}
