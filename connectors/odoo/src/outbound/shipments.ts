import type { Touches } from '../client/keyed-limit.ts';
import { classifyLoadMessage, classifyOdooError, unknownAfter } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import type { Odoo } from '../external-ids.ts';
import { fieldsOf } from '../field-catalogue.ts';
import type { Failure, Outcome } from '../outcome.ts';
import { rejected } from '../outcome.ts';
import type { Picking, PickingState } from '../picking-reader.ts';
import { readPickingStates, readPickings } from '../picking-reader.ts';
import { type DecimalString, sameDecimal } from '../values.ts';
import { onRecord } from '../refused-record.ts';
import { differencesOf } from '../version-differences.ts';
import { doneOtherwise, holdQuantities, writeQuantities } from './held-quantities.ts';
import { questionIn } from './question.ts';
import { stockOf } from './touches.ts';
import type { MoveLot } from './shipment-lots.ts';
import { writeLots } from './write-lots.ts';
import type { ShipmentToPost } from './shipment-plan.ts';
import { planShipment } from './shipment-plan.ts';

export interface PostedShipment {
  /** The transfer's number, `WH/OUT/00042`. */
  readonly name: string;
  readonly pickingTypeId: number | null;
  /** RFC 3339. */
  readonly doneAt: string | null;
  /** The transfer that holds the rest; null when nothing is left or the rest was given up. */
  readonly backorderPickingId: number | null;
  /** It was done with these quantities when this call came. */
  readonly adopted: boolean;
}

export type PostOutcome = Outcome<PostedShipment>;

interface Posting {
  readonly shipment: ShipmentToPost;
  readonly picking: Picking;
  /** What goes of each move; zero: nothing. */
  readonly quantities: ReadonlyMap<number, DecimalString>;
  /** Quantities to write, by move: only those that differ from what Odoo would ship by itself. */
  readonly writes: readonly (readonly [moveId: number, quantity: DecimalString])[];
  /** Lots to write in place of a quantity, by move. */
  readonly lots: ReadonlyMap<number, readonly MoveLot[]>;
}

/**
 * Posts shipments: writes what shipped of each move and validates the transfers, together for the batch (up
 * to about 50), one by one when Odoo refuses the batch. Success is only that a transfer reads as done with what shipped.
 *
 * A transfer that is done with the same quantities (and no other tracking number) is a success that was
 * already had; with others it is rejected. So calling it again is harmless. A batch names each transfer once;
 * two calls with the same transfer must not run at once.
 *
 * @returns one outcome per shipment, in order
 */
export async function postShipments(
  odoo: Odoo,
  shipments: readonly ShipmentToPost[],
  signal?: AbortSignal,
): Promise<PostOutcome[]> {
  const outcomes = new Map<ShipmentToPost, PostOutcome>();
  try {
    const postings = await plan(odoo, shipments, outcomes, signal);
    const failure = await post(odoo, postings, signal);
    const open = await settle(odoo, postings, failure, outcomes, signal);
    if (postings.length > 1 && (failure === null || failure.kind === 'rejected')) {
      await postSingly(odoo, open, outcomes, signal);
    }
  } catch (error) {
    const failure = classifyOdooError(error);
    for (const shipment of shipments) if (!outcomes.has(shipment)) outcomes.set(shipment, failure);
  }
  return shipments.map((shipment) => outcomes.get(shipment) ?? { kind: 'retry', message: 'Not posted yet.' });
}

