import {
  type BackorderCancel,
  type CommandPayloads,
  contractFaults,
  type CustomerUpsert,
  type OrderPlace,
  type ShipmentPost,
} from '@trunkline/canonical';
import type { Delivery, Outcome, Target } from '@trunkline/messaging';
import type { Odoo } from '../external-ids.ts';
import { partnerOf, shipToOf } from '../translators/customer.ts';
import { orderOf } from '../translators/order.ts';
import { shipmentOf } from '../translators/shipment.ts';
import { adjustWorker } from './adjust-workers.ts';
import { cancelPickings } from './cancel-pickings.ts';
import {
  assessInvoicingWorker,
  creditNoteWorker,
  creditWorker,
  invoiceWorker,
  paymentWorker,
} from './invoicing/workers.ts';
import { cancelWorker, changeWorker } from './order-workers.ts';
import { toOutcome } from './outcomes.ts';
import { postDeliveries } from './deliveries.ts';
import { customerSynced, orderPlaced, planCancelled, shipmentPosted } from './effects.ts';
import { placeOrders } from './orders.ts';
import { upsertPartners } from './partners.ts';
import { resolveProducts } from './product-lookup.ts';
import { receiveWorker, returnWorker } from './return-workers.ts';
import { resolveWarehouses } from './warehouse-lookup.ts';
import { payload, type Worker } from './worker.ts';
import { verifiersOf } from './verify.ts';

export interface TargetOptions {
  readonly system: string;
  readonly odoo: Odoo;
  readonly batch: number;
  readonly concurrency: number;
  /** How long a command may wait for company. Milliseconds. */
  readonly lingerMs: number;
}

/**
 * Takes the ERP's commands. A batch is sorted by command, so that each kind becomes few calls of many records; within a batch all
 * keys differ, so the kinds do not depend on each other.
 */
export function createOdooTarget(options: TargetOptions): Target {
  const workers = workersOf(options);
  const verifiers = verifiersOf(options.system, options.odoo);
  return {
    batch: options.batch,
    concurrency: options.concurrency,
    lingerMs: options.lingerMs,
    async deliver(deliveries, signal) {
      const broken = new Map(deliveries.map((delivery) => [delivery.id, brokenContract(delivery)]));
      const sound = deliveries.filter(({ id }) => broken.get(id) === undefined);
      const outcomes = await byType(sound, beforeTheEnd(workers), signal);
      return deliveries.map(({ id, type }) => broken.get(id) ?? outcomes.get(id) ?? unknownCommand(type));
    },
    async verify(deliveries, signal) {
      const verdicts = await byType(deliveries, verifiers, signal);
      // A command that was never taken has no effect: sent again, it is refused with the reason.
      return deliveries.map((delivery) => verdicts.get(delivery.id) ?? { kind: 'absent' });
    },
  };
}

function workersOf({ system, odoo }: TargetOptions): ReadonlyMap<string, Worker> {
  return new Map<keyof CommandPayloads, Worker>([
    [
      'customer.upsert',
      async (deliveries, signal) => {
        const partners = deliveries.map((delivery) => partnerOf(payload<CustomerUpsert>(delivery).customer));
        const outcomes = await upsertPartners(odoo, partners, signal);
        return outcomes.map((outcome, index) =>
          toOutcome(outcome, ({ partnerId }) =>
            customerSynced(payload<CustomerUpsert>(deliveries[index]), partnerId, system),
          ),
        );
      },
    ],
    ['order.place', (deliveries, signal) => placeBatch(system, odoo, deliveries, signal)],
    ['order.cancel', cancelWorker(odoo)],
    ['order.change', changeWorker(odoo)],
    ['invoicing.assess', assessInvoicingWorker(odoo)],
    ['invoice.issue', invoiceWorker(system, odoo)],
    ['credit-note.issue', creditNoteWorker(system, odoo)],
    ['payment.register', paymentWorker(system, odoo)],
    ['credit.assess', creditWorker(odoo)],
    ['return.create', returnWorker(system, odoo)],
    ['return.receive', receiveWorker(odoo)],
    ['inventory.adjust', adjustWorker(odoo)],
    [
      'shipment.post',
      async (deliveries, signal) => {
        const outcomes = await postDeliveries(
          odoo,
          deliveries.map((delivery) => shipmentOf(payload<ShipmentPost>(delivery))),
          signal,
        );
        return outcomes.map((outcome, index) =>
          toOutcome(outcome, ({ name, backorderPickingId, adopted }) => ({
            adopted,
            ...shipmentPosted(payload<ShipmentPost>(deliveries[index]), name, backorderPickingId, system),
          })),
        );
      },
    ],
    [
      'backorder.cancel',
      async (deliveries, signal) => {
        const ids = deliveries.map((delivery) => Number(payload<BackorderCancel>(delivery).planId));
        const outcomes = await cancelPickings(odoo, ids, signal);
        return outcomes.map((outcome, index) =>
          toOutcome(outcome, ({ adopted }) => ({
            adopted,
            ...planCancelled(payload<BackorderCancel>(deliveries[index])),
          })),
        );
      },
    ],
  ]);
}

