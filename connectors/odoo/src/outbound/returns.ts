import { classifyOdooError, unknownAfter } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import type { Odoo } from '../external-ids.ts';
import { fieldsOf } from '../field-catalogue.ts';
import { type Failure, type Outcome, rejected } from '../outcome.ts';
import { type Picking, readPickings } from '../picking-reader.ts';
import type { DecimalString } from '../values.ts';
import { decimalToOdoo } from '../values.ts';
import { differencesOf } from '../version-differences.ts';
import {
  type ExistingReturn,
  markedOrigin,
  planReturn,
  type ReturnToCreate,
  sameQuantities,
} from './return-plan.ts';
import { readReturns } from './return-reader.ts';
import { onRecord } from '../refused-record.ts';
import { roundsBy } from './rounds.ts';
import { stockOf } from './touches.ts';

export type { ReturnToCreate } from './return-plan.ts';

export type ReturnOutcome = Outcome<{
  readonly pickingId: number;
  /** `WH/IN/00008`. */
  readonly name: string;
  readonly adopted: boolean;
}>;

/**
 * Makes returns through Odoo's wizard, which takes one transfer, after the checks that it lacks; what is read before and after goes
 * together, and several of one transfer go in turn. The wizard leaves no place for our number, so it is written on the return right after;
 * until then the quantities are its mark (see `planReturn`). @returns one outcome per return, in order
 */
export async function createReturns(
  odoo: Odoo,
  returns: readonly ReturnToCreate[],
  signal?: AbortSignal,
): Promise<ReturnOutcome[]> {
  const outcomes = new Map<ReturnToCreate, ReturnOutcome>();
  for (const round of roundsBy(returns, ({ pickingId }) => pickingId)) {
    try {
      await createRound(odoo, round, outcomes, signal);
    } catch (error) {
      const failure = classifyOdooError(error);
      for (const one of round) if (!outcomes.has(one)) outcomes.set(one, failure);
    }
  }
  return returns.map((one) => outcomes.get(one) ?? { kind: 'retry', message: 'Not made yet.' });
}

/** A return that is to be made, with the returns that were there before it. */
interface Making {
  readonly wanted: ReturnToCreate;
  readonly picking: Picking;
  readonly existing: readonly ExistingReturn[];
  readonly quantities: ReadonlyMap<number, DecimalString>;
}

async function createRound(
  odoo: Odoo,
  returns: readonly ReturnToCreate[],
  outcomes: Map<ReturnToCreate, ReturnOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  const ids = returns.map(({ pickingId }) => pickingId);
  const pickings = await readPickings(odoo, { domain: [['id', 'in', ids]] }, signal);
  const existing = await readReturns(odoo, movesOf(pickings), signal);
  const making: Making[] = [];
  for (const wanted of returns) {
    const picking = pickings.find(({ id }) => id === wanted.pickingId);
    const own = returnsOf(picking, existing);
    const plan = planReturn(wanted, picking, own);
    if (plan.kind === 'rejected') outcomes.set(wanted, onTransfer(odoo, wanted, plan));
    else if (plan.kind === 'adopt')
      outcomes.set(wanted, await adopt(odoo, wanted, plan.found, plan.marked, signal));
    else if (picking !== undefined)
      making.push({ wanted, picking, existing: own, quantities: plan.quantities });
  }
  if (making.length === 0) return;
  const places = await returnLocations(odoo, making, signal);
  const failures = new Map<ReturnToCreate, Failure | null>();
  for (const one of making)
    failures.set(one.wanted, await runWizard(odoo, one, places.get(one.picking.id), signal));
  await settle(odoo, making, failures, outcomes, signal);
}

function movesOf(pickings: readonly Picking[]): number[] {
  return pickings.flatMap(({ moves }) => moves.map(({ id }) => id));
}

/** The returns that take something back of a transfer. */
function returnsOf(picking: Picking | undefined, all: readonly ExistingReturn[]): ExistingReturn[] {
  const moves = new Set((picking?.moves ?? []).map(({ id }) => id));
  return all.filter((one) => one.moves.some(({ sourceMoveId }) => moves.has(sourceMoveId)));
}

