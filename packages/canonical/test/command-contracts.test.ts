/** Real: the contracts of commands that people edit; pure. Nothing is doubled. */
import { describe, expect, test } from 'vitest';
import {
  type Address,
  COMMAND_CONTRACTS,
  type CommandPayloads,
  type CommandType,
  editFaults,
} from '../src/index.ts';

const place = {
  order: {
    id: 'so_1',
    source: { system: 'crm', id: '006' },
    customerId: 'cu_1',
    currency: 'EUR',
    backorderPolicy: 'backorder',
    shipTo: { name: 'Acme', lines: ['Main Street 7'], city: 'Lander', country: 'US' },
    lines: [{ line: '1', sku: 'A', quantity: '5', unit: 'EA', unitPrice: '2.50' }],
  },
};
const edited = (change: object) => ({ order: { ...place.order, ...change } });
const pathsOf = (after: unknown) => editFaults('order.place', place, after).map(({ path }) => path);

describe('C3: an edit', () => {
  test('may correct an address, a product, a price', () => {
    const [line] = place.order.lines;
    expect(pathsOf(edited({ shipTo: { ...place.order.shipTo, city: 'Reno' } }))).toEqual([]);
    expect(pathsOf(edited({ lines: [{ ...line, sku: 'B', unitPrice: '3' }] }))).toEqual([]);
  });

  test('is told every place where it breaks the contract', () => {
    const [line] = place.order.lines;
    expect(pathsOf(edited({ currency: 'euro', lines: [{ ...line, unitPrice: 2.5 }] }))).toEqual([
      '/order/currency',
      '/order/lines/0/unitPrice',
    ]);
    expect(pathsOf(edited({ surprise: 1 }))).toContain('/order/surprise');
  });

  test('cannot make it another order, nor move other units', () => {
    const [line] = place.order.lines;
    expect(pathsOf(edited({ id: 'so_2' }))).toEqual(['/order/id']);
    expect(pathsOf(edited({ lines: [{ ...line, quantity: '4' }] }))).toEqual(['/order/lines/0/quantity']);
    expect(pathsOf(edited({ lines: [line, { ...line, line: '2' }] }))).toEqual([
      '/order/lines',
      '/order/lines',
    ]);
  });

  test('of a command without a published contract is refused', () => {
    expect(editFaults('order.teleport', {}, {})[0]?.message).toContain('cannot be edited');
  });
});

/** A payload with every member, those that may be left out too: what a command may carry, an edit of it keeps. */
type Whole<T> = T extends string | number | boolean
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Whole<Element>[]
    : { readonly [Name in keyof T]-?: Whole<Exclude<T[Name], undefined>> };

const line = { line: '1', sku: 'A', quantity: '5', lots: [{ lot: 'L1', quantity: '5' }] };
const address: Whole<Address> = {
  name: 'Acme',
  lines: ['Main Street 7'],
  city: 'Lander',
  postalCode: '82520',
  region: 'WY',
  country: 'US',
  phone: '1',
};
const invoiced = { orderId: 'so_1', erpId: '42' };

