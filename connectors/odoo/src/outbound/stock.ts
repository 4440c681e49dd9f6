import { Decimal } from 'decimal.js';
import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import type { Failure, Outcome } from '../outcome.ts';
import { rejected } from '../outcome.ts';
import { onRecord } from '../refused-record.ts';
import type { DecimalString } from '../values.ts';
import { decimalFromOdoo, isDecimal, sameDecimal } from '../values.ts';
import { asked, questionIn } from './question.ts';
import { roundsBy } from './rounds.ts';
import { countsAt, stockOf } from './touches.ts';

/** A change of stock, or a count of it, of a product without lots. */
export interface StockAdjustment {
  /**
   * Names the adjustment for good: it becomes the reference of Odoo's stock move, by which the same
   * adjustment is recognised when it comes again.
   */
  readonly reference: string;
  readonly productId: number;
  readonly locationId: number;
  /** What was counted, or by how much it changed; in the product's base unit. */
  readonly quantity: { readonly counted: DecimalString } | { readonly delta: DecimalString };
}

export type AdjustOutcome = Outcome<{
  /** On hand at the place after the adjustment. */
  readonly onHand: DecimalString;
  /** It had been applied when this call came. */
  readonly adopted: boolean;
}>;

interface Quant {
  readonly id: number;
  readonly product_id: [number, string];
  readonly location_id: [number, string];
  readonly quantity: number;
  readonly inventory_diff_quantity: number;
}

/**
 * Applies adjustments. A delta is written as "on hand plus delta" and applied only while the difference
 * that Odoo shows is that delta; when stock moved in between, Odoo asks (`stock.inventory.conflict`), nothing
 * is applied, and the outcome is a retry. Counts and deltas overwrite a count that a person entered and has not applied.
 *
 * Never by writing `quantity`: a stock manager's write of it succeeds and leaves no move behind.
 *
 * @returns one outcome per adjustment, in order
 */
export async function adjustStock(
  odoo: Odoo,
  adjustments: readonly StockAdjustment[],
  signal?: AbortSignal,
): Promise<AdjustOutcome[]> {
  const outcomes = new Map<StockAdjustment, AdjustOutcome>();
  try {
    const [applied, before] = await Promise.all([
      appliedReferences(odoo, adjustments, signal),
      readQuants(odoo, adjustments, signal),
    ]);
    for (const adjustment of adjustments) {
      const onHand = onHandOf(before.get(placeOf(adjustment)));
      if (applied.has(adjustment.reference)) {
        outcomes.set(adjustment, { kind: 'succeeded', onHand, adopted: true });
      }
    }
    for (const adjustment of adjustments) {
      const amount =
        'counted' in adjustment.quantity ? adjustment.quantity.counted : adjustment.quantity.delta;
      if (!isDecimal(amount)) outcomes.set(adjustment, notApplied(`"${amount}" is no quantity`));
    }
    const open = roundsBy(
      adjustments.filter((adjustment) => !outcomes.has(adjustment)),
      placeOf,
    );
    for (const [turn, round] of open.entries()) {
      const now = turn === 0 ? before : await readQuants(odoo, round, signal);
      await applyRound(odoo, round, now, outcomes, signal);
    }
  } catch (error) {
    const failure = classifyOdooError(error);
    for (const adjustment of adjustments) if (!outcomes.has(adjustment)) outcomes.set(adjustment, failure);
  }
  return adjustments.map(
    (adjustment) => outcomes.get(adjustment) ?? { kind: 'retry', message: 'Not applied yet.' },
  );
}

