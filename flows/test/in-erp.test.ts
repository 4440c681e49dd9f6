/** Real: every flow of an order. Nothing is doubled. Observed: what an order's exceptions say of changes that were made in the ERP. */
import type { CanonicalEvent } from '@trunkline/canonical';
import { describe, expect, test } from 'vitest';
import { draftOf, OrderUnderTest, plan } from './support/run.ts';

type Changed = Extract<CanonicalEvent, { type: 'order.changed-in-erp' }>;

const seen = (quantities: readonly string[], more: Partial<Changed> = {}): Changed => ({
  type: 'order.changed-in-erp',
  erpId: '7',
  number: 'S7',
  state: 'confirmed',
  lines: quantities.map((ordered, at) => ({ line: String(at + 1), sku: `SKU-${at + 1}`, ordered })),
  ...more,
});
const order = () => new OrderUnderTest().placed(draftOf(['5', '2']));

describe('an order as it stands in the ERP', () => {
  test('an echo of the hand-over changes nothing, however the ERP writes its numbers', () => {
    expect(order().handle(seen(['5.000', '2']))).toMatchObject({ exceptions: [], resolves: [] });
  });

  test('other quantities, a removed line and an added one are told, each with its place', () => {
    const { exceptions } = order().handle(
      seen(['6'], { lines: [...seen(['6']).lines, { sku: 'EXTRA', ordered: '1' }] }),
    );
    expect(exceptions).toMatchObject([
      {
        code: 'order_changed_in_erp',
        owner: 'sales',
        faults: [
          { path: 'lines/1', message: 'Line 1: 6 of SKU-1 in place of 5.' },
          { path: 'lines/2', message: 'Line 2, 2 of SKU-2, was removed.' },
          { path: 'lines', message: '1 of EXTRA were added.' },
        ],
      },
    ]);
  });

  test('the same difference is told once, another one again, and agreement ends it', () => {
    const under = order();
    expect(under.handle(seen(['6', '2'])).exceptions).toHaveLength(1);
    expect(under.handle(seen(['6', '2'])).exceptions).toEqual([]);
    expect(under.handle(seen(['6', '3'])).exceptions).toHaveLength(1);
    const before = under.record;
    expect(under.handle(seen(['5', '2']))).toMatchObject({ resolves: ['order_changed_in_erp'] });
    expect(before?.openExceptions).toEqual(['order_changed_in_erp']);
    expect(under.record?.openExceptions).toEqual([]);
    expect(under.handle(seen(['5', '2'])).resolves).toEqual([]);
  });

  test('a cancelled one is told, a quotation is not: what counts is what is confirmed', () => {
    expect(order().handle(seen(['5', '2'], { state: 'cancelled' })).exceptions).toMatchObject([
      { summary: 'Order S7 was cancelled in the ERP.' },
    ]);
    expect(order().handle(seen([], { state: 'quotation' })).exceptions).toEqual([]);
  });

  test('it leaves the quantities as they are', () => {
    const under = order();
    const { releases, plans, stage } = under.record ?? {};
    under.handle(seen(['9', '9'], { state: 'cancelled' }));
    expect(under.record).toMatchObject({ releases, plans, stage });
  });
});

describe('a record that is gone from the ERP', () => {
  const gone = (record: 'order' | 'plan', id: string): CanonicalEvent => ({
    type: 'erp-record.gone',
    record,
    id,
  });

  test('is told once for each, of open plans and of the order itself', () => {
    const under = order();
    under.handle(plan('P1', [['5', '0']], { state: 'waiting' }));
    const first = under.handle(gone('plan', 'P1'));
    expect(first.exceptions).toMatchObject([{ code: 'erp_record_gone', owner: 'operations' }]);
    expect(under.handle(gone('plan', 'P1')).exceptions).toEqual([]);
    expect(under.handle(gone('order', '7')).exceptions).toMatchObject([
      { summary: 'Order S7 stands in the ERP no more.' },
    ]);
    expect(under.record?.openExceptions).toEqual(['erp_record_gone']);
  });

  test('is nothing when the order does not hold it', () => {
    expect(order().handle(gone('plan', 'P9')).exceptions).toEqual([]);
    expect(order().handle(gone('order', '8')).exceptions).toEqual([]);
  });
});
