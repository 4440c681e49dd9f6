import type { OrderCancel, OrderChange } from '@trunkline/canonical';
import type { Outcome } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import { changeOf } from '../translators/order-change.ts';
import { cancelOrders } from './cancel-orders.ts';
import { changeOrders } from './change-orders.ts';
import { orderCancelled, orderChanged } from './effects.ts';
import { toOutcome } from './outcomes.ts';
import { resolveProducts } from './product-lookup.ts';
import { payload, type Worker } from './worker.ts';

export function cancelWorker(odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const ids = deliveries.map((delivery) => Number(payload<OrderCancel>(delivery).erpId));
    const outcomes = await cancelOrders(odoo, ids, signal);
    return outcomes.map((outcome, index) =>
      toOutcome(outcome, ({ adopted }) => ({ adopted, ...orderCancelled(String(ids[index])) })),
    );
  };
}

export function changeWorker(odoo: Odoo): Worker {
  return async (deliveries, signal) => {
    const changes = deliveries.map((delivery) => payload<OrderChange>(delivery));
    const skus = changes.flatMap(({ lines }) => lines.map(({ sku }) => sku));
    const products = await resolveProducts(odoo, skus, signal);
    if ('kind' in products) return deliveries.map(() => toOutcome(products, () => ({})));
    const answers = new Map<number, Outcome>();
    const changeable = changes.flatMap((change, index) => {
      const translated = changeOf(change, products);
      if (!('faults' in translated)) return [{ index, order: translated }];
      const detail = translated.faults.map(({ message }) => message).join(' ');
      answers.set(index, {
        kind: 'rejected',
        code: 'line_product_unknown',
        detail,
        faults: translated.faults,
      });
      return [];
    });
    const outcomes = await changeOrders(
      odoo,
      changeable.map(({ order }) => order),
      signal,
    );
    changeable.forEach(({ index }, at) => {
      const outcome = outcomes[at];
      if (outcome === undefined) return;
      const answer = toOutcome(outcome, ({ lines, adopted }) => ({
        adopted,
        ...orderChanged(payload<OrderChange>(deliveries[index]), lines),
      }));
      answers.set(index, answer);
    });
    return deliveries.map((_, index) => answers.get(index) ?? NOT_SENT);
  };
}

const NOT_SENT: Outcome = { kind: 'retry', code: 'target_unavailable', detail: 'Not sent yet.' };
