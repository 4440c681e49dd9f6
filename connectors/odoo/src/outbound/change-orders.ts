import { Decimal } from 'decimal.js';
import { classifyOdooError, unknownAfter } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import type { Odoo } from '../external-ids.ts';
import { type LoadRecord, load } from '../load.ts';
import { type Failure, type Outcome, type Rejected, rejected } from '../outcome.ts';
import type { DecimalString } from '../values.ts';
import { isDecimal, sameDecimal } from '../values.ts';
import { type LineState, type OrderState, readOrderStates } from './order-state.ts';
import { withoutUndefined } from './partners.ts';
import { stockOf } from './touches.ts';

export interface LineToChange {
  /** External id without its module. One that the order does not have yet adds a line. */
  readonly externalId: string;
  /** Database id; only a new line uses it. */
  readonly productId: number;
  /** What the line is to be, never a difference. */
  readonly quantity: DecimalString;
  readonly unitPrice?: DecimalString;
}

export interface OrderToChange {
  /** Database id. */
  readonly orderId: number;
  /** External id without its module. */
  readonly externalId: string;
  readonly lines: readonly LineToChange[];
}

export type ChangeOutcome = Outcome<{ readonly lines: readonly LineState[]; readonly adopted: boolean }>;

/**
 * Changes lines of confirmed orders: a raised or lowered quantity changes the open transfer (recording 14), a new line adds to it.
 * Lines go by `load()` with their external ids and whole quantities, so the same change again is nothing. A line is never deleted,
 * which Odoo refuses; it goes to zero.
 *
 * Odoo lets a quantity fall below what has left: refused here. Success is that every line reads as it was asked for.
 * An order occurs once in a batch. @returns one outcome per order, in order
 */
export async function changeOrders(
  odoo: Odoo,
  orders: readonly OrderToChange[],
  signal?: AbortSignal,
): Promise<ChangeOutcome[]> {
  const outcomes = new Map<OrderToChange, ChangeOutcome>();
  try {
    const before = await readOrderStates(
      odoo,
      orders.map(({ orderId }) => orderId),
      signal,
    );
    const changing: { order: OrderToChange; records: LoadRecord[] }[] = [];
    for (const order of orders) {
      const state = before.get(order.orderId);
      const refusal = refusalOf(order, state);
      const records = refusal !== null || state === undefined ? [] : recordsOf(order, state);
      if (refusal !== null) outcomes.set(order, refusal);
      else if (records.length > 0) changing.push({ order, records });
      else outcomes.set(order, { kind: 'succeeded', lines: state?.lines ?? [], adopted: true });
    }
    const records = changing.flatMap((one) => one.records);
    const touches = stockOf(changing.flatMap(({ order }) => productsOf(order, before.get(order.orderId))));
    const loaded = await load(odoo, 'sale.order', records, { signal, touches });
    const failures = new Map<OrderToChange, Failure>();
    for (const { order, records: own } of changing)
      for (const record of own) {
        const outcome = loaded[records.indexOf(record)];
        if (outcome !== undefined && outcome.kind !== 'succeeded') failures.set(order, outcome);
      }
    await settle(
      odoo,
      changing.map(({ order }) => order),
      failures,
      outcomes,
      signal,
    );
  } catch (error) {
    const failure = classifyOdooError(error);
    for (const order of orders) if (!outcomes.has(order)) outcomes.set(order, failure);
  }
  return orders.map((order) => outcomes.get(order) ?? { kind: 'retry', message: 'Not changed yet.' });
}

function productsOf({ lines }: OrderToChange, order: OrderState | undefined): number[] {
  const there = (order?.lines ?? []).flatMap(({ productId }) => (productId === null ? [] : [productId]));
  return [...there, ...lines.map(({ productId }) => productId)];
}

/** Nothing is left to be done for it. */
export function isApplied(order: OrderToChange, state: OrderState | undefined): boolean {
  return state !== undefined && refusalOf(order, state) === null && recordsOf(order, state).length === 0;
}

const mend = 'Correct the change where it comes from, then send it again.';