async function adopt(
  odoo: Odoo,
  { reference }: ReturnToCreate,
  found: ExistingReturn,
  marked: boolean,
  signal?: AbortSignal,
): Promise<ReturnOutcome> {
  try {
    if (!marked) await mark(odoo, found, reference, signal);
    return made(found, true);
  } catch (error) {
    return classifyOdooError(error);
  }
}

async function runWizard(
  odoo: Odoo,
  { picking, quantities }: Making,
  locationId: number | undefined,
  signal?: AbortSignal,
): Promise<Failure | null> {
  const { createReturns: method } = differencesOf((await odoo.client.server({ signal })).major);
  const products = new Map(picking.moves.map(({ id, productId }) => [id, productId]));
  const context = { active_model: 'stock.picking', active_id: picking.id, active_ids: [picking.id] };
  try {
    const lines = [...quantities].map(([moveId, quantity]) => [
      0,
      0,
      { move_id: moveId, product_id: products.get(moveId) ?? 0, quantity: decimalToOdoo(quantity) },
    ]);
    const values = {
      picking_id: picking.id,
      product_return_moves: lines,
      ...(locationId === undefined ? {} : { location_id: locationId }),
    };
    const [wizard] = await odoo.client.call<number[]>(
      'stock.return.picking',
      'create',
      { vals_list: [values], context },
      { signal },
    );
    const args = { ids: [wizard ?? 0], context };
    await odoo.client.call('stock.return.picking', method, args, {
      signal,
      touches: stockOf(products.values()),
    });
    return null;
  } catch (error) {
    return classifyOdooError(error);
  }
}

/** 16 and 17 want to be told where the goods go; from 18 on the operation type says it, and there is no entry. */
async function returnLocations(
  odoo: Odoo,
  making: readonly Making[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
  if (!(await fieldsOf(odoo, 'stock.return.picking')).has('location_id')) return new Map();
  const rows = await odoo.client.call<{ id: number; location_id: [number, string] }[]>(
    'stock.picking',
    'read',
    { ids: making.map(({ picking }) => picking.id), fields: ['location_id'] },
    { signal },
  );
  return new Map(rows.map(({ id, location_id }) => [id, location_id[0]]));
}

/** Success is a return that was not there before and has these quantities. */
async function settle(
  odoo: Odoo,
  making: readonly Making[],
  failures: ReadonlyMap<ReturnToCreate, Failure | null>,
  outcomes: Map<ReturnToCreate, ReturnOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const now = await readReturns(odoo, movesOf(making.map(({ picking }) => picking)), signal);
    for (const { wanted, picking, existing, quantities } of making) {
      const known = new Set(existing.map(({ pickingId }) => pickingId));
      const found = returnsOf(picking, now).find(
        (one) => !known.has(one.pickingId) && sameQuantities(one.moves, quantities),
      );
      if (found === undefined)
        outcomes.set(wanted, onTransfer(odoo, wanted, failures.get(wanted) ?? notMade(wanted)));
      else {
        await mark(odoo, found, wanted.reference, signal);
        outcomes.set(wanted, made(found, false));
      }
    }
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    for (const { wanted } of making) if (!outcomes.has(wanted)) outcomes.set(wanted, unknownAfter(error));
  }
}

function onTransfer(odoo: Odoo, { pickingId }: ReturnToCreate, failure: Failure): Failure {
  return onRecord(odoo, failure, 'stock.picking', pickingId);
}

function notMade({ pickingId }: ReturnToCreate): Failure {
  return rejected(
    'odoo-return-not-made',
    `Odoo took the return of transfer ${pickingId} and shows none with its quantities.`,
    'Look at the transfer in Odoo: a customisation may make returns otherwise.',
  );
}

async function mark(
  odoo: Odoo,
  { pickingId, origin }: ExistingReturn,
  reference: string,
  signal?: AbortSignal,
): Promise<void> {
  const vals = { origin: markedOrigin(origin, reference) };
  await odoo.client.call('stock.picking', 'write', { ids: [pickingId], vals }, { signal });
}

function made({ pickingId, name }: ExistingReturn, adopted: boolean): ReturnOutcome {
  return { kind: 'succeeded', pickingId, name, adopted };
}
