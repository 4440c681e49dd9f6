import { minus } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { assignMoves } from './reserve.ts';
import { isOpen, refreshMove } from './states.ts';

/*
 * 16 and 17 plan a delivery of several steps whole: all of its transfers are there once the order is confirmed, the later ones wait for
 * those before them (code of 16 and 17). From 18 on each step makes the next one (push.ts).
 */

const idsOf = (move: Row, column: 'move_orig_ids' | 'move_dest_ids'): readonly number[] =>
  (move[column] as number[] | undefined) ?? [];

export function chainMoves(env: Env, before: Row, after: Row): void {
  link(env, before, 'move_dest_ids', after.id);
  link(env, after, 'move_orig_ids', before.id);
}

function link(env: Env, move: Row, column: 'move_orig_ids' | 'move_dest_ids', id: number): void {
  if (!idsOf(move, column).includes(id))
    env.patch('stock.move', move, { [column]: [...idsOf(move, column), id] });
}

export const movesBefore = (env: Env, move: Row): readonly Row[] =>
  env.existing('stock.move', [...idsOf(move, 'move_orig_ids')]);

const movesAfter = (env: Env, move: Row): readonly Row[] =>
  env.existing('stock.move', [...idsOf(move, 'move_dest_ids')]);

/** The rest of a move that was split stands in the chain where the move does. */
export function chainRest(env: Env, move: Row, rest: Row): void {
  for (const after of movesAfter(env, move)) chainMoves(env, rest, after);
  for (const before of movesBefore(env, move)) chainMoves(env, before, rest);
}

/** What was brought goes to the moves that waited for it. */
export function assignNext(env: Env, done: readonly Row[]): void {
  assignMoves(env, [...new Set(done.flatMap((move) => movesAfter(env, move)))]);
}

/** Who waited for a move that is cancelled waits for stock. */
export function releaseNext(env: Env, move: Row): void {
  for (const after of movesAfter(env, move)) {
    const before = idsOf(after, 'move_orig_ids').filter((id) => id !== move.id);
    env.patch('stock.move', after, { move_orig_ids: before, procure_method: 'make_to_stock' });
    refreshMove(env, after);
  }
  env.patch('stock.move', move, { move_dest_ids: [] });
}

/** By how much less the moves before this one have to bring. */
export function lowerBefore(
  env: Env,
  move: Row,
  less: number,
  lower: (move: Row, left: number) => void,
): void {
  let rest = less;
  for (const before of movesBefore(env, move).filter(isOpen)) {
    const demand = Number(before['product_uom_qty']);
    const taken = Math.min(rest, demand);
    rest = minus(rest, taken);
    lowerBefore(env, before, taken, lower);
    lower(before, minus(demand, taken));
  }
}