async function applyRound(
  odoo: Odoo,
  round: readonly StockAdjustment[],
  before: ReadonlyMap<string, Quant>,
  outcomes: Map<StockAdjustment, AdjustOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  const targets = round.map((adjustment): Target => {
    const onHand = onHandOf(before.get(placeOf(adjustment)));
    const { quantity } = adjustment;
    const target =
      'counted' in quantity ? new Decimal(quantity.counted) : new Decimal(onHand).plus(quantity.delta);
    return { adjustment, counted: target.toNumber() };
  });
  const taken = await enterCounts(odoo, targets, outcomes, signal);
  if (taken.length === 0) return;
  // The result is de-duplicated and not in the order of the input: the quants are read back by place.
  const counted = await readQuants(odoo, taken, signal);
  const entered: Entered[] = [];
  for (const adjustment of taken) {
    const quant = counted.get(placeOf(adjustment));
    const decided = decide(odoo, adjustment, quant);
    if (decided !== null) outcomes.set(adjustment, decided);
    else if (quant !== undefined) entered.push({ adjustment, quantId: quant.id });
  }
  const refused = await applyTogether(odoo, entered, outcomes, signal);
  for (const one of refused) await applyTogether(odoo, [one], outcomes, signal);
}

/** What an adjustment makes of its place. */
interface Target {
  readonly adjustment: StockAdjustment;
  readonly counted: number;
}

/**
 * Enters counts in one call, all or none. When Odoo refuses them together, each goes alone: at most one more call per count, and only
 * those that it refuses (a product whose stock it does not keep, one that was deleted) are rejected.
 *
 * @returns the adjustments whose count was taken
 */
async function enterCounts(
  odoo: Odoo,
  targets: readonly Target[],
  outcomes: Map<StockAdjustment, AdjustOutcome>,
  signal?: AbortSignal,
): Promise<readonly StockAdjustment[]> {
  const joint = await enterCall(odoo, targets, signal);
  const apart = joint?.kind === 'rejected' && targets.length > 1;
  const taken: StockAdjustment[] = [];
  for (const target of targets) {
    const { adjustment } = target;
    const failure = apart ? await enterCall(odoo, [target], signal) : joint;
    if (failure === null) taken.push(adjustment);
    else outcomes.set(adjustment, onRecord(odoo, failure, 'product.product', adjustment.productId));
  }
  return taken;
}

async function enterCall(
  odoo: Odoo,
  targets: readonly Target[],
  signal?: AbortSignal,
): Promise<Failure | null> {
  const vals_list = targets.map(({ adjustment, counted }) => ({
    product_id: adjustment.productId,
    location_id: adjustment.locationId,
    inventory_quantity: counted,
  }));
  const touches = stockOf(targets.map(({ adjustment }) => adjustment.productId));
  const named = { vals_list, context: { inventory_mode: true } };
  try {
    await odoo.client.call('stock.quant', 'create', named, { signal, touches });
    return null;
  } catch (error) {
    return classifyOdooError(error);
  }
}

/** An adjustment whose count stands on its quant and is to be applied. */
interface Entered {
  readonly adjustment: StockAdjustment;
  readonly quantId: number;
}

/** What needs no applying, or can't have it. */
function decide(
  odoo: Odoo,
  { productId, quantity }: StockAdjustment,
  quant: Quant | undefined,
): AdjustOutcome | null {
  if (quant === undefined) {
    const failure = notApplied('Odoo keeps no stock of this product at this place');
    return onRecord(odoo, failure, 'product.product', productId);
  }
  const difference = decimalFromOdoo(quant.inventory_diff_quantity);
  if ('delta' in quantity && !sameDecimal(difference, quantity.delta)) return movedMeanwhile;
  if (new Decimal(difference).isZero()) return { kind: 'succeeded', onHand: onHandOf(quant), adopted: false };
  return null;
}

/** Between the references of adjustments that were applied together. */
const AND = ', ';

/**
 * Applies counts in one call, all or none. Odoo gives all moves of a call one reference, so it names every adjustment in it: 50 by
 * 50 calls of one took twelve times as long. One that Odoo refuses keeps the others from being applied.
 *
 * @returns those to be applied one by one
 */
