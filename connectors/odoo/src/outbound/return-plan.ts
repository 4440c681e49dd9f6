import { Decimal } from 'decimal.js';
import { type Rejected, rejected } from '../outcome.ts';
import type { Move, Picking } from '../picking-reader.ts';
import type { DecimalString } from '../values.ts';
import { isDecimal, sameDecimal } from '../values.ts';

export interface ReturnToCreate {
  /** The RMA's number: it stands in the return's origin, by which the same return is recognised. */
  readonly reference: string;
  /** The done transfer that the goods left by. */
  readonly pickingId: number;
  readonly lines: readonly ReturnedLine[];
}

export interface ReturnedLine {
  /** External id of the order line, without its module; else the product's internal reference finds the move. */
  readonly orderLineExternalId?: string;
  readonly sku: string;
  readonly quantity: DecimalString;
}

/** A move of a return, with the move of the delivery that it takes back. */
export interface ReturnMove {
  readonly pickingId: number;
  readonly sourceMoveId: number;
  readonly state: string;
  /** What it asks for while open, what came when done. */
  readonly quantity: DecimalString;
}

export interface ExistingReturn {
  readonly pickingId: number;
  readonly name: string;
  readonly state: string;
  readonly origin: string;
  readonly moves: readonly ReturnMove[];
}

export type ReturnPlan =
  | { readonly kind: 'make'; readonly quantities: ReadonlyMap<number, DecimalString> }
  | { readonly kind: 'adopt'; readonly found: ExistingReturn; readonly marked: boolean }
  | Rejected;

const mend = 'Compare the RMA with what was delivered and with the returns that exist in Odoo.';

/**
 * Decides what a return asks for. Pure. Odoo's wizard checks nothing: it takes 99 back of 10, and returns a transfer that never left
 * (recording 13). A return whose making was not answered has no mark yet: an unmarked one of exactly these quantities is taken for it.
 */
export function planReturn(
  wanted: ReturnToCreate,
  picking: Picking | undefined,
  existing: readonly ExistingReturn[],
): ReturnPlan {
  if (picking === undefined)
    return rejected('odoo-record-missing', `Odoo has no transfer ${wanted.pickingId}.`, mend);
  const marked = existing.find(({ origin }) => isMarked(origin, wanted.reference));
  if (marked !== undefined) return { kind: 'adopt', found: marked, marked: true };
  if (picking.state !== 'done')
    return rejected(
      'odoo-return-exceeds',
      `${picking.name} has not left, so nothing of it can come back.`,
      mend,
    );
  const allocated = allocate(wanted.lines, picking.moves, takenBack(existing));
  if (typeof allocated === 'string')
    return rejected('odoo-return-exceeds', `${picking.name}: ${allocated}`, mend, 'quantity');
  const unmarked = existing.find(
    ({ origin, moves, state }) =>
      state !== 'cancel' && isUnmarked(origin, picking.name) && sameQuantities(moves, allocated),
  );
  if (unmarked !== undefined) return { kind: 'adopt', found: unmarked, marked: false };
  return { kind: 'make', quantities: allocated };
}

/** `Return of WH/OUT/00070, RMA-7`: Odoo's own words stay in front. */
export function markedOrigin(origin: string, reference: string): string {
  return `${origin}, ${reference}`;
}

export function isMarked(origin: string, reference: string): boolean {
  return origin.endsWith(`, ${reference}`);
}

function isUnmarked(origin: string, pickingName: string): boolean {
  return origin.endsWith(pickingName);
}

function takenBack(existing: readonly ExistingReturn[]): ReadonlyMap<number, Decimal> {
  const taken = new Map<number, Decimal>();
  for (const { moves } of existing)
    for (const { sourceMoveId, state, quantity } of moves)
      if (state !== 'cancel')
        taken.set(sourceMoveId, (taken.get(sourceMoveId) ?? new Decimal(0)).plus(quantity));
  return taken;
}

/** Spreads what comes back over the moves that brought it. @returns the quantities, or the sentence that says what is too much */
function allocate(
  lines: readonly ReturnedLine[],
  moves: readonly Move[],
  taken: ReadonlyMap<number, Decimal>,
): Map<number, DecimalString> | string {
  const quantities = new Map<number, Decimal>();
  for (const line of lines) {
    if (!isDecimal(line.quantity) || !(Number(line.quantity) > 0))
      return `"${line.quantity}" is no quantity.`;
    const matching = moves.filter((move) => move.state === 'done' && matches(line, move));
    let left = new Decimal(line.quantity);
    for (const move of matching) {
      const used = (taken.get(move.id) ?? new Decimal(0)).plus(quantities.get(move.id) ?? 0);
      const part = Decimal.min(left, Decimal.max(0, new Decimal(move.quantity).minus(used)));
      if (part.isPositive() && !part.isZero())
        quantities.set(move.id, (quantities.get(move.id) ?? new Decimal(0)).plus(part));
      left = left.minus(part);
    }
    if (!left.isZero())
      return `${line.quantity} of ${line.sku} are ${left.toFixed()} more than were delivered and are not back yet.`;
  }
  if (quantities.size === 0) return 'the return has no lines.';
  return new Map([...quantities].map(([id, quantity]) => [id, quantity.toFixed()]));
}

function matches(line: ReturnedLine, move: Move): boolean {
  if (line.orderLineExternalId !== undefined && move.orderLineExternalId !== null)
    return move.orderLineExternalId === line.orderLineExternalId;
  return move.sku === line.sku;
}

export function sameQuantities(
  moves: readonly ReturnMove[],
  quantities: ReadonlyMap<number, DecimalString>,
): boolean {
  return (
    moves.length === quantities.size &&
    moves.every(({ sourceMoveId, quantity }) => sameDecimal(quantities.get(sourceMoveId) ?? '0', quantity))
  );
}
