import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { nextPickingName } from './done.ts';
import { assignMoves } from './reserve.ts';
import { refreshPicking } from './states.ts';

/**
 * In a two-step warehouse the second picking exists only once the first is done, with what was picked (recording 20).
 */
export function pushDoneMoves(env: Env, picking: Row, done: readonly Row[]): void {
  const going = done.filter(
    (move) => move['location_final_id'] && move['location_final_id'] !== move['location_dest_id'],
  );
  const type = env.find('stock.picking.type', picking['picking_type_id']);
  const warehouse = env.find('stock.warehouse', type?.['warehouse_id']);
  const [first] = going;
  if (!first || !warehouse) return;
  const out = openOutPicking(env, picking, warehouse) ?? createOutPicking(env, picking, warehouse, first);
  const pushed = going.map((move) => pushMove(env, move, out));
  assignMoves(env, pushed);
  refreshPicking(env, out);
}

const openOutPicking = (env: Env, picking: Row, warehouse: Row) =>
  picking['sale_id']
    ? env
        .having('stock.picking', 'sale_id', picking['sale_id'])
        .find(
          (each) =>
            each['picking_type_id'] === warehouse['out_type_id'] &&
            each['state'] !== 'done' &&
            each['state'] !== 'cancel',
        )
    : undefined;

function createOutPicking(env: Env, picking: Row, warehouse: Row, move: Row): Row {
  const { id: _id, ...columns } = picking;
  return env.insert('stock.picking', {
    ...columns,
    name: nextPickingName(env, warehouse['out_type_id']),
    picking_type_id: warehouse['out_type_id'],
    location_id: move['location_dest_id'],
    location_dest_id: move['location_final_id'],
    state: 'draft',
    scheduled_date: env.now,
    date_done: false,
    backorder_id: false,
  });
}

function pushMove(env: Env, move: Row, out: Row): Row {
  const { id: _id, ...columns } = move;
  const pushed = env.insert('stock.move', {
    ...columns,
    picking_id: out.id,
    picking_type_id: out['picking_type_id'],
    location_id: move['location_dest_id'],
    location_dest_id: move['location_final_id'],
    product_uom_qty: move['quantity'],
    quantity: 0,
    picked: false,
    state: 'confirmed',
    procure_method: 'make_to_order',
    move_orig_ids: [move.id],
    move_dest_ids: [],
    _open_product: move['product_id'],
  });
  env.patch('stock.move', move, { move_dest_ids: [pushed.id] });
  return pushed;
}
