import { minus, sum } from '../orm/decimal.ts';
import type { Env } from '../orm/env.ts';
import type { Row } from '../orm/field.ts';
import { insertLine, linesOf, removeLine, setLineQuantity, setPicked } from './lines.ts';
import { isOpen, movesOf, refreshMove } from './states.ts';

/*
 * 16 keeps what is entered as done (`qty_done` of the lines) beside what is reserved for them; from 17 on that is one quantity. Here a
 * line's `quantity` is what is reserved until its picking goes, and then what was entered.
 */

export const enteredOf = (env: Env, move: Row): number =>
  sum(linesOf(env, move).map((line) => Number(line['qty_done'] ?? 0)));

/** What is reserved for a move or a line that is still to go. */
export const reservedOf = (row: Row, state: unknown): number =>
  state === 'done' || state === 'cancel' ? 0 : Number(row['quantity'] ?? 0);

/** Fills the lines up to what is reserved for each, first come first served; the excess is the first one's. */
export function enterDone(env: Env, move: Row, quantity: number): void {
  const lines = linesOf(env, move);
  if (lines.length === 0 && quantity > 0) {
    const line = insertLine(env, move, { location: move['location_id'] }, 0, 0);
    env.patch('stock.move.line', line, { qty_done: quantity });
    return;
  }
  let left = quantity;
  for (const line of lines) {
    const part = Math.min(left, Number(line['quantity']));
    left = minus(left, part);
    env.patch('stock.move.line', line, { qty_done: part });
  }
  const [first] = lines;
  if (left > 0 && first) env.patch('stock.move.line', first, { qty_done: Number(first['qty_done']) + left });
}

export const nothingEntered = (env: Env, picking: Row): boolean =>
  movesOf(env, picking)
    .filter(isOpen)
    .every((move) => enteredOf(env, move) === 0);

/** Enters what is reserved, as the answer to the question about an immediate transfer does. */
export function enterReserved(env: Env, picking: Row): void {
  for (const line of movesOf(env, picking)
    .filter(isOpen)
    .flatMap((move) => linesOf(env, move)))
    env.patch('stock.move.line', line, { qty_done: Number(line['quantity']) });
}

/** What goes is what was entered: moves with nothing keep what is reserved for them, and stay. */
export function takeEntered(env: Env, picking: Row): void {
  for (const move of movesOf(env, picking).filter(isOpen)) {
    const goes = enteredOf(env, move) > 0;
    if (goes)
      for (const line of linesOf(env, move)) {
        const entered = Number(line['qty_done'] ?? 0);
        if (entered > 0) setLineQuantity(env, line, entered);
        else removeLine(env, line);
      }
    refreshMove(env, move);
    setPicked(env, move, goes);
  }
}