/** Ship-to addresses first, then the orders that name them; an order whose address or product fails is left out and says why. */
async function placeBatch(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const orders = deliveries.map((delivery) => payload<OrderPlace>(delivery).order);
  const shipTos = orders.map((order) => shipToOf(order.customerId, order.shipTo));
  const distinct = [...new Map(shipTos.map((partner) => [partner.externalId, partner])).values()];
  const codes = deliveries.map((delivery) => payload<OrderPlace>(delivery).warehouse);
  const [addressed, products, warehouses] = await Promise.all([
    upsertPartners(odoo, distinct, signal),
    resolveProducts(
      odoo,
      orders.flatMap((order) => order.lines.map((line) => line.sku)),
      signal,
    ),
    resolveWarehouses(odoo, codes, signal),
  ]);
  const addressOutcome = new Map(distinct.map((partner, index) => [partner.externalId, addressed[index]]));
  const answers = new Map<number, Outcome>();
  const placeable = orders.flatMap((order, index) => {
    const address = addressOutcome.get(shipTos[index]?.externalId ?? '');
    const warehouse = warehouses.get(codes[index] ?? '');
    if (address !== undefined && address.kind !== 'succeeded')
      answers.set(
        index,
        toOutcome(address, () => ({})),
      );
    else if ('kind' in products)
      answers.set(
        index,
        toOutcome(products, () => ({})),
      );
    else if (typeof warehouse === 'object')
      answers.set(
        index,
        toOutcome(warehouse, () => ({})),
      );
    else {
      const translated = orderOf(order, shipTos[index]?.externalId ?? '', products);
      if ('faults' in translated) {
        const detail = translated.faults.map((fault) => fault.message).join(' ');
        answers.set(index, {
          kind: 'rejected',
          code: 'line_product_unknown',
          detail,
          faults: translated.faults,
        });
      } else {
        const placeable = warehouse === undefined ? translated : { ...translated, warehouseId: warehouse };
        return [{ index, order: placeable }];
      }
    }
    return [];
  });
  const placed = await placeOrders(
    odoo,
    placeable.map((row) => row.order),
    signal,
  );
  placeable.forEach(({ index }, at) => {
    const outcome = placed[at];
    if (outcome === undefined) return;
    answers.set(
      index,
      toOutcome(outcome, ({ orderId, name, adopted }) => ({
        adopted,
        ...orderPlaced(orderId, name, system),
      })),
    );
  });
  return deliveries.map((delivery, index) => answers.get(index) ?? unknownCommand(delivery.type));
}

/** Answers by delivery, each kind of command asked as one group. */
async function byType<T>(
  deliveries: readonly Delivery[],
  askers: ReadonlyMap<string, (group: readonly Delivery[], signal: AbortSignal) => Promise<readonly T[]>>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  for (const [type, group] of groupByType(deliveries)) {
    const answers = (await askers.get(type)?.(group, signal)) ?? [];
    group.forEach((delivery, index) => {
      const answer = answers[index];
      if (answer !== undefined) found.set(delivery.id, answer);
    });
  }
  return found;
}

function groupByType(deliveries: readonly Delivery[]): ReadonlyMap<string, Delivery[]> {
  const groups = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const group = groups.get(delivery.type);
    if (group === undefined) groups.set(delivery.type, [delivery]);
    else group.push(delivery);
  }
  return groups;
}

/** Kinds of command are worked one after the other: none begins after the caller has given up, and what did not begin was not sent. */
function beforeTheEnd(workers: ReadonlyMap<string, Worker>): ReadonlyMap<string, Worker> {
  const guarded = [...workers].map(([type, work]): [string, Worker] => [
    type,
    async (deliveries, signal) =>
      signal.aborted ? deliveries.map(() => ({ kind: 'cancelled' })) : work(deliveries, signal),
  ]);
  return new Map(guarded);
}

/** One that cannot be read would fail the whole call, and with it those that travel with it. */
function brokenContract({ type, payload, flow }: Delivery): Outcome | undefined {
  const faults = contractFaults(type, payload);
  if (faults.length === 0) return undefined;
  return {
    kind: 'invalid',
    detail: `The command ${type} of flow ${flow} breaks its contract.`,
    faults: faults.map((fault) => ({ code: 'payload_invalid', ...fault })),
  };
}

function unknownCommand(type: string): Outcome {
  return {
    kind: 'rejected',
    code: 'target_misconfigured',
    detail: `The Odoo connector takes no command ${type}.`,
  };
}