async function plan(
  odoo: Odoo,
  shipments: readonly ShipmentToPost[],
  outcomes: Map<ShipmentToPost, PostOutcome>,
  signal?: AbortSignal,
): Promise<Posting[]> {
  if (shipments.length === 0) return [];
  const { shipsReserved } = differencesOf((await odoo.client.server({ signal })).major);
  const ids = [...new Set(shipments.map(({ pickingId }) => pickingId))];
  const pickings = new Map(
    (await readPickings(odoo, { domain: [['id', 'in', ids]] }, signal)).map((picking) => [
      picking.id,
      picking,
    ]),
  );
  const taken = new Set<number>();
  const postings: Posting[] = [];
  for (const shipment of shipments) {
    const picking = pickings.get(shipment.pickingId);
    const planned = planShipment(shipment, picking);
    if (planned.kind === 'rejected')
      outcomes.set(shipment, onRecord(odoo, planned, 'stock.picking', shipment.pickingId));
    else if (picking === undefined) continue;
    else if (planned.kind === 'adopt') outcomes.set(shipment, posted(picking, picking.pickingTypeId, true));
    else if (taken.has(picking.id)) {
      outcomes.set(shipment, {
        kind: 'retry',
        message: `${picking.name} has another shipment in the same batch.`,
      });
    } else {
      taken.add(picking.id);
      const reserved = new Map(picking.moves.map(({ id, quantity }) => [id, quantity]));
      const writes = [...planned.quantities].filter(
        ([moveId, quantity]) =>
          !planned.lots.has(moveId) &&
          (!shipsReserved || !sameDecimal(quantity, reserved.get(moveId) ?? '0')),
      );
      postings.push({ shipment, picking, quantities: planned.quantities, writes, lots: planned.lots });
    }
  }
  return postings;
}

/**
 * Quantities, tracking numbers, validation. Tracking numbers differ each, so they go by `load()` in one call.
 *
 * @returns what went wrong; the transfers may be done all the same
 */
async function post(odoo: Odoo, postings: readonly Posting[], signal?: AbortSignal): Promise<Failure | null> {
  if (postings.length === 0) return null;
  try {
    const touches = touchedBy(postings);
    await writeQuantities(
      odoo,
      postings.flatMap((posting) => posting.writes),
      touches,
      signal,
    );
    const lotRefusal = await writeLots(
      odoo,
      postings.map(({ picking, lots }) => ({ picking, lots })),
      signal,
    );
    if (lotRefusal !== null) return lotRefusal;
    const all = new Map(postings.flatMap(({ quantities }) => [...quantities]));
    await holdQuantities(odoo, all, touches, signal);
    const refusal = await writeTrackingNumbers(odoo, postings, signal);
    return refusal ?? (await validate(odoo, postings, signal));
  } catch (error) {
    return classifyOdooError(error);
  }
}

async function writeTrackingNumbers(
  odoo: Odoo,
  postings: readonly Posting[],
  signal?: AbortSignal,
): Promise<Failure | null> {
  if (!(await fieldsOf(odoo, 'stock.picking')).has('carrier_tracking_ref')) return null;
  const data = postings.flatMap(({ shipment: { pickingId, trackingNumber }, picking }) =>
    trackingNumber === undefined || trackingNumber === picking.trackingNumber
      ? []
      : [[String(pickingId), trackingNumber]],
  );
  if (data.length === 0) return null;
  const answer = await odoo.client.call<{
    ids: number[] | false;
    messages: { type: string; message: string }[];
  }>('stock.picking', 'load', { fields: ['.id', 'carrier_tracking_ref'], data }, { signal });
  if (answer.ids !== false) return null;
  const error = answer.messages.find(({ type }) => type === 'error');
  return classifyLoadMessage(error?.message ?? 'Odoo did not take the tracking number.');
}

/**
 * `skip_backorder` alone makes a backorder of the rest without asking, `picking_ids_not_to_backorder` drops
 * the rest (recording 08). `skip_sms` keeps the text-message dialog of stock_sms from holding the transfer.
 */
async function validate(
  odoo: Odoo,
  postings: readonly Posting[],
  signal?: AbortSignal,
): Promise<Failure | null> {
  const ids = postings.map(({ picking }) => picking.id);
  const dropped = postings
    .filter(({ shipment }) => shipment.remainder === 'cancel')
    .map(({ picking }) => picking.id);
  const context = {
    skip_backorder: true,
    skip_sms: true,
    ...(dropped.length === 0 ? {} : { picking_ids_not_to_backorder: dropped }),
  };
  const answer = await odoo.client.call<unknown>(
    'stock.picking',
    'button_validate',
    { ids, context },
    { signal, touches: touchedBy(postings) },
  );
  return wizardRefusal(answer, ids.length);
}

