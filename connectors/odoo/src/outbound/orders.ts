import type { Touches } from '../client/keyed-limit.ts';
import { classifyOdooError, unknownAfter } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import type { Odoo } from '../external-ids.ts';
import { qualify } from '../external-ids.ts';
import type { LoadRecord } from '../load.ts';
import { load } from '../load.ts';
import type { Failure, Outcome } from '../outcome.ts';
import { rejected } from '../outcome.ts';
import type { DecimalString } from '../values.ts';
import { datetimeToOdoo, isDecimal } from '../values.ts';
import { onRecord } from '../refused-record.ts';
import { differencesOf } from '../version-differences.ts';
import type { FoundOrder } from './order-lookup.ts';
import { findOrders, readOrders } from './order-lookup.ts';
import { withoutUndefined } from './partners.ts';
import { stockOf } from './touches.ts';

export interface OrderLineToPlace {
  /** External id without its module; unique over all orders. */
  readonly externalId: string;
  /** One of the two names the product: an external id without its module, or a database id. */
  readonly productExternalId?: string;
  readonly productId?: number;
  /** In the product's base unit. */
  readonly quantity: DecimalString;
  /** In the order's currency. Either every line of an order has one, or none has and Odoo's price list decides. */
  readonly unitPrice?: DecimalString;
}

export interface OrderToPlace {
  /** External id without its module. */
  readonly externalId: string;
  readonly partnerExternalId: string;
  readonly shipToExternalId?: string;
  readonly billToExternalId?: string;
  /** The customer's PO, Odoo's "Customer Reference"; also how the order is found without access to external ids. */
  readonly customerReference: string;
  /** RFC 3339. */
  readonly orderedAt?: string;
  /** RFC 3339, Odoo's "Delivery Date". */
  readonly requestedAt?: string;
  /** Database id of the warehouse; Odoo's default of the user when left out. */
  readonly warehouseId?: number;
  readonly lines: readonly OrderLineToPlace[];
}

export interface PlacedOrder {
  readonly orderId: number;
  /** Odoo's number, `S00042`. */
  readonly name: string;
  /** All transfers of the order, also done ones. */
  readonly pickingIds: readonly number[];
  /** It was confirmed already when this call came. */
  readonly adopted: boolean;
}

export type PlaceOutcome = Outcome<PlacedOrder>;

/**
 * Creates and confirms orders: one look-up, one `load()`, one `action_confirm` and one read for the whole
 * batch (levels off near 50 orders). Calling it again with the same orders changes nothing: an order that is
 * confirmed is adopted as it stands, also when a person changed it in Odoo since.
 *
 * When the joint confirmation is refused, the orders are confirmed one by one, so that only the guilty stay.
 * Success is what the last read says, never what a method returned. Two calls with the same order must not run at once.
 *
 * @returns one outcome per order, in order
 */
export async function placeOrders(
  odoo: Odoo,
  orders: readonly OrderToPlace[],
  signal?: AbortSignal,
): Promise<PlaceOutcome[]> {
  const outcomes = new Map<OrderToPlace, PlaceOutcome>();
  const valid = orders.filter((order) => {
    const fault = faultOf(order);
    if (fault !== null) outcomes.set(order, fault);
    return fault === null;
  });
  try {
    const { confirmedStates } = differencesOf((await odoo.client.server({ signal })).major);
    const ids = await createMissing(odoo, valid, confirmedStates, outcomes, signal);
    const failures = await confirm(odoo, ids, signal);
    await readBack(odoo, ids, confirmedStates, failures, outcomes, signal);
  } catch (error) {
    const failure = classifyOdooError(error);
    for (const order of valid) if (!outcomes.has(order)) outcomes.set(order, failure);
  }
  return orders.map((order) => outcomes.get(order) ?? { kind: 'retry', message: 'Not sent.' });
}

/** What can be told without asking Odoo. */
function faultOf({ lines, orderedAt, requestedAt }: OrderToPlace): Failure | null {
  const mend = 'Correct the order where it comes from, then retry.';
  if (lines.length === 0) return rejected('odoo-order-invalid', 'The order has no lines.', mend);
  const time = [orderedAt, requestedAt].find((text) => text !== undefined && Number.isNaN(Date.parse(text)));
  if (time !== undefined) return rejected('odoo-order-invalid', `"${time}" is no RFC 3339 time.`, mend);
  const number = lines
    .flatMap(({ quantity, unitPrice }) => (unitPrice === undefined ? [quantity] : [quantity, unitPrice]))
    .find((text) => !isDecimal(text));
  if (number !== undefined) return rejected('odoo-order-invalid', `"${number}" is no decimal number.`, mend);
  const priced = lines.filter(({ unitPrice }) => unitPrice !== undefined).length;
  if (priced === 0 || priced === lines.length) return null;
  return rejected(
    'odoo-order-invalid',
    `Only ${priced} of ${lines.length} lines have a price.`,
    mend,
    'price_unit',
  );
}

/** Adopts what is confirmed, creates or completes the rest. @returns ids of the orders that are still to be confirmed */
async function createMissing(
  odoo: Odoo,
  orders: readonly OrderToPlace[],
  confirmedStates: readonly string[],
  outcomes: Map<OrderToPlace, PlaceOutcome>,
  signal?: AbortSignal,
): Promise<Map<OrderToPlace, number>> {
  const found = await findOrders(odoo, orders, signal);
  const open: OrderToPlace[] = [];
  for (const order of orders) {
    const existing = found.get(order.externalId);
    if (existing === undefined || existing.state === 'draft' || existing.state === 'sent') open.push(order);
    else outcomes.set(order, verdict(existing, confirmedStates, true));
  }
  const loaded = await load(
    odoo,
    'sale.order',
    open.map((order) => recordOf(odoo, order)),
    { signal },
  );
  const ids = new Map<OrderToPlace, number>();
  open.forEach((order, index) => {
    const outcome = loaded[index];
    if (outcome === undefined) return;
    if (outcome.kind === 'succeeded') ids.set(order, outcome.id);
    else outcomes.set(order, outcome);
  });
  return ids;
}

