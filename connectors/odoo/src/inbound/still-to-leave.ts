import { Decimal } from 'decimal.js';
import type { DecimalString } from '../values.ts';

/** A move of one order line on its way to the customer. */
export interface LeavingMove {
  /** 0 for the first of its warehouse's steps; the last is the one that leaves. */
  readonly step: number;
  readonly warehouse: string;
  /** draft, waiting, confirmed, partially_available, assigned, done, cancel. */
  readonly state: string;
  readonly demand: DecimalString;
  /** What moved, of one that is done. */
  readonly quantity: DecimalString;
  /** Of a transfer that is another's rest. */
  readonly backorder: boolean;
}

export interface StillToLeave {
  readonly open: Decimal;
  readonly backordered: Decimal;
}

/**
 * What of an order line is still to leave. Where a warehouse delivers in several steps a later one exists from the start (16 and 17) or
 * only for what the step before it has brought (18 and 19). So of what is pending in a step that part counts which the next one does not
 * have: what it has beyond what was brought to it. Quantities tell that, and links do not: a rest's move is tied to the same following move.
 *
 * A cancelled move of a later step still stands for what it had: what was given up there does not leave though it was not picked yet. Pure.
 */
export function stillToLeave(moves: readonly LeavingMove[]): StillToLeave {
  let open = new Decimal(0);
  let waiting = new Decimal(0);
  for (const ofWarehouse of Map.groupBy(moves, ({ warehouse }) => warehouse).values()) {
    const steps = [...Map.groupBy(ofWarehouse, ({ step }) => step)].toSorted(([a], [b]) => a - b);
    steps.forEach(([, own], at) => {
      const next = steps[at + 1]?.[1] ?? [];
      const pending = own.filter(isPending);
      const ahead = Decimal.max(0, sum(next, planned).minus(sum(own.filter(isDone), planned)));
      open = open.plus(Decimal.max(0, sum(pending, planned).minus(ahead)));
      waiting = waiting.plus(
        sum(
          pending.filter(({ backorder }) => backorder),
          planned,
        ),
      );
    });
  }
  // On 16 and 17 one unit may wait in the rests of several steps.
  return { open, backordered: Decimal.min(open, waiting) };
}

const isDone = ({ state }: LeavingMove): boolean => state === 'done';
const isPending = ({ state }: LeavingMove): boolean => state !== 'done' && state !== 'cancel';
const planned = (move: LeavingMove): DecimalString => (isDone(move) ? move.quantity : move.demand);

function sum(moves: readonly LeavingMove[], of: (move: LeavingMove) => DecimalString): Decimal {
  return moves.reduce((total, move) => total.plus(of(move)), new Decimal(0));
}
