import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { isStorable } from './availability.ts';
import { linesOf, releaseDownTo } from './lines.ts';
import { chainRest, releaseNext } from './pull.ts';
import { addStock } from './quants.ts';
import { assignMoves, freeExcess } from './reserve.ts';
import { movesOf, refreshMove, refreshPicking, setMoveState } from './states.ts';

/** Moves a line's goods from place to place and makes the move done. */
export function completeMove(env: Env, move: Row): void {
  const storable = isStorable(env, move['product_id']);
  for (const line of linesOf(env, move)) {
    releaseDownTo(env, line, 0);
    const quantity = Number(line['quantity']);
    const lot = incomingLot(env, line);
    env.patch('stock.move.line', line, { picked: true, lot_id: lot || false });
    if (!storable) continue;
    const source = addStock(env, line['product_id'], line['location_id'], lot, -quantity);
    freeExcess(env, source, move);
    addStock(env, line['product_id'], line['location_dest_id'], lot, quantity);
  }
  setMoveState(env, move, 'done');
  env.patch('stock.move', move, { picked: true, date: env.now });
}

/** A lot that is only named is found or made when the goods move. */
function incomingLot(env: Env, line: Row): number | false {
  if (line['lot_id']) return line['lot_id'] as number;
  if (!line['lot_name']) return false;
  const known = env
    .having('stock.lot', 'product_id', line['product_id'])
    .find((lot) => lot['name'] === line['lot_name']);
  if (known) return known.id;
  const expires = line['expiration_date'] ?? false;
  return env.insert('stock.lot', {
    name: line['lot_name'],
    product_id: line['product_id'],
    company_id: false,
    expiration_date: expires,
    removal_date: expires,
  }).id;
}

/** The picking that takes over what a partial shipment left: same order, same places, next number. */
export function createBackorder(env: Env, picking: Row): Row {
  const { id: _id, ...columns } = picking;
  return env.insert('stock.picking', {
    ...columns,
    name: nextPickingName(env, picking['picking_type_id']),
    state: 'draft',
    date_done: false,
    carrier_tracking_ref: false,
    backorder_id: picking.id,
  });
}

export function nextPickingName(env: Env, typeId: unknown): string {
  const type = env.get('stock.picking.type', typeId);
  const code = String(env.find('stock.warehouse', type['warehouse_id'])?.['code'] ?? 'WH');
  const prefix = `${code}/${String(type['sequence_code'])}/`;
  return prefix + String(env.db.nextInSequence(prefix)).padStart(5, '0');
}

/** Cuts a move's demand to what goes now and returns a new move for the rest. */
export function splitMove(env: Env, move: Row, now: number): Row {
  const rest = minus(Number(move['product_uom_qty']), now);
  const { id: _id, ...columns } = move;
  env.patch('stock.move', move, { product_uom_qty: now });
  const split = env.insert('stock.move', {
    ...columns,
    product_uom_qty: rest,
    quantity: 0,
    picked: false,
    state: 'confirmed',
    move_dest_ids: [],
    _open_product: move['product_id'],
  });
  if (env.major < 18) chainRest(env, move, split);
  return split;
}

/**
 * Ships a picking: picked moves go with their quantity, the rest goes to a backorder, or with `cancelRest` is dropped.
 * Returns false when nothing of it could go, which leaves the picking as it was.
 */
export function completePicking(env: Env, picking: Row, cancelRest: boolean): boolean {
  const open = movesOf(env, picking).filter((move) => move['state'] !== 'done' && move['state'] !== 'cancel');
  const going = open.filter((move) => move['picked'] === true && Number(move['quantity']) > 0);
  if (going.length === 0) return false;
  const left = open.filter((move) => !going.includes(move));
  if (cancelRest) for (const move of left) cancelMove(env, move);
  else backorderRest(env, picking, going, left);
  for (const move of going) completeMove(env, move);
  refreshPicking(env, picking);
  env.touch('stock.picking', picking);
  return true;
}

function backorderRest(env: Env, picking: Row, going: readonly Row[], left: readonly Row[]): void {
  const rests = going
    .filter((move) => Number(move['quantity']) < Number(move['product_uom_qty']))
    .map((move) => splitMove(env, move, Number(move['quantity'])));
  if (rests.length === 0 && left.length === 0) return;
  const backorder = createBackorder(env, picking);
  for (const move of [...rests, ...left]) {
    env.patch('stock.move', move, { picking_id: backorder.id, picked: false });
    for (const line of linesOf(env, move))
      env.patch('stock.move.line', line, { picking_id: backorder.id, picked: false });
    refreshMove(env, move);
  }
  refreshPicking(env, backorder);
  assignMoves(env, [...rests, ...left]);
}

export function cancelMove(env: Env, move: Row): void {
  for (const line of linesOf(env, move)) {
    releaseDownTo(env, line, 0);
    env.remove('stock.move.line', line);
  }
  env.patch('stock.move', move, { quantity: 0 });
  setMoveState(env, move, 'cancel');
  if (env.major < 18) releaseNext(env, move);
}