function refusalOf({ orderId, lines }: OrderToChange, order: OrderState | undefined): Rejected | null {
  if (order === undefined)
    return rejected(
      'odoo-record-missing',
      `Odoo has no order ${orderId}.`,
      'It was deleted in Odoo; place the order again.',
    );
  if (order.state === 'cancel')
    return rejected(
      'odoo-order-cancelled',
      `${order.name} is cancelled in Odoo.`,
      'Place the demand as a new order.',
    );
  if (!order.confirmed)
    return rejected(
      'odoo-order-not-confirmed',
      `${order.name} is in the state "${order.state}".`,
      'Confirm the order in Odoo, then retry.',
    );
  if (order.locked)
    return rejected(
      'odoo-order-locked',
      `${order.name} is locked in Odoo.`,
      'Unlock the order in Odoo, then retry.',
    );
  const known = new Map(order.lines.map((line) => [line.externalId, line]));
  for (const { externalId, quantity, unitPrice } of lines) {
    const number = [quantity, unitPrice ?? '0'].find((text) => !isDecimal(text) || text.startsWith('-'));
    if (number !== undefined)
      return rejected('odoo-change-invalid', `${externalId}: "${number}" is no quantity or price.`, mend);
    const delivered = known.get(externalId)?.delivered ?? '0';
    if (new Decimal(quantity).lessThan(delivered))
      return rejected(
        'odoo-change-invalid',
        `${order.name}, line ${externalId}: ${delivered} have left already, so it cannot become ${quantity}.`,
        'Keep at least what has left; what comes back is a return.',
        'product_uom_qty',
      );
  }
  return null;
}

/** Additions and changes apart, because their columns differ; additions first, since they are the likelier to be refused. */
function recordsOf({ externalId, lines }: OrderToChange, order: OrderState): LoadRecord[] {
  const known = new Map(order.lines.map((line) => [line.externalId, line]));
  const added = lines.filter((line) => !known.has(line.externalId) && Number(line.quantity) > 0);
  const changed = lines.filter((line) => {
    const now = known.get(line.externalId);
    return now !== undefined && !holds(line, now);
  });
  const record = (some: readonly LineToChange[], cells: (line: LineToChange) => Record<string, string>) =>
    // Lines with a price and lines without have different columns.
    [...Map.groupBy(some, ({ unitPrice }) => unitPrice === undefined).values()].map((alike) => ({
      externalId,
      cells: {},
      children: {
        field: 'order_line',
        records: alike.map((line) => ({ externalId: line.externalId, cells: cells(line) })),
      },
    }));
  const amounts = ({ quantity, unitPrice }: LineToChange) =>
    withoutUndefined({ product_uom_qty: quantity, price_unit: unitPrice });
  return [
    ...record(added, (line) => ({ 'product_id/.id': String(line.productId), ...amounts(line) })),
    ...record(changed, amounts),
  ];
}

function holds({ quantity, unitPrice }: LineToChange, now: LineState | undefined): boolean {
  if (now === undefined) return Number(quantity) === 0;
  return (
    sameDecimal(now.ordered, quantity) && (unitPrice === undefined || sameDecimal(now.unitPrice, unitPrice))
  );
}

async function settle(
  odoo: Odoo,
  orders: readonly OrderToChange[],
  failures: ReadonlyMap<OrderToChange, Failure>,
  outcomes: Map<OrderToChange, ChangeOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  let after: ReadonlyMap<number, OrderState>;
  try {
    after = await readOrderStates(
      odoo,
      orders.map(({ orderId }) => orderId),
      signal,
    );
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    for (const order of orders) outcomes.set(order, unknownAfter(error));
    return;
  }
  for (const order of orders) {
    const now = after.get(order.orderId);
    const lines = new Map((now?.lines ?? []).map((line) => [line.externalId, line]));
    const other = order.lines.find((line) => !holds(line, lines.get(line.externalId)));
    if (now !== undefined && other === undefined)
      outcomes.set(order, { kind: 'succeeded', lines: now.lines, adopted: false });
    else
      outcomes.set(order, failures.get(order) ?? notApplied(now, other, lines.get(other?.externalId ?? '')));
  }
}

function notApplied(
  order: OrderState | undefined,
  wanted: LineToChange | undefined,
  seen: LineState | undefined,
): Failure {
  return rejected(
    'odoo-change-not-applied',
    `Odoo took the change of ${order?.name ?? 'the order'}, and line ${wanted?.externalId} reads ${seen?.ordered ?? 'missing'} instead of ${wanted?.quantity}.`,
    'Look at the order in Odoo: a rounding of the unit or a customisation changed it.',
  );
}
