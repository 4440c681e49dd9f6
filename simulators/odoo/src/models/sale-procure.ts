import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { outsideLocation } from '../stock/availability.ts';
import { linesOf, removeLine } from '../stock/lines.ts';
import { nextPickingName } from '../stock/done.ts';
import { assignMoves, setMoveQuantity } from '../stock/reserve.ts';
import { isOpen, refreshMove, refreshPicking } from '../stock/states.ts';
import { linesOfOrder } from './sale-amounts.ts';

/** Goods are delivered by a picking; services are not. */
export const isGoods = (env: Env, line: Row): boolean => {
  const product = env.find('product.product', line['product_id']);
  return env.find('product.template', product?.['product_tmpl_id'])?.['type'] === 'consu';
};

/** Creates the delivery of a confirmed order and reserves what there is. */
export function procure(env: Env, order: Row): void {
  const lines = linesOfOrder(env, order).filter(
    (line) => isGoods(env, line) && Number(line['product_uom_qty']) > 0,
  );
  demand(
    env,
    order,
    lines.map((line) => [line, Number(line['product_uom_qty'])] as const),
  );
}

function demand(env: Env, order: Row, wanted: readonly (readonly [Row, number])[]): void {
  if (wanted.length === 0) return;
  const picking = openPicking(env, order) ?? createPicking(env, order);
  const moves = wanted.map(([line, quantity]) => createMove(env, order, picking, line, quantity));
  assignMoves(env, moves);
  refreshPicking(env, picking);
}

function openPicking(env: Env, order: Row): Row | undefined {
  const type = firstType(env, order);
  return env
    .having('stock.picking', 'sale_id', order.id)
    .find((picking) => isOpen(picking) && picking['picking_type_id'] === type && !picking['return_id']);
}

const warehouseOf = (env: Env, order: Row) => env.get('stock.warehouse', order['warehouse_id']);

const firstType = (env: Env, order: Row) => {
  const warehouse = warehouseOf(env, order);
  return warehouse[warehouse['delivery_steps'] === 'ship_only' ? 'out_type_id' : 'pick_type_id'] as number;
};

function places(env: Env, order: Row): { from: number; to: number; final: number } {
  const warehouse = warehouseOf(env, order);
  const customers = outsideLocation(env, 'customer');
  const places = {
    ship_only: customers,
    pick_ship: warehouse['wh_output_stock_loc_id'],
    pick_pack_ship: warehouse['wh_pack_stock_loc_id'],
  };
  return {
    from: warehouse['lot_stock_id'] as number,
    to: places[warehouse['delivery_steps'] as keyof typeof places] as number,
    final: customers,
  };
}

/** 18 puts the customer's reference behind the order's name. */
function originOf(env: Env, order: Row): string {
  const reference = order['client_order_ref'];
  return env.major < 19 && reference
    ? `${String(order['name'])} - ${String(reference)}`
    : String(order['name']);
}

function createPicking(env: Env, order: Row): Row {
  const { from, to } = places(env, order);
  const type = firstType(env, order);
  return env.insert('stock.picking', {
    name: nextPickingName(env, type),
    origin: originOf(env, order),
    note: false,
    priority: '0',
    state: 'draft',
    move_type: order['picking_policy'],
    partner_id: order['partner_shipping_id'],
    company_id: 1,
    picking_type_id: type,
    location_id: from,
    location_dest_id: to,
    scheduled_date: order['commitment_date'] || order['date_order'],
    date_deadline: order['commitment_date'] || order['date_order'],
    date_done: false,
    sale_id: order.id,
    backorder_id: false,
    return_id: false,
    carrier_id: order['carrier_id'] ?? false,
    carrier_tracking_ref: false,
    carrier_price: 0,
    shipping_weight: 0,
  });
}

function createMove(env: Env, order: Row, picking: Row, line: Row, quantity: number): Row {
  const { from, to, final } = places(env, order);
  return env.insert('stock.move', {
    sequence: 10,
    name: line['name'],
    product_id: line['product_id'],
    product_uom: line['product_uom_id'],
    product_uom_qty: quantity,
    quantity: 0,
    picked: false,
    state: 'confirmed',
    picking_id: picking.id,
    picking_type_id: picking['picking_type_id'],
    sale_line_id: line.id,
    partner_id: picking['partner_id'],
    location_id: from,
    location_dest_id: to,
    location_final_id: final,
    date: picking['scheduled_date'],
    origin: picking['origin'],
    reference: picking['name'],
    procure_method: 'make_to_stock',
    is_inventory: false,
    to_refund: false,
    origin_returned_move_id: false,
    move_orig_ids: [],
    move_dest_ids: [],
    company_id: 1,
    _open_product: line['product_id'],
  });
}

/** A changed quantity on a confirmed order changes the open demand, not what has gone (recording 14). */
export function changeDemand(env: Env, line: Row, before: number): void {
  const order = env.get('sale.order', line['order_id']);
  if (order['state'] !== 'sale' || !isGoods(env, line)) return;
  let difference = minus(Number(line['product_uom_qty']), before);
  const open = env.having('stock.move', 'sale_line_id', line.id).filter(isOpen);
  if (difference > 0) {
    const [move] = open;
    if (!move) return demand(env, order, [[line, difference]]);
    env.patch('stock.move', move, { product_uom_qty: Number(move['product_uom_qty']) + difference });
    refreshMove(env, move);
    return assignMoves(env, [move]);
  }
  for (const move of open) {
    if (difference >= 0) return;
    const left = Math.max(0, minus(Number(move['product_uom_qty']), -difference));
    difference = minus(difference, minus(left, Number(move['product_uom_qty'])));
    reduceTo(env, move, left);
  }
}

function reduceTo(env: Env, move: Row, demandLeft: number): void {
  env.patch('stock.move', move, { product_uom_qty: demandLeft });
  if (demandLeft === 0) {
    for (const line of linesOf(env, move)) removeLine(env, line);
    env.patch('stock.move', move, { quantity: 0, state: 'cancel', _open_product: 0 });
  } else if (Number(move['quantity']) > demandLeft) setMoveQuantity(env, move, demandLeft);
  else refreshMove(env, move);
  const picking = env.find('stock.picking', move['picking_id']);
  if (picking) refreshPicking(env, picking);
}
