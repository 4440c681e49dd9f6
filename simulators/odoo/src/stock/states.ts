import { sum } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { linesOf } from './lines.ts';

export const isOpen = (row: Row) => row['state'] !== 'done' && row['state'] !== 'cancel';

export const movesOf = (env: Env, picking: Row) => env.having('stock.move', 'picking_id', picking.id);

export function setMoveState(env: Env, move: Row, state: string): void {
  if (move['state'] === state) return;
  const open = state !== 'done' && state !== 'cancel' && state !== 'draft';
  env.patch('stock.move', move, { state, _open_product: open ? move['product_id'] : 0 });
}

/** A move's quantity is the sum of its lines; its state follows from how much of the demand that is. */
export function refreshMove(env: Env, move: Row): void {
  const quantity = sum(linesOf(env, move).map((line) => Number(line['quantity'])));
  if (move['quantity'] !== quantity) env.patch('stock.move', move, { quantity });
  if (!isOpen(move) || move['state'] === 'draft') return;
  const demand = Number(move['product_uom_qty']);
  if (quantity > 0) setMoveState(env, move, quantity >= demand ? 'assigned' : 'partially_available');
  else setMoveState(env, move, waitsForOther(env, move) ? 'waiting' : 'confirmed');
}

const waitsForOther = (env: Env, move: Row) =>
  ((move['move_orig_ids'] as number[] | undefined) ?? []).some((id) => {
    const origin = env.find('stock.move', id);
    return origin !== undefined && isOpen(origin);
  });

/** A picking's state is computed from its moves and bumps `write_date` only when it changes. */
export function refreshPicking(env: Env, picking: Row): void {
  const state = pickingState(picking, movesOf(env, picking));
  if (picking['state'] === state) return;
  const done = state === 'done' ? { date_done: env.now } : {};
  env.patch('stock.picking', picking, { state, ...done });
}

const READINESS: Record<string, number> = { assigned: 4, waiting: 3, partially_available: 2, confirmed: 1 };

function pickingState(picking: Row, moves: Row[]): string {
  if (moves.length === 0) return picking['state'] === 'cancel' ? 'cancel' : 'draft';
  if (moves.some((move) => move['state'] === 'draft')) return 'draft';
  if (moves.every((move) => move['state'] === 'cancel')) return 'cancel';
  if (!moves.some(isOpen)) return 'done';
  const states = moves.filter(isOpen).map((move) => String(move['state']));
  states.sort((a, b) => (READINESS[a] ?? 0) - (READINESS[b] ?? 0));
  const [least = 'confirmed'] = states;
  const most = states.at(-1) ?? least;
  if (picking['move_type'] === 'one') return least === 'partially_available' ? 'confirmed' : least;
  return most === 'partially_available' ? 'assigned' : most;
}
