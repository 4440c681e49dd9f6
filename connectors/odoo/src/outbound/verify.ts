import type {
  BackorderCancel,
  CommandPayloads,
  CustomerUpsert,
  OrderCancel,
  OrderChange,
  OrderPlace,
  ShipmentPost,
} from '@trunkline/canonical';
import type { Delivery, Verification } from '@trunkline/messaging';
import { classifyOdooError } from '../error-classification.ts';
import type { Odoo } from '../external-ids.ts';
import { readPickings } from '../picking-reader.ts';
import { partnerOf } from '../translators/customer.ts';
import { customerReferenceOf } from '../translators/order.ts';
import { shipmentOf } from '../translators/shipment.ts';
import { differencesOf } from '../version-differences.ts';
import { verifyAdjustments } from './adjust-workers.ts';
import { statesOf } from './cancel-pickings.ts';
import { changeOf } from '../translators/order-change.ts';
import { readEnds } from './delivery-ends.ts';
import { isApplied } from './change-orders.ts';
import {
  customerSynced,
  orderCancelled,
  orderChanged,
  orderPlaced,
  planCancelled,
  shipmentPosted,
} from './effects.ts';
import { verifyCreditNotes, verifyInvoices, verifyPayments, verifyQueries } from './invoicing/verify.ts';
import { readOrderStates } from './order-state.ts';
import { resolveProducts } from './product-lookup.ts';
import { undecided } from './outcomes.ts';
import { payload } from './worker.ts';
import { findOrders } from './order-lookup.ts';
import { findPartners } from './partner-lookup.ts';
import { verifyReceipts, verifyReturns } from './return-verify.ts';
import { planShipment } from './shipment-plan.ts';

/** One answer per delivery, in order. */
export type Verifier = (
  deliveries: readonly Delivery[],
  signal: AbortSignal,
) => Promise<readonly Verification[]>;

/**
 * Whether Odoo has the effect of each command, by reading alone. `absent` is also said of what stands there otherwise than asked for
 * (a cancelled order, a transfer done with other quantities): every operation is idempotent by its business key, so sending it
 * again harms nothing, and it is its refusal that puts Odoo's own words before a person.
 */
export function verifiersOf(system: string, odoo: Odoo): ReadonlyMap<string, Verifier> {
  const verifiers: readonly (readonly [keyof CommandPayloads, Verifier])[] = [
    ['customer.upsert', (deliveries, signal) => verifyPartners(system, odoo, deliveries, signal)],
    ['order.place', (deliveries, signal) => verifyOrders(system, odoo, deliveries, signal)],
    ['order.cancel', (deliveries, signal) => verifyOrderCancellations(odoo, deliveries, signal)],
    ['order.change', (deliveries, signal) => verifyChanges(odoo, deliveries, signal)],
    ['shipment.post', (deliveries, signal) => verifyShipments(system, odoo, deliveries, signal)],
    ['return.create', (deliveries, signal) => verifyReturns(system, odoo, deliveries, signal)],
    ['return.receive', (deliveries, signal) => verifyReceipts(odoo, deliveries, signal)],
    ['inventory.adjust', (deliveries, signal) => verifyAdjustments(odoo, deliveries, signal)],
    ['invoicing.assess', verifyQueries],
    ['credit.assess', verifyQueries],
    ['invoice.issue', (deliveries, signal) => verifyInvoices(system, odoo, deliveries, signal)],
    ['credit-note.issue', (deliveries, signal) => verifyCreditNotes(system, odoo, deliveries, signal)],
    ['payment.register', (deliveries, signal) => verifyPayments(system, odoo, deliveries, signal)],
    ['backorder.cancel', (deliveries, signal) => verifyCancellations(odoo, deliveries, signal)],
  ];
  return new Map(
    verifiers.map(([type, verifier]) => [
      type,
      async (deliveries, signal) => {
        try {
          return await verifier(deliveries, signal);
        } catch (error) {
          const verdict = undecided(classifyOdooError(error));
          return deliveries.map(() => verdict);
        }
      },
    ]),
  );
}

const ABSENT: Verification = { kind: 'absent' };

async function verifyPartners(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const commands = deliveries.map((delivery) => payload<CustomerUpsert>(delivery));
  const partners = commands.map(({ customer }) => partnerOf(customer));
  const found = await findPartners(odoo, partners, signal);
  return commands.map((command, index) => {
    const id = found.get(partners[index]?.externalId ?? '');
    return id === undefined ? ABSENT : { kind: 'present', ...customerSynced(command, id, system) };
  });
}

async function verifyOrders(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const { confirmedStates } = differencesOf((await odoo.client.server({ signal })).major);
  const orders = deliveries.map((delivery) => payload<OrderPlace>(delivery).order);
  const keys = orders.map((order) => ({
    externalId: order.id,
    customerReference: customerReferenceOf(order),
  }));
  const found = await findOrders(odoo, keys, signal);
  return orders.map((order) => {
    const there = found.get(order.id);
    if (there === undefined || !confirmedStates.includes(there.state)) return ABSENT;
    return { kind: 'present', ...orderPlaced(there.id, there.name, system) };
  });
}

async function verifyOrderCancellations(
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const erpIds = deliveries.map((delivery) => payload<OrderCancel>(delivery).erpId);
  const states = await readOrderStates(odoo, erpIds.map(Number), signal);
  return erpIds.map((erpId) =>
    states.get(Number(erpId))?.state === 'cancel' ? { kind: 'present', ...orderCancelled(erpId) } : ABSENT,
  );
}

async function verifyChanges(
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const changes = deliveries.map((delivery) => payload<OrderChange>(delivery));
  const skus = changes.flatMap(({ lines }) => lines.map(({ sku }) => sku));
  const products = await resolveProducts(odoo, skus, signal);
  if ('kind' in products) return changes.map(() => undecided(products));
  const ids = changes.map(({ erpId }) => Number(erpId));
  const states = await readOrderStates(odoo, ids, signal);
  return changes.map((change) => {
    const order = changeOf(change, products);
    const state = states.get(Number(change.erpId));
    if ('faults' in order || state === undefined || !isApplied(order, state)) return ABSENT;
    return { kind: 'present', ...orderChanged(change, state.lines) };
  });
}

async function verifyShipments(
  system: string,
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const posts = deliveries.map((delivery) => payload<ShipmentPost>(delivery));
  const ids = [...new Set(posts.map(({ planId }) => Number(planId)))];
  const read = await readPickings(odoo, { domain: [['id', 'in', ids]] }, signal);
  const pickings = new Map(read.map((picking) => [picking.id, picking]));
  const ends = await readEnds(
    odoo,
    read.filter(({ state }) => state === 'done'),
    signal,
  );
  return posts.map((post) => {
    const picking = pickings.get(Number(post.planId));
    if (picking === undefined || planShipment(shipmentOf(post), picking).kind !== 'adopt') return ABSENT;
    const end = ends.get(picking.id);
    if (end?.through === false) return ABSENT;
    return {
      kind: 'present',
      ...shipmentPosted(post, end?.name ?? picking.name, picking.backorderIds[0] ?? null, system),
    };
  });
}

async function verifyCancellations(
  odoo: Odoo,
  deliveries: readonly Delivery[],
  signal: AbortSignal,
): Promise<readonly Verification[]> {
  const commands = deliveries.map((delivery) => payload<BackorderCancel>(delivery));
  const states = await statesOf(
    odoo,
    commands.map(({ planId }) => Number(planId)),
    signal,
  );
  return commands.map((command) =>
    states.get(Number(command.planId)) === 'cancel' ? { kind: 'present', ...planCancelled(command) } : ABSENT,
  );
}
