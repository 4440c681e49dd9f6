import { Decimal } from 'decimal.js';
import type { Rejected } from '../outcome.ts';
import { rejected } from '../outcome.ts';
import type { Move, Picking } from '../picking-reader.ts';
import type { DecimalString } from '../values.ts';
import { isDecimal, sameDecimal } from '../values.ts';
import { type MoveLot, spreadLots } from './shipment-lots.ts';

/** What shipped of one line; the move is found by the first of the three that is given. */
export interface ShippedLine {
  readonly moveId?: number;
  /** External id of the order line, without its module. */
  readonly orderLineExternalId?: string;
  readonly sku?: string;
  /** In the product's base unit. */
  readonly quantity: DecimalString;
  /** Lots or serials, adding up to the quantity. Left out: what Odoo reserved is what left. */
  readonly lots?: readonly { readonly lot: string; readonly quantity: DecimalString }[];
}

export interface ShipmentToPost {
  readonly pickingId: number;
  /** Lines that are not named did not ship. */
  readonly lines: readonly ShippedLine[];
  readonly trackingNumber?: string;
  /** What becomes of the rest: a backorder, or it is given up. The operation type's own policy goes first in Odoo. */
  readonly remainder: 'backorder' | 'cancel';
}

/** What a picking and a shipment mean for each other. */
export type ShipmentPlan =
  | {
      readonly kind: 'post';
      readonly quantities: ReadonlyMap<number, DecimalString>;
      /** By move, for those whose lots were told. */
      readonly lots: ReadonlyMap<number, readonly MoveLot[]>;
    }
  | { readonly kind: 'adopt' }
  | Rejected;

const lookAtIt =
  'Compare the transfer in Odoo with what the warehouse reported, and correct the one that is wrong.';

/** Decides from the picking's state what a shipment asks for. Pure. */
export function planShipment(shipment: ShipmentToPost, picking: Picking | undefined): ShipmentPlan {
  if (picking === undefined) {
    return rejected(
      'odoo-record-missing',
      `Odoo has no transfer ${shipment.pickingId}.`,
      'It was deleted in Odoo; release the order again.',
    );
  }
  if (picking.state === 'cancel') {
    return rejected(
      'odoo-picking-cancelled',
      `${picking.name} is cancelled in Odoo, and the warehouse shipped it.`,
      lookAtIt,
    );
  }
  const done = picking.state === 'done';
  const allocated = allocate(
    shipment.lines,
    picking.moves.filter(({ state }) => (done ? state === 'done' : state !== 'done' && state !== 'cancel')),
  );
  if (typeof allocated === 'string') {
    return done
      ? rejected(
          'odoo-picking-done-otherwise',
          `${picking.name} is done in Odoo with other lines: ${allocated}`,
          lookAtIt,
        )
      : rejected('odoo-shipment-invalid', `${picking.name}: ${allocated}`, lookAtIt);
  }
  if (done) return adoptionOf(shipment, picking, allocated);
  if ([...allocated.values()].every((quantity) => new Decimal(quantity).isZero())) {
    return rejected('odoo-shipment-invalid', `The shipment of ${picking.name} has no quantity.`, lookAtIt);
  }
  const lots = spreadLots(shipment.lines, picking.moves, allocated, matches);
  if (typeof lots === 'string')
    return rejected('odoo-shipment-invalid', `${picking.name}: ${lots}`, lookAtIt);
  return { kind: 'post', quantities: allocated, lots };
}

/** A done picking is this shipment's only when every quantity is the same and no other parcel's number stands on it. */
function adoptionOf(
  shipment: ShipmentToPost,
  picking: Picking,
  allocated: ReadonlyMap<number, DecimalString>,
): ShipmentPlan {
  const differing = picking.moves.find(
    ({ id, state, quantity }) => state === 'done' && !sameDecimal(quantity, allocated.get(id) ?? '0'),
  );
  if (differing !== undefined) {
    const shipped = allocated.get(differing.id) ?? '0';
    const what = `${differing.sku ?? differing.productId} with ${differing.quantity}, the warehouse shipped ${shipped}`;
    return rejected(
      'odoo-picking-done-otherwise',
      `${picking.name} is done in Odoo already: ${what}.`,
      lookAtIt,
    );
  }
  const { trackingNumber } = shipment;
  if (
    trackingNumber !== undefined &&
    picking.trackingNumber !== null &&
    picking.trackingNumber !== trackingNumber
  ) {
    return rejected(
      'odoo-picking-done-otherwise',
      `${picking.name} is done in Odoo with the tracking number ${picking.trackingNumber}, not ${trackingNumber}.`,
      lookAtIt,
    );
  }
  return { kind: 'adopt' };
}

/**
 * Spreads the shipped quantities over the moves. Several moves of one product are filled in order up to
 * their demand, the last takes what is over.
 *
 * @returns the quantity of every move (zero for one that did not ship), or the sentence that says what fits nowhere
 */
function allocate(
  lines: readonly ShippedLine[],
  moves: readonly Move[],
): Map<number, DecimalString> | string {
  const quantities = new Map(moves.map(({ id }) => [id, new Decimal(0)]));
  for (const line of lines) {
    const matching = moves.filter((move) => matches(line, move));
    if (!isDecimal(line.quantity)) return `"${line.quantity}" is no quantity.`;
    let left = new Decimal(line.quantity);
    if (left.isNegative()) return `a shipped quantity is negative (${line.quantity}).`;
    if (matching.length === 0 && !left.isZero()) return `no open line for ${describe(line)}.`;
    matching.forEach((move, index) => {
      const filled = quantities.get(move.id) ?? new Decimal(0);
      const room = Decimal.max(0, new Decimal(move.demand).minus(filled));
      const part = index === matching.length - 1 ? left : Decimal.min(left, room);
      quantities.set(move.id, filled.plus(part));
      left = left.minus(part);
    });
  }
  return new Map([...quantities].map(([id, quantity]) => [id, quantity.toFixed()]));
}

function matches(line: ShippedLine, move: Move): boolean {
  if (line.moveId !== undefined) return move.id === line.moveId;
  if (line.orderLineExternalId !== undefined) return move.orderLineExternalId === line.orderLineExternalId;
  return line.sku !== undefined && move.sku === line.sku;
}

function describe(line: ShippedLine): string {
  return line.orderLineExternalId ?? line.sku ?? `move ${line.moveId}`;
}
