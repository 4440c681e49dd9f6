import type { CallOptions } from '../client.ts';
import { classifyOdooError, unknownAfter } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import type { Odoo } from '../external-ids.ts';
import { type Failure, type Outcome, type Rejected, rejected } from '../outcome.ts';
import { type OrderState, readOrderStates } from './order-state.ts';
import { asked } from './question.ts';
import { stockOf } from './touches.ts';

export type CancelOrderOutcome = Outcome<{ readonly name: string; readonly adopted: boolean }>;

/**
 * Cancels orders of which nothing has left: read, act, re-read, where only the re-read counts. Odoo itself cancels a delivered order
 * without a word (recording 14), which would leave goods without an order: here it is refused before.
 *
 * 16 to 18 answer with a wizard unless the context says that no warning is wanted. Orders go together, and one by one when Odoo
 * refuses the batch. @returns one outcome per id, in order
 */
export async function cancelOrders(
  odoo: Odoo,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<CancelOrderOutcome[]> {
  const outcomes = new Map<number, CancelOrderOutcome>();
  try {
    const before = await readOrderStates(odoo, ids, signal);
    for (const id of ids) {
      const order = before.get(id);
      const refusal = refusalOf(id, order);
      if (refusal !== null) outcomes.set(id, refusal);
      else if (order?.state === 'cancel')
        outcomes.set(id, { kind: 'succeeded', name: order.name, adopted: true });
    }
    const open = [...new Set(ids)].filter((id) => !outcomes.has(id));
    const touches = stockOf(open.flatMap((id) => productsOf(before.get(id))));
    await settle(odoo, open, await cancel(odoo, open, { signal, touches }), outcomes, signal);
  } catch (error) {
    const failure = classifyOdooError(error);
    for (const id of ids) if (!outcomes.has(id)) outcomes.set(id, failure);
  }
  return ids.map((id) => outcomes.get(id) ?? { kind: 'retry', message: 'Not cancelled yet.' });
}

function refusalOf(id: number, order: OrderState | undefined): Rejected | null {
  if (order === undefined)
    return rejected(
      'odoo-record-missing',
      `Odoo has no order ${id}.`,
      'It was deleted in Odoo; nothing is left to cancel.',
    );
  if (order.lines.some(({ delivered }) => Number(delivered) > 0)) return shipped(order);
  if (!order.locked || order.state === 'cancel') return null;
  return rejected(
    'odoo-order-locked',
    `${order.name} is locked in Odoo.`,
    'Unlock the order in Odoo, then retry.',
  );
}

function shipped({ name }: OrderState): Rejected {
  return rejected(
    'odoo-order-shipped',
    `Something of ${name} has left the warehouse, so the order as a whole cannot be cancelled.`,
    'Give up the open transfers instead, and enter a return for what comes back.',
  );
}

async function cancel(
  odoo: Odoo,
  ids: readonly number[],
  options: CallOptions,
): Promise<ReadonlyMap<number, Failure>> {
  const failures = new Map<number, Failure>();
  const joint = ids.length === 0 ? null : await cancelCall(odoo, ids, options);
  if (joint === null) return failures;
  for (const id of ids) {
    const failure =
      joint.kind === 'rejected' && ids.length > 1 ? await cancelCall(odoo, [id], options) : joint;
    if (failure !== null) failures.set(id, failure);
  }
  return failures;
}

/** Lines without a product are notes. */
function productsOf(order: OrderState | undefined): number[] {
  return (order?.lines ?? []).flatMap(({ productId }) => (productId === null ? [] : [productId]));
}

async function cancelCall(odoo: Odoo, ids: readonly number[], options: CallOptions): Promise<Failure | null> {
  try {
    const context = { disable_cancel_warning: true };
    const answer = await odoo.client.call<unknown>('sale.order', 'action_cancel', { ids, context }, options);
    return asked(answer, 'cancelling the order');
  } catch (error) {
    return classifyOdooError(error);
  }
}

async function settle(
  odoo: Odoo,
  ids: readonly number[],
  failures: ReadonlyMap<number, Failure>,
  outcomes: Map<number, CancelOrderOutcome>,
  signal?: AbortSignal,
): Promise<void> {
  let after: ReadonlyMap<number, OrderState>;
  try {
    after = await readOrderStates(odoo, ids, signal);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    for (const id of ids) outcomes.set(id, unknownAfter(error));
    return;
  }
  for (const id of ids) {
    const order = after.get(id);
    // A transfer that was validated between the two reads: the order is cancelled and its goods are gone.
    if (order?.state === 'cancel' && order.lines.some(({ delivered }) => Number(delivered) > 0))
      outcomes.set(id, shipped(order));
    else if (order?.state === 'cancel')
      outcomes.set(id, { kind: 'succeeded', name: order.name, adopted: false });
    else outcomes.set(id, failures.get(id) ?? notCancelled(id, order));
  }
}

function notCancelled(id: number, order: OrderState | undefined): Failure {
  return rejected(
    'odoo-refused',
    `Odoo took the cancellation of ${order?.name ?? `order ${id}`} and left it in the state "${order?.state ?? 'deleted'}".`,
    'Look at the order in Odoo: an approval or a customisation holds it there.',
  );
}
