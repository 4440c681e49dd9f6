import { Decimal } from 'decimal.js';
import type { Move } from '../picking-reader.ts';
import type { DecimalString } from '../values.ts';
import { isDecimal } from '../values.ts';

/** As much of a shipped line as its lots need. */
export interface LottedLine {
  readonly sku?: string;
  readonly orderLineExternalId?: string;
  readonly quantity: DecimalString;
  readonly lots?: readonly MoveLot[];
}

export interface MoveLot {
  readonly lot: string;
  readonly quantity: DecimalString;
}

/**
 * Spreads the lots of lines over the moves that their quantities were given to, in order. Pure.
 *
 * @returns by move, or the sentence that says which lots do not add up
 */
export function spreadLots<L extends LottedLine>(
  lines: readonly L[],
  moves: readonly Move[],
  quantities: ReadonlyMap<number, DecimalString>,
  matches: (line: L, move: Move) => boolean,
): ReadonlyMap<number, readonly MoveLot[]> | string {
  const spread = new Map<number, MoveLot[]>();
  const room = new Map([...quantities].map(([id, quantity]) => [id, new Decimal(quantity)]));
  for (const line of lines) {
    if (line.lots === undefined || line.lots.length === 0) continue;
    const wrong = line.lots.find(({ quantity }) => !isDecimal(quantity) || !(Number(quantity) > 0));
    if (wrong !== undefined) return `"${wrong.quantity}" of lot ${wrong.lot} is no quantity.`;
    const total = line.lots.reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0));
    if (!total.equals(line.quantity))
      return `the lots of ${line.sku ?? line.orderLineExternalId} add up to ${total.toFixed()}, not to ${line.quantity}.`;
    const matching = moves.filter((move) => quantities.has(move.id) && matches(line, move));
    for (const { lot, quantity } of line.lots) {
      let left = new Decimal(quantity);
      for (const move of matching) {
        const part = Decimal.min(left, room.get(move.id) ?? new Decimal(0));
        if (part.isZero()) continue;
        spread.set(move.id, [...(spread.get(move.id) ?? []), { lot, quantity: part.toFixed() }]);
        room.set(move.id, (room.get(move.id) ?? new Decimal(0)).minus(part));
        left = left.minus(part);
      }
    }
  }
  return spread;
}
