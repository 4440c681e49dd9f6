import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { nextPickingName } from './done.ts';
import { assignMoves } from './reserve.ts';
import { refreshPicking } from './states.ts';

/**
 * In a warehouse of two or three steps the next picking exists only once the one before is done, with what that brought
 * (recording 20; three steps as an 18.0 server did it).
 */
export function pushDoneMoves(env: Env, picking: Row, done: readonly Row[]): void {
  const going = done.filter(
    (move) => move['location_final_id'] && move['location_final_id'] !== move['location_dest_id'],
  );
  const type = env.find('stock.picking.type', picking['picking_type_id']);
  const warehouse = env.find('stock.warehouse', type?.['warehouse_id']);
  const [first] = going;
  if (!first || !warehouse) return;
  const packing = first['location_dest_id'] === warehouse['wh_pack_stock_loc_id'];
  const step = {
    type: warehouse[packing ? 'pack_type_id' : 'out_type_id'] as number,
    from: first['location_dest_id'] as number,
    to: (packing ? warehouse['wh_output_stock_loc_id'] : first['location_final_id']) as number,
  };
  const out = openPicking(env, picking, step) ?? createPicking(env, picking, step);
  const pushed = going.map((move) => pushMove(env, move, out));
  assignMoves(env, pushed);
  refreshPicking(env, out);
}

interface Step {
  readonly type: number;
  readonly from: number;
  readonly to: number;
}

const openPicking = (env: Env, picking: Row, { type }: Step) =>
  picking['sale_id']
    ? env
        .having('stock.picking', 'sale_id', picking['sale_id'])
        .find(
          (each) =>
            each['picking_type_id'] === type && each['state'] !== 'done' && each['state'] !== 'cancel',
        )
    : undefined;

function createPicking(env: Env, picking: Row, { type, from, to }: Step): Row {
  const { id: _id, ...columns } = picking;
  return env.insert('stock.picking', {
    ...columns,
    name: nextPickingName(env, type),
    picking_type_id: type,
    location_id: from,
    location_dest_id: to,
    state: 'draft',
    scheduled_date: env.now,
    date_done: false,
    backorder_id: false,
    carrier_tracking_ref: false,
  });
}

function pushMove(env: Env, move: Row, out: Row): Row {
  const { id: _id, ...columns } = move;
  const pushed = env.insert('stock.move', {
    ...columns,
    picking_id: out.id,
    picking_type_id: out['picking_type_id'],
    location_id: out['location_id'],
    location_dest_id: out['location_dest_id'],
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