async function applyTogether(
  odoo: Odoo,
  entered: readonly Entered[],
  outcomes: Map<StockAdjustment, AdjustOutcome>,
  signal?: AbortSignal,
): Promise<readonly Entered[]> {
  if (entered.length === 0) return [];
  const fail = (failure: Failure): readonly Entered[] => {
    if (entered.length > 1 && (failure === movedMeanwhile || failure.kind === 'rejected')) return entered;
    for (const { adjustment, quantId } of entered)
      outcomes.set(adjustment, onRecord(odoo, failure, 'stock.quant', quantId));
    return [];
  };
  try {
    const ids = entered.map(({ quantId }) => quantId);
    const inventory_name = entered.map(({ adjustment }) => adjustment.reference).join(AND);
    const answer = await odoo.client.call<unknown>(
      'stock.quant',
      'action_apply_inventory',
      { ids, context: { inventory_mode: true, inventory_name } },
      { signal, touches: countsAt(entered.map(({ adjustment }) => adjustment)) },
    );
    const question = asked(answer, 'applying the count');
    if (question !== null)
      return fail(questionIn(answer)?.model === 'stock.inventory.conflict' ? movedMeanwhile : question);
    const places = entered.map(({ adjustment }) => adjustment);
    const after = await readQuants(odoo, places, signal);
    for (const place of places)
      outcomes.set(place, { kind: 'succeeded', onHand: onHandOf(after.get(placeOf(place))), adopted: false });
    return [];
  } catch (error) {
    return fail(classifyOdooError(error));
  }
}

const movedMeanwhile: Failure = {
  kind: 'retry',
  message: 'The stock moved in Odoo while the adjustment was entered.',
};

function notApplied(what: string): Failure {
  return rejected('odoo-stock-not-applied', `${what}.`, 'Check the product and the location in Odoo.');
}

/**
 * Which adjustments have a done move. Its reference names those that were applied together, on 16 to 18 followed by " (user)" when
 * somebody is assigned to the count. A move that names an adjustment says that its call was committed, and with it that adjustment.
 *
 * @throws OdooError
 */
export async function appliedReferences(
  odoo: Odoo,
  adjustments: readonly Pick<StockAdjustment, 'reference' | 'productId'>[],
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const references = [...new Set(adjustments.map(({ reference }) => reference))];
  if (references.length === 0) return new Set();
  // Wildcards in a reference find more than asked for, which the comparison below leaves out.
  const alternatives = references.map((reference) => [
    'reference',
    '=like',
    `%${reference.replaceAll('\\', '\\\\')}%`,
  ]);
  const rows = await odoo.client.call<{ reference: string }[]>(
    'stock.move',
    'search_read',
    {
      domain: [
        ['is_inventory', '=', true],
        ['state', '=', 'done'],
        ['product_id', 'in', [...new Set(adjustments.map(({ productId }) => productId))]],
        ...alternatives.slice(1).map(() => '|'),
        ...alternatives,
      ],
      fields: ['reference'],
    },
    { signal },
  );
  const named = rows.flatMap((row) => [row.reference, ...row.reference.split(AND)]);
  const isOn = (reference: string): boolean =>
    named.some((name) => name === reference || name.startsWith(`${reference} (`));
  return new Set(references.filter(isOn));
}

/** The quants without lot, package and owner, by place. @throws OdooError */
async function readQuants(
  odoo: Odoo,
  places: readonly { productId: number; locationId: number }[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Quant>> {
  const rows = await odoo.client.call<Quant[]>(
    'stock.quant',
    'search_read',
    {
      domain: [
        ['product_id', 'in', [...new Set(places.map(({ productId }) => productId))]],
        ['location_id', 'in', [...new Set(places.map(({ locationId }) => locationId))]],
        ['lot_id', '=', false],
        ['package_id', '=', false],
        ['owner_id', '=', false],
      ],
      fields: ['product_id', 'location_id', 'quantity', 'inventory_diff_quantity'],
    },
    { signal },
  );
  return new Map(
    rows.map((row) => [placeOf({ productId: row.product_id[0], locationId: row.location_id[0] }), row]),
  );
}

function placeOf({ productId, locationId }: { productId: number; locationId: number }): string {
  return `${productId} ${locationId}`;
}

function onHandOf(quant: Quant | undefined): DecimalString {
  return decimalFromOdoo(quant?.quantity ?? 0);
}