/**
 * Confirms together, and one by one what is left when Odoo refuses a call.
 *
 * @returns the failure of each order that has one; an order may be confirmed all the same
 */
async function confirm(
  odoo: Odoo,
  orders: ReadonlyMap<OrderToPlace, number>,
  signal?: AbortSignal,
): Promise<Map<number, Failure>> {
  const failures = new Map<number, Failure>();
  const confirmGroup = async (group: readonly ToConfirm[]): Promise<void> => {
    const joint = await confirmCall(odoo, group, signal);
    if (joint === null) return;
    if (joint.kind !== 'rejected' || group.length === 1) {
      for (const [, id] of group) failures.set(id, joint);
      return;
    }
    for (const one of group) {
      const single = await confirmCall(odoo, [one], signal);
      if (single !== null) failures.set(one[1], single);
    }
  };
  await Promise.all(sideBySide(odoo, [...orders]).map(confirmGroup));
  return failures;
}

type ToConfirm = readonly [OrderToPlace, number];

/** A call of fewer is not worth its fixed part, which is that of one order. */
const WORTH_A_CALL = 5;

/**
 * Those that share no product with what is under way go now, the others when it is through: one product that two batches have in common
 * would otherwise keep half of a server of two workers idle for a whole batch.
 */
function sideBySide(odoo: Odoo, orders: readonly ToConfirm[]): readonly (readonly ToConfirm[])[] {
  const free = orders.filter((order) => odoo.client.free(touchesOf([order])));
  const split = free.length >= WORTH_A_CALL && free.length < orders.length;
  const groups = split ? [free, orders.filter((order) => !free.includes(order))] : [orders];
  return groups.filter(({ length }) => length > 0);
}

function touchesOf(orders: readonly ToConfirm[]): Touches {
  return stockOf(orders.flatMap(([{ lines }]) => lines.map(({ productId }) => productId)));
}

async function confirmCall(
  odoo: Odoo,
  orders: readonly ToConfirm[],
  signal?: AbortSignal,
): Promise<Failure | null> {
  const ids = orders.map(([, id]) => id);
  const touches = touchesOf(orders);
  try {
    await odoo.client.call('sale.order', 'action_confirm', { ids }, { signal, touches });
    return null;
  } catch (error) {
    return classifyOdooError(error);
  }
}

async function readBack(
  odoo: Odoo,
  ids: ReadonlyMap<OrderToPlace, number>,
  confirmedStates: readonly string[],
  failures: ReadonlyMap<number, Failure>,
  outcomes: Map<OrderToPlace, PlaceOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  let read: ReadonlyMap<number, FoundOrder>;
  try {
    read = await readOrders(odoo, [...ids.values()], signal);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    // The orders exist and may be confirmed: verify before anything else is done with them.
    for (const order of ids.keys()) outcomes.set(order, unknownAfter(error));
    return;
  }
  for (const [order, id] of ids) {
    const now = read.get(id);
    const failure = failures.get(id);
    if (now !== undefined && confirmedStates.includes(now.state))
      outcomes.set(order, verdict(now, confirmedStates, false));
    else outcomes.set(order, onRecord(odoo, failure ?? notConfirmed(now), 'sale.order', id));
  }
}

function notConfirmed(order: FoundOrder | undefined): Failure {
  return rejected(
    'odoo-order-not-confirmed',
    order === undefined
      ? 'The order is gone from Odoo.'
      : `Odoo took the confirmation of ${order.name} and left it in the state "${order.state}".`,
    'Look at the order in Odoo: an approval or a customisation holds it there. Confirm it there, then retry.',
  );
}

function verdict(order: FoundOrder, confirmedStates: readonly string[], adopted: boolean): PlaceOutcome {
  if (!confirmedStates.includes(order.state)) {
    return rejected(
      'odoo-order-cancelled',
      `${order.name} is in the state "${order.state}" in Odoo.`,
      'Set the order to quotation in Odoo and retry, or cancel it where it comes from.',
    );
  }
  return { kind: 'succeeded', orderId: order.id, name: order.name, pickingIds: order.pickingIds, adopted };
}

function recordOf(odoo: Odoo, order: OrderToPlace): LoadRecord {
  const reference = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : qualify(odoo, name);
  return {
    externalId: order.externalId,
    cells: withoutUndefined({
      'partner_id/id': reference(order.partnerExternalId),
      'partner_shipping_id/id': reference(order.shipToExternalId),
      'partner_invoice_id/id': reference(order.billToExternalId),
      client_order_ref: order.customerReference,
      date_order: order.orderedAt === undefined ? undefined : datetimeToOdoo(order.orderedAt),
      commitment_date: order.requestedAt === undefined ? undefined : datetimeToOdoo(order.requestedAt),
      'warehouse_id/.id': order.warehouseId?.toString(),
    }),
    children: {
      field: 'order_line',
      records: order.lines.map((line) => ({
        externalId: line.externalId,
        cells: withoutUndefined({
          'product_id/id': reference(line.productExternalId),
          'product_id/.id': line.productId?.toString(),
          product_uom_qty: line.quantity,
          price_unit: line.unitPrice,
        }),
      })),
    },
  };
}
