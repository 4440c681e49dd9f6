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
import { stockOf } from './touches.ts';

export type { ReturnToCreate } from './return-plan.ts';

export type ReturnOutcome = Outcome<{
  readonly pickingId: number;
  /** `WH/IN/00008`. */
  readonly name: string;
  readonly adopted: boolean;
}>;

/**
 * Makes returns through Odoo's wizard after the checks that it lacks, one by one: returns are few, and each is read again.
 * The wizard leaves no place for our number, so it is written on the return right after; until then the quantities are its mark
 * (see `planReturn`). @returns one outcome per return, in order
 */
export async function createReturns(
  odoo: Odoo,
  returns: readonly ReturnToCreate[],
  signal?: AbortSignal,
): Promise<ReturnOutcome[]> {
  const outcomes: ReturnOutcome[] = [];
  for (const one of returns) {
    try {
      outcomes.push(await createReturn(odoo, one, signal));
    } catch (error) {
      outcomes.push(classifyOdooError(error));
    }
  }
  return outcomes;
}

async function createReturn(
  odoo: Odoo,
  wanted: ReturnToCreate,
  signal?: AbortSignal,
): Promise<ReturnOutcome> {
  const [picking] = await readPickings(odoo, { domain: [['id', '=', wanted.pickingId]] }, signal);
  const moveIds = (picking?.moves ?? []).map(({ id }) => id);
  const existing = await readReturns(odoo, moveIds, signal);
  const plan = planReturn(wanted, picking, existing);
  if (plan.kind === 'rejected') return plan;
  if (plan.kind === 'adopt') {
    if (!plan.marked) await mark(odoo, plan.found, wanted.reference, signal);
    return made(plan.found, true);
  }
  if (picking === undefined) return { kind: 'retry', message: 'The transfer was not read.' };
  const failure = await runWizard(odoo, picking, plan.quantities, signal);
  return settle(odoo, wanted, { moveIds, existing, quantities: plan.quantities }, failure, signal);
}

async function runWizard(
  odoo: Odoo,
  picking: Picking,
  quantities: ReadonlyMap<number, DecimalString>,
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
      ...(await returnLocation(odoo, picking, signal)),
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

/** 16 and 17 want to be told where the goods go; from 18 on the operation type says it. */
async function returnLocation(
  odoo: Odoo,
  picking: Picking,
  signal?: AbortSignal,
): Promise<{ location_id?: number }> {
  if (!(await fieldsOf(odoo, 'stock.return.picking')).has('location_id')) return {};
  const [row] = await odoo.client.call<{ location_id: [number, string] }[]>(
    'stock.picking',
    'read',
    { ids: [picking.id], fields: ['location_id'] },
    { signal },
  );
  return row === undefined ? {} : { location_id: row.location_id[0] };
}

/** Success is a return that was not there before and has these quantities. */
async function settle(
  odoo: Odoo,
  { reference, pickingId }: ReturnToCreate,
  before: {
    readonly moveIds: readonly number[];
    readonly existing: readonly ExistingReturn[];
    readonly quantities: ReadonlyMap<number, DecimalString>;
  },
  failure: Failure | null,
  signal?: AbortSignal,
): Promise<ReturnOutcome> {
  try {
    const known = new Set(before.existing.map((one) => one.pickingId));
    const found = (await readReturns(odoo, before.moveIds, signal)).find(
      (one) => !known.has(one.pickingId) && sameQuantities(one.moves, before.quantities),
    );
    if (found !== undefined) {
      await mark(odoo, found, reference, signal);
      return made(found, false);
    }
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return unknownAfter(error);
  }
  return (
    failure ??
    rejected(
      'odoo-return-not-made',
      `Odoo took the return of transfer ${pickingId} and shows none with its quantities.`,
      'Look at the transfer in Odoo: a customisation may make returns otherwise.',
    )
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
