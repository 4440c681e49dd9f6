import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { available, isExpired, isStorable, isWithin, quantsAt, usageOf } from './availability.ts';
import { insertLine, linesOf, releaseDownTo, removeLine, reserveFor, setLineQuantity } from './lines.ts';
import { addReservation } from './quants.ts';
import { isOpen, refreshMove, refreshPicking } from './states.ts';

/** Goods that aren't counted, and goods that come from outside, need no stock to be ready. */
export const needsNoStock = (env: Env, move: Row) =>
  usageOf(env, move['location_id']) !== 'internal' || !isStorable(env, move['product_id']);

const trackingOf = (env: Env, move: Row) => {
  const product = env.find('product.product', move['product_id']);
  return env.find('product.template', product?.['product_tmpl_id'])?.['tracking'];
};

/** Reserves what is free for the open demand of moves, first come first served (`_action_assign`). */
export function assignMoves(env: Env, moves: readonly Row[]): void {
  const pickings = new Set<Row>();
  for (const move of moves) {
    if (!isOpen(move) || move['state'] === 'draft' || move['state'] === 'assigned') continue;
    const missing = minus(Number(move['product_uom_qty']), Number(move['quantity']));
    if (missing > 0) {
      if (needsNoStock(env, move)) addUnbacked(env, move, missing);
      else takeFree(env, move, missing);
    }
    refreshMove(env, move);
    const picking = env.find('stock.picking', move['picking_id']);
    if (picking) pickings.add(picking);
  }
  for (const picking of pickings) refreshPicking(env, picking);
}

function addUnbacked(env: Env, move: Row, quantity: number): void {
  const line = linesOf(env, move)[0];
  if (line) env.patch('stock.move.line', line, { quantity: Number(line['quantity']) + quantity });
  else insertLine(env, move, { location: move['location_id'] }, quantity, 0);
}

/** Serials go one to a line; everything else is added to the line of the same place and lot. */
function takeFree(env: Env, move: Row, wanted: number): void {
  let missing = wanted;
  const serial = trackingOf(env, move) === 'serial';
  for (const quant of quantsAt(env, move['product_id'], move['location_id'])) {
    if (missing <= 0) return;
    if (isExpired(env, quant)) continue;
    const take = Math.min(missing, available(quant));
    if (take <= 0) continue;
    missing = minus(missing, take);
    const same = linesOf(env, move).find(
      (line) => line['location_id'] === quant['location_id'] && line['lot_id'] === quant['lot_id'],
    );
    if (same && !serial) {
      reserveFor(env, same, take);
      env.patch('stock.move.line', same, { quantity: Number(same['quantity']) + take });
      continue;
    }
    for (const part of serial ? Array.from({ length: take }, () => 1) : [take]) {
      addReservation(env, quant, part);
      insertLine(env, move, { location: quant['location_id'], lot: quant['lot_id'] }, part, part);
    }
  }
}

export function unreserveMoves(env: Env, moves: readonly Row[]): void {
  for (const move of moves) {
    if (!isOpen(move)) continue;
    for (const line of linesOf(env, move)) removeLine(env, line);
    refreshMove(env, move);
  }
}

/**
 * `stock.move.quantity` written by a client: less takes from the last lines, more reserves what is free and takes the
 * rest all the same (delivery beyond stock is accepted).
 */
export function setMoveQuantity(env: Env, move: Row, quantity: number): void {
  const lines = linesOf(env, move);
  let difference = minus(quantity, Number(move['quantity']));
  for (const line of lines.toReversed()) {
    if (difference >= 0) break;
    const held = Number(line['quantity']);
    const left = Math.max(0, minus(held, -difference));
    difference = minus(difference, minus(left, held));
    if (left === 0) removeLine(env, line);
    else setLineQuantity(env, line, left);
  }
  if (difference > 0) raise(env, move, lines[0], difference);
  refreshMove(env, move);
}

function raise(env: Env, move: Row, first: Row | undefined, difference: number): void {
  // 18 takes the excess on a line of its own, 19 on the first one (recording 08 of both).
  if (first && env.major >= 19) return setLineQuantity(env, first, Number(first['quantity']) + difference);
  const line = insertLine(env, move, { location: move['location_id'] }, difference, 0);
  if (!needsNoStock(env, move)) reserveFor(env, line, difference);
}

/**
 * When a place holds less than is reserved there (a count was lowered, or more went out than was held), reservations
 * of other moves give way, the latest scheduled first; those moves then look for stock elsewhere.
 */
export function freeExcess(env: Env, quant: Row, keep?: Row): void {
  let excess = minus(Number(quant['reserved_quantity']), Math.max(0, Number(quant['quantity'])));
  if (excess <= 0) return;
  const freed = new Set<Row>();
  for (const line of reservedLines(env, quant, keep)) {
    if (excess <= 0) break;
    const held = Number(line['_reserved']);
    const give = Math.min(held, excess);
    excess = minus(excess, give);
    const left = minus(Number(line['quantity']), give);
    const move = env.get('stock.move', line['move_id']);
    if (left <= 0) removeLine(env, line);
    else {
      releaseDownTo(env, line, minus(held, give));
      env.patch('stock.move.line', line, { quantity: left });
    }
    refreshMove(env, move);
    freed.add(move);
  }
  assignMoves(env, [...freed]);
  for (const move of freed) {
    const picking = env.find('stock.picking', move['picking_id']);
    if (picking) refreshPicking(env, picking);
  }
}

function reservedLines(env: Env, quant: Row, keep?: Row): Row[] {
  const scheduled = (line: Row) =>
    String(env.find('stock.picking', line['picking_id'])?.['scheduled_date'] ?? '');
  return (
    env
      .having('stock.move.line', '_reserved_product', quant['product_id'])
      .filter((line) => line['location_id'] === quant['location_id'] && line['lot_id'] === quant['lot_id'])
      // Work that is done there is not undone (code of 17 to 19).
      .filter((line) => line['move_id'] !== keep?.id && line['picked'] !== true)
      .sort((a, b) => (scheduled(a) === scheduled(b) ? b.id - a.id : scheduled(a) < scheduled(b) ? 1 : -1))
  );
}

/** Goods that arrived go to the moves that wait for them, the oldest first (`_trigger_assign`). */
export function assignWaiting(env: Env, productId: unknown, location: unknown): void {
  const waiting = env
    .having('stock.move', '_open_product', productId as number)
    .filter((move) => move['state'] === 'confirmed' || move['state'] === 'partially_available')
    .filter((move) => isWithin(env, location, move['location_id']))
    .sort((a, b) => String(a['date']).localeCompare(String(b['date'])) || a.id - b.id);
  assignMoves(env, waiting);
}
