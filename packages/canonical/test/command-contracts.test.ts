/** Real: the contracts of commands that people edit; pure. Nothing is doubled. */
import { describe, expect, test } from 'vitest';
import { editFaults } from '../src/index.ts';

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