function touchedBy(postings: readonly Posting[]): Touches {
  return stockOf(postings.flatMap(({ picking }) => picking.moves.map(({ productId }) => productId)));
}

/** A dialog means that nothing was done. */
function wizardRefusal(answer: unknown, count: number): Failure | null {
  const question = questionIn(answer);
  if (question === null) return null;
  if (question.model === 'expiry.picking.confirmation')
    return rejected(
      'odoo-lot-expired',
      `A lot of ${count === 1 ? 'this transfer' : `one of ${count} transfers`} is past its date, and the warehouse shipped it.`,
      'Find out whether it may be sold. If so, validate the transfer in Odoo and confirm there, then retry; if not, call the goods back.',
    );
  return rejected(
    'odoo-picking-not-validated',
    `Odoo asks "${question.name}" (${question.model}) ${count === 1 ? '' : `for one of ${count} transfers `}instead of validating.`,
    'Answer the question in Odoo by validating the transfer there, or change the setting that brings it up.',
  );
}

/** Reads the transfers again and decides those that are done. @returns the others */
async function settle(
  odoo: Odoo,
  postings: readonly Posting[],
  failure: Failure | null,
  outcomes: Map<ShipmentToPost, PostOutcome>,
  signal?: AbortSignal,
): Promise<Posting[]> {
  if (postings.length === 0) return [];
  const ids = postings.map(({ picking }) => picking.id);
  let now: ReadonlyMap<number, PickingState>;
  let otherwise: ReadonlyMap<number, string>;
  try {
    now = await readPickingStates(odoo, ids, signal);
    const done = postings.filter(({ picking }) => now.get(picking.id)?.state === 'done');
    otherwise = await doneOtherwise(odoo, done, signal);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    for (const { shipment } of postings) outcomes.set(shipment, unknownAfter(error));
    return [];
  }
  const open: Posting[] = [];
  for (const posting of postings) {
    const picking = now.get(posting.picking.id);
    const difference = otherwise.get(posting.picking.id);
    if (picking?.state === 'done' && difference !== undefined) {
      const refusal = wentOtherwise(picking, difference);
      outcomes.set(posting.shipment, onRecord(odoo, refusal, 'stock.picking', picking.id));
    } else if (picking?.state === 'done')
      outcomes.set(posting.shipment, posted(picking, posting.picking.pickingTypeId, false));
    else {
      outcomes.set(
        posting.shipment,
        onRecord(odoo, failure ?? notDone(posting.picking, picking), 'stock.picking', posting.picking.id),
      );
      open.push(posting);
    }
  }
  return open;
}

/** The second round, after a batch that Odoo refused as a whole or left partly undone: only the guilty keep their failure. */
async function postSingly(
  odoo: Odoo,
  open: readonly Posting[],
  outcomes: Map<ShipmentToPost, PostOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  for (const posting of open) {
    const failure = await post(odoo, [posting], signal);
    await settle(odoo, [posting], failure, outcomes, signal);
  }
}

/** Odoo, a customisation or a person changed it in the moment of the validation. */
function wentOtherwise({ name }: PickingState, difference: string): Failure {
  return rejected(
    'odoo-picking-done-otherwise',
    `Odoo validated ${name} otherwise than it was asked to: ${difference}.`,
    'Correct the transfer in Odoo (a return, or the backorder that it made), so that it has what the warehouse shipped.',
  );
}

function notDone(before: Picking, now: PickingState | undefined): Failure {
  return rejected(
    'odoo-picking-not-validated',
    `Odoo took the validation of ${before.name} and left it in the state "${now?.state ?? 'deleted'}".`,
    'Look at the transfer in Odoo: a setting or customisation holds it there. Validate it there, then retry.',
  );
}

function posted(picking: PickingState, pickingTypeId: number | null, adopted: boolean): PostOutcome {
  return {
    kind: 'succeeded',
    name: picking.name,
    pickingTypeId,
    doneAt: picking.doneAt,
    backorderPickingId: picking.backorderIds[0] ?? null,
    adopted,
  };
}
