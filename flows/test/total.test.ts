/** Real: every flow. Nothing is doubled. Observed: that any event in any state is decided, never thrown at. */
import type { CanonicalEvent, CanonicalEventType } from '@trunkline/canonical';
import { createFlows } from '@trunkline/flows';
import type { DomainEvent, Flow } from '@trunkline/messaging';
import { describe, expect, test } from 'vitest';
import { draftOf, NOW, OrderUnderTest, plan, shipped, TO_DALLAS } from './support/run.ts';

const USD = { amount: '1', currency: 'USD' };

const EVENTS: { readonly [T in CanonicalEventType]: Extract<CanonicalEvent, { type: T }> } = {
  'order.submitted': { type: 'order.submitted', order: draftOf(['5']) },
  'customer.needed': { type: 'customer.needed', customer: { id: 'cu_1', name: 'Acme' }, orderId: 'so_1' },
  'customer.synced': { type: 'customer.synced', erpId: '9', revision: 1 },
  'customer.ready': { type: 'customer.ready', customerId: 'cu_1' },
  'order.placed': { type: 'order.placed', erpId: '7', number: 'S7' },
  'order.cancelled': { type: 'order.cancelled', erpId: '7' },
  'order.changed': { type: 'order.changed', revision: 1, lines: [] },
  'erp-record.gone': { type: 'erp-record.gone', record: 'order', id: '7' },
  'order.changed-in-erp': {
    type: 'order.changed-in-erp',
    erpId: '7',
    number: 'S7',
    state: 'cancelled',
    lines: [],
  },
  'fulfilment.planned': plan('P1', [['5', '5']]),
  'release.acknowledged': { type: 'release.acknowledged', releaseNumber: 'S7-1' },
  'pick.confirmed': { type: 'pick.confirmed', releaseNumber: 'S7-1', sequence: 1, pickedAt: NOW, lines: [] },
  'shortage.reported': { type: 'shortage.reported', releaseNumber: 'S7-1', sequence: 2, lines: [] },
  'shipment.shipped': shipped('S7-1', 3, ['5']),
  'release.closed': { type: 'release.closed', releaseNumber: 'S7-1', sequence: 4, reason: 'done' },
  'shipment.posted': { type: 'shipment.posted', shipmentNumber: 'S7-1-S3' },
  'backorder.cancelled': { type: 'backorder.cancelled', planId: 'P1' },
  'return.expected': {
    type: 'return.expected',
    returnNumber: 'R1',
    returnPlanId: '8',
    returnPlanNumber: 'IN8',
  },
  'return.received': { type: 'return.received', returnNumber: 'R1' },
  'invoicing.assessed': { type: 'invoicing.assessed', readiness: 'ready', blockers: [], lines: [] },
  'invoice.issued': { type: 'invoice.issued', invoiceId: '3', number: 'INV3', total: USD, residual: USD },
  'credit-note.issued': {
    type: 'credit-note.issued',
    reference: 'R1',
    creditNoteId: '4',
    number: 'RINV4',
    total: USD,
  },
  'payment.registered': {
    type: 'payment.registered',
    reference: 'P1',
    paymentId: '5',
    number: 'PAY5',
    invoiceId: '3',
    residual: USD,
  },
  'credit.assessed': { type: 'credit.assessed', owed: '0' },
  'inventory.adjusted': {
    type: 'inventory.adjusted',
    adjustmentNumber: 'A',
    site: 'DAL',
    sku: 'S',
    delta: '1',
    reason: 'found',
  },
  'product.changed': {
    type: 'product.changed',
    erpId: '5',
    product: {
      id: '5',
      sku: 'S',
      name: 'Screw',
      active: true,
      familyId: '3',
      categoryIds: ['1'],
      attributes: [],
      tracking: 'none',
      unit: 'Units',
      packs: [],
      listPrice: '1',
      currency: 'USD',
    },
  },
  'price-list.changed': {
    type: 'price-list.changed',
    erpId: '2',
    priceList: { id: '2', name: 'Trade', active: true, currency: 'USD', rules: [] },
  },
  'price-list.deleted': { type: 'price-list.deleted', erpId: '2' },
};

/** What the connectors can tell and no flow asks for so far; a flow that takes one up strikes it out here. */
const NO_FLOW_YET: ReadonlySet<string> = new Set<CanonicalEventType>([
  'order.cancelled',
  'order.changed',
  'return.expected',
  'return.received',
  'invoicing.assessed',
  'invoice.issued',
  'credit-note.issued',
  'payment.registered',
  'credit.assessed',
  'product.changed',
  'price-list.changed',
  'price-list.deleted',
]);

/** Every state that an order passes through on its way, from none. */
function orderStates() {
  const order = new OrderUnderTest();
  const states = [order.record];
  const rejected = new OrderUnderTest();
  rejected.handle({ type: 'order.submitted', order: draftOf([]) });
  for (const type of Object.keys(EVENTS) as CanonicalEventType[]) {
    order.handle(EVENTS[type]);
    states.push(order.record);
  }
  return [...states, rejected.record];
}

const contextOf = (key: string) => ({ key, now: NOW, system: 'model' });

function decidesAll<S, E extends DomainEvent>(
  flow: Flow<S, E>,
  states: readonly (S | undefined)[],
  key: string,
): void {
  for (const state of states) {
    for (const event of Object.values(EVENTS)) {
      const decision = flow.decide(state, event as unknown as E, contextOf(key));
      const effects = [
        decision.state,
        decision.commands?.length,
        decision.events?.length,
        decision.exceptions?.length,
        decision.resolves?.length,
      ];
      if (!effects.some(Boolean)) expect(decision.ignored, `${flow.name} ${event.type}`).toMatch(/./);
    }
  }
}

describe('every flow decides every event in every state', () => {
  const { orderFlows, customerFlows, stockFlows } = createFlows(TO_DALLAS);
  test.each(orderFlows.map((flow) => [flow.name, flow] as const))('%s', (_name, flow) => {
    expect(() => decidesAll(flow, orderStates(), 'so_1')).not.toThrow();
  });
  test.each(customerFlows.map((flow) => [flow.name, flow] as const))('%s', (_name, flow) => {
    const customer = { id: 'cu_1', name: 'Acme' };
    const waiting = flow.decide(undefined, EVENTS['customer.needed'], contextOf('cu_1')).state;
    const active = flow.decide(waiting, EVENTS['customer.synced'], contextOf('cu_1')).state;
    expect(active).toMatchObject({ customer, stage: 'active' });
    expect(() => decidesAll(flow, [undefined, waiting, active], 'cu_1')).not.toThrow();
  });
  test.each(stockFlows.map((flow) => [flow.name, flow] as const))('%s', (_name, flow) => {
    const once = flow.decide(undefined, EVENTS['inventory.adjusted'], contextOf('st_DAL_S')).state;
    expect(() => decidesAll(flow, [undefined, once], 'st_DAL_S')).not.toThrow();
  });
});

test('every event of the canonical model is handled by a flow', () => {
  const { orderFlows, customerFlows, stockFlows } = createFlows(TO_DALLAS);
  const handled = [...orderFlows, ...customerFlows, ...stockFlows].flatMap((flow) =>
    flow.handles === 'every' ? [] : flow.handles,
  );
  expect(new Set([...handled, ...NO_FLOW_YET])).toEqual(new Set(Object.keys(EVENTS)));
  expect(handled.filter((type) => NO_FLOW_YET.has(type))).toEqual([]);
});
