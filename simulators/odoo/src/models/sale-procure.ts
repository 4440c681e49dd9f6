import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { outsideLocation } from '../stock/availability.ts';
import { linesOf, removeLine } from '../stock/lines.ts';
import { nextPickingName } from '../stock/done.ts';
import { chainMoves, lowerBefore, movesBefore } from '../stock/pull.ts';
import { assignMoves, setMoveQuantity } from '../stock/reserve.ts';
import { isOpen, refreshMove, refreshPicking } from '../stock/states.ts';
import { linesOfOrder } from './sale-amounts.ts';
import { isConfirmed } from './sale-states.ts';

/** Goods are delivered by a picking; services are not. */
export const isGoods = (env: Env, line: Row): boolean => {
  const product = env.find('product.product', line['product_id']);
  const template = env.find('product.template', product?.['product_tmpl_id']);
  return env.major < 18 ? template?.['detailed_type'] !== 'service' : template?.['type'] === 'consu';
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
  if (env.major < 18) return planAll(env, order, wanted);
  const [step] = stepsOf(env, order);
  if (!step) return;
  const picking = openPicking(env, order, step) ?? createPicking(env, order, step);
  const moves = wanted.map(([line, quantity]) => createMove(env, picking, line, quantity, step));
  assignMoves(env, moves);
  refreshPicking(env, picking);
}

/** 16 and 17 plan all steps at once. The order's line stands on what leaves for the customer alone. */
function planAll(env: Env, order: Row, wanted: readonly (readonly [Row, number])[]): void {
  const steps = stepsOf(env, order).map((step) => ({
    ...step,
    picking: openPicking(env, order, step) ?? createPicking(env, order, step),
  }));
  const [first] = steps;
  for (const [line, quantity] of wanted) {
    let after: Row | undefined;
    for (const step of steps.toReversed()) {
      const move = createMove(env, step.picking, line, quantity, step);
      env.patch('stock.move', move, {
        ...(after ? { sale_line_id: false } : {}),
        ...(step === first ? {} : { procure_method: 'make_to_order' }),
      });
      if (after) {
        chainMoves(env, move, after);
        refreshMove(env, after);
      }
      if (step === first) assignMoves(env, [move]);
      after = move;
    }
  }
  for (const { picking } of steps) refreshPicking(env, picking);
}

function openPicking(env: Env, order: Row, { type }: Step): Row | undefined {
  return env
    .having('stock.picking', 'sale_id', order.id)
    .find((picking) => isOpen(picking) && picking['picking_type_id'] === type && !picking['return_id']);
}

const warehouseOf = (env: Env, order: Row) => env.get('stock.warehouse', order['warehouse_id']);

/** One transfer of a delivery. */
interface Step {
  readonly type: number;
  readonly from: number;
  readonly to: number;
  readonly final: number;
}

/** The steps of a delivery in the order in which goods go. */
function stepsOf(env: Env, order: Row): readonly Step[] {
  const warehouse = warehouseOf(env, order);
  const final = outsideLocation(env, 'customer');
  const id = (column: string) => warehouse[column] as number;
  const [stock, packing, output] = ['lot_stock_id', 'wh_pack_stock_loc_id', 'wh_output_stock_loc_id'].map(id);
  if (stock === undefined || packing === undefined || output === undefined) return [];
  const pick = { type: id('pick_type_id'), from: stock, final };
  const out = { type: id('out_type_id'), to: final, final };
  switch (warehouse['delivery_steps']) {
    case 'pick_ship':
      return [
        { ...pick, to: output },
        { ...out, from: output },
      ];
    case 'pick_pack_ship':
      return [
        { ...pick, to: packing },
        { type: id('pack_type_id'), from: packing, to: output, final },
        { ...out, from: output },
      ];
    default:
      return [{ ...out, from: stock }];
  }
}

/** 18 alone puts the customer's reference behind the order's name. */
function originOf(env: Env, order: Row): string {
  const reference = order['client_order_ref'];
  return env.major === 18 && reference
    ? `${String(order['name'])} - ${String(reference)}`
    : String(order['name']);
}

function createPicking(env: Env, order: Row, { type, from, to }: Step): Row {
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

function createMove(env: Env, picking: Row, line: Row, quantity: number, { from, to, final }: Step): Row {
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
  if (!isConfirmed(order) || !isGoods(env, line)) return;
  let difference = minus(Number(line['product_uom_qty']), before);
  const open = env.having('stock.move', 'sale_line_id', line.id).filter(isOpen);
  if (difference > 0) {
    const [move] = open;
    if (!move) return demand(env, order, [[line, difference]]);
    raiseChain(env, move, difference);
    return;
  }
  for (const move of open) {
    if (difference >= 0) return;
    const demanded = Number(move['product_uom_qty']);
    const left = Math.max(0, minus(demanded, -difference));
    lowerBefore(env, move, minus(demanded, left), (before, rest) => reduceTo(env, before, rest));
    difference = minus(difference, minus(left, Number(move['product_uom_qty'])));
    reduceTo(env, move, left);
  }
}

/** What is more has to be brought by an open move of each step before. */
function raiseChain(env: Env, move: Row, more: number): void {
  env.patch('stock.move', move, { product_uom_qty: Number(move['product_uom_qty']) + more });
  const [before] = movesBefore(env, move).filter(isOpen);
  if (env.major < 18 && before) raiseChain(env, before, more);
  refreshMove(env, move);
  if (!before) assignMoves(env, [move]);
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
