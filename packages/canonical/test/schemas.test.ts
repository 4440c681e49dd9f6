/** Real: the published JSON Schemas, judged by two validators (TypeBox's own, and Ajv 2020-12 as a partner would). Nothing is doubled. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { PUBLISHED_SCHEMAS, type ReleaseOrder, type SalesOrder } from '../src/index.ts';

const shipTo = {
  name: 'Acme',
  lines: ['1 Main St'],
  city: 'Dallas',
  region: 'TX',
  postalCode: '75201',
  country: 'US',
};

const order: SalesOrder = {
  id: 'so_006A',
  source: { system: 'crm', id: '006A' },
  customerId: 'cu_001A',
  customerPo: 'PO 4711',
  currency: 'USD',
  requestedShipDate: '2026-03-09',
  backorderPolicy: 'backorder',
  shipTo,
  lines: [{ line: '1', sku: 'SKU-1', quantity: '2.5', unit: 'EA', unitPrice: '9.99' }],
};

const release: ReleaseOrder = {
  releaseNumber: 'S7-1',
  revision: 1,
  site: 'DAL',
  orderId: 'so_006A',
  orderNumber: 'S7',
  priority: 5,
  shipTo,
  lines: [{ line: '1', sku: 'SKU-1', quantity: '2.5', unit: 'EA' }],
};

const [line] = order.lines;
const cases = [
  ['sales-order/1', order, true],
  ['sales-order/1', { ...order, lines: [] }, false],
  ['sales-order/1', { ...order, lines: [{ ...line, quantity: 2.5 }] }, false],
  ['sales-order/1', { ...order, lines: [{ ...line, quantity: '2,5' }] }, false],
  ['sales-order/1', { ...order, lines: [{ ...line, quantity: '01' }] }, false],
  ['sales-order/1', { ...order, currency: 'usd' }, false],
  ['sales-order/1', { ...order, shipTo: { ...shipTo, country: 'USA' } }, false],
  ['sales-order/1', { ...order, requestedShipDate: '9.3.2026' }, false],
  ['sales-order/1', { ...order, colour: 'red' }, false],
  ['sales-order/1', { ...order, id: 'order-1' }, false],
  ['release-order/1', release, true],
  ['release-order/1', { ...release, revision: 0 }, false],
  ['release-order/1', { ...release, priority: 10 }, false],
  ['release-order/1', { ...release, lines: [] }, false],
  ['release-order/1', { ...release, shipTo: { ...shipTo, lines: [] } }, false],
] as const;

describe.each(Object.entries(PUBLISHED_SCHEMAS))('the contract %s', (name, schema) => {
  const own = Compile(schema);
  const partners = new Ajv2020({ strict: true }).compile(JSON.parse(JSON.stringify(schema)) as object);

  test('has an id of its own that names its version', () => {
    expect((schema as { $id?: string }).$id).toBe(`https://trunkline.dev/schemas/${name}`);
  });

  test.each(
    cases.filter(([of]) => of === name).map(([, document, valid], at) => [at, valid, document] as const),
  )('judges example %i as valid: %s', (_at, valid, document) => {
    expect(own.Check(document)).toBe(valid);
    expect(partners(JSON.parse(JSON.stringify(document)))).toBe(valid);
  });
});
