import { minus, plain, plus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { linesOfOrder } from '../models/sale-amounts.ts';
import { isGoods } from '../models/sale-procure.ts';
import { deliveryStatus, pickingsOf } from '../models/sale-order.ts';
import { deliveredOf } from '../stock/delivered.ts';
import { isOpen } from '../stock/states.ts';

interface Units {
  demanded: number;
  done: number;
  open: number;
  backordered: number;
  cancelled: number;
}

/**
 * One order line's units: demanded = done + open + cancelled, unless more went out than was ordered.
 * Backordered is the part of open that an earlier shipment left behind.
 */
export function unitsOf(env: Env, line: Row): Units {
  const demanded = Number(line['product_uom_qty']);
  const done = deliveredOf(env, line);
  const state = env.get('sale.order', line['order_id'])['state'];
  let open = 0;
  let backordered = 0;
  for (const move of env.having('stock.move', 'sale_line_id', line.id)) {
    if (!isOpen(move) || move['origin_returned_move_id']) continue;
    open = plus(open, Number(move['product_uom_qty']));
    if (env.find('stock.picking', move['picking_id'])?.['backorder_id'])
      backordered = plus(backordered, Number(move['product_uom_qty']));
  }
  if (state === 'draft' || state === 'sent') open = demanded;
  return { demanded, done, open, backordered, cancelled: Math.max(0, minus(minus(demanded, done), open)) };
}

const rowsOf = (env: Env, model: string) => env.db.table(model).rows.values();

function tally(rows: Iterable<Row>, column: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[String(row[column])] = (counts[String(row[column])] ?? 0) + 1;
  return counts;
}

const inText = (units: Units): Record<keyof Units, string> => ({
  demanded: plain(units.demanded),
  done: plain(units.done),
  open: plain(units.open),
  backordered: plain(units.backordered),
  cancelled: plain(units.cancelled),
});

/** Keys that more than one record carries. */
function repeated(rows: Iterable<Row>, key: (row: Row) => string): string[] {
  const seen = new Map<string, number>();
  for (const row of rows) if (key(row)) seen.set(key(row), (seen.get(key(row)) ?? 0) + 1);
  return [...seen].filter(([, count]) => count > 1).map(([each]) => each);
}

/** What the simulated company holds, in numbers that a report can be checked against. */
export function summary(env: Env): Record<string, unknown> {
  const total: Units = { demanded: 0, done: 0, open: 0, backordered: 0, cancelled: 0 };
  for (const line of rowsOf(env, 'sale.order.line')) {
    if (!isGoods(env, line)) continue;
    const units = unitsOf(env, line);
    for (const key of Object.keys(total) as (keyof Units)[]) total[key] = plus(total[key], units[key]);
  }
  const orders = [...rowsOf(env, 'sale.order')];
  return {
    series: env.series,
    orders: { total: orders.length, byState: tally(orders, 'state'), byDelivery: deliveries(env, orders) },
    pickings: { byState: tally(rowsOf(env, 'stock.picking'), 'state') },
    partners: env.db.table('res.partner').rows.size,
    products: env.db.table('product.product').rows.size,
    units: inText(total),
    duplicates: {
      byClientOrderRef: repeated(orders, (order) => String(order['client_order_ref'] || '')),
      byExternalId: repeated(
        rowsOf(env, 'ir.model.data'),
        (data) => `${String(data['model'])} ${String(data['complete_name'])}`,
      ),
    },
  };
}

function deliveries(env: Env, orders: readonly Row[]): Record<string, number> {
  return tally(
    orders.map((order) => ({ id: order.id, status: deliveryStatus(env, order) || 'none' })),
    'status',
  );
}

/** Orders whose reference, origin or name is `ref`, with their lines and pickings. */
export function ordersByReference(env: Env, ref: string): unknown[] {
  const found = new Set(
    ['client_order_ref', 'origin', 'name'].flatMap((column) => env.having('sale.order', column, ref)),
  );
  return [...found].map((order) => ({
    id: order.id,
    name: order['name'],
    state: order['state'],
    clientOrderRef: order['client_order_ref'],
    origin: order['origin'],
    lines: linesOfOrder(env, order).map((line) => ({
      id: line.id,
      product: env.displayName('product.product', env.get('product.product', line['product_id'])),
      ...inText(unitsOf(env, line)),
    })),
    pickings: pickingsOf(env, order).map((picking) => ({
      id: picking.id,
      name: picking['name'],
      state: picking['state'],
      backorderOf: picking['backorder_id'],
      tracking: picking['carrier_tracking_ref'],
    })),
  }));
}