const WHOLE: { readonly [Type in CommandType]: Whole<CommandPayloads[Type]> } = {
  'customer.upsert': {
    customer: {
      id: 'cu_1',
      name: 'Acme',
      accountNumber: 'A-1',
      email: 'a@b.example',
      phone: '1',
      paymentTerms: '30 Days',
      billTo: address,
    },
    revision: 2,
  },
  'order.place': {
    order: {
      id: 'so_1',
      source: { system: 'crm', id: '006' },
      customerId: 'cu_1',
      customerPo: 'PO-1',
      channel: 'web',
      currency: 'EUR',
      requestedShipDate: '2026-03-02',
      backorderPolicy: 'cancel',
      shipTo: address,
      shipMethod: 'Ground',
      lines: [{ line: '1', sku: 'A', description: 'a', quantity: '5', unit: 'EA', unitPrice: '2.50' }],
    },
    warehouse: 'DAL',
  },
  'order.cancel': invoiced,
  'order.change': {
    ...invoiced,
    revision: 1,
    lines: [{ line: '1', sku: 'A', quantity: '4', unitPrice: '2.50' }],
  },
  'release.create': {
    release: {
      releaseNumber: 'R-1',
      revision: 1,
      site: 'DAL',
      orderId: 'so_1',
      orderNumber: 'S00001',
      customerPo: 'PO-1',
      priority: 5,
      shipBy: '2026-03-02',
      shipTo: address,
      shipMethod: 'Ground',
      lines: [{ line: '1', sku: 'A', description: 'a', quantity: '5', unit: 'EA' }],
    },
  },
  'shipment.post': {
    orderId: 'so_1',
    planId: '7',
    shipment: {
      shipmentNumber: 'SH-1',
      releaseNumber: 'R-1',
      carrier: 'UPS',
      scac: 'UPSN',
      trackingNumber: '1Z',
      shippedAt: '2026-03-02T10:00:00Z',
      lines: [line],
      packages: [{ sscc: '106141412345678908', trackingNumber: '1Z', lines: [line] }],
    },
    remainder: 'backorder',
  },
  'backorder.cancel': { orderId: 'so_1', planId: '7' },
  'return.create': { orderId: 'so_1', returnNumber: 'RMA-1', planId: '7', lines: [line] },
  'return.receive': {
    orderId: 'so_1',
    returnNumber: 'RMA-1',
    returnPlanId: '8',
    lines: [line],
    remainder: 'cancel',
  },
  'invoicing.assess': invoiced,
  'invoice.issue': invoiced,
  'credit-note.issue': { orderId: 'so_1', reference: 'RMA-1', invoiceId: '9', lines: [line] },
  'payment.register': {
    orderId: 'so_1',
    reference: 'ch_1',
    invoiceId: '9',
    amount: { amount: '12.50', currency: 'EUR' },
    paidOn: '2026-03-02',
  },
  'credit.assess': { customerId: 'cu_1', erpId: '3' },
  'inventory.adjust': {
    adjustmentNumber: 'ADJ-1',
    site: 'DAL',
    warehouse: 'DAL',
    sku: 'A',
    delta: '-2',
    reason: 'counted',
  },
  'order-status.publish': {
    orderId: 'so_1',
    source: { system: 'crm', id: '006' },
    status: 'Shipped',
    reason: 'all left',
    orderNumber: 'S00001',
    trackingNumbers: ['1Z'],
    unitsOrdered: '5',
    unitsShipped: '5',
    unitsBackordered: '0',
    unitsCancelled: '0',
    updatedAt: '2026-03-02T10:00:00Z',
  },
};

describe('every command has a contract', () => {
  test('and no other has one', () => {
    expect(Object.keys(COMMAND_CONTRACTS).sort()).toEqual(Object.keys(WHOLE).sort());
  });

  test.each(Object.entries(WHOLE))('%s: all that it may carry is kept, and nothing else', (type, whole) => {
    expect(editFaults(type, whole, whole)).toEqual([]);
    expect(editFaults(type, whole, { ...whole, surprise: 1 }).map(({ path }) => path)).toContain('/surprise');
    for (const path of COMMAND_CONTRACTS[type as CommandType].frozen) {
      const [name] = path.split('/').slice(1);
      expect(Object.keys(whole)).toContain(name);
    }
  });

  test('another amount is another payment, and a credit note keeps its units', () => {
    const payment = WHOLE['payment.register'];
    const more = { ...payment, amount: { ...payment.amount, amount: '13' } };
    expect(editFaults('payment.register', payment, more).map(({ path }) => path)).toEqual(['/amount']);
    expect(editFaults('payment.register', payment, { ...payment, invoiceId: '10' })).toEqual([]);
    const note = WHOLE['credit-note.issue'];
    const fewer = { ...note, lines: [{ ...line, quantity: '4' }] };
    expect(editFaults('credit-note.issue', note, fewer).map(({ path }) => path)).toEqual([
      '/lines/0/quantity',
    ]);
  });
});
