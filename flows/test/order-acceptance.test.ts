/** Real: the order flows. Nothing is doubled. Observed: decisions. */
import { type OrderDraft, salesOrderFaults } from '@trunkline/canonical';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draftOf, OrderUnderTest } from './support/run.ts';

const submit = (order: OrderDraft) => ({ type: 'order.submitted', order }) as const;

describe('judging a draft', () => {
  test('names every fault at once, in one exception that sales owns', () => {
    const order = new OrderUnderTest();
    const { customer: _customer, ...draft } = draftOf(['1', '-3', '0'], {
      currency: 'US$',
      shipTo: { lines: [' '] },
    });
    const [first, second, third] = draft.lines;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('A line is missing.');
    const { unitPrice: _price, ...unpriced } = first;
    const { sku: _sku, ...nameless } = third;
    const done = order.handle(
      submit({ ...draft, lines: [unpriced, second, { ...nameless, unitPrice: '0' }] }),
    );
    expect(order.record?.stage).toBe('exception');
    expect(done.exceptions).toHaveLength(1);
    expect(done.exceptions[0]).toMatchObject({
      code: 'order_rejected',
      owner: 'sales',
      flow: 'order-acceptance',
    });
    expect(done.exceptions[0]?.faults.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'customer_missing customer',
      'address_invalid shipTo/lines',
      'address_invalid shipTo/city',
      'address_invalid shipTo/country',
      'currency_invalid currency',
      'line_price_invalid OpportunityLineItems/0',
      'line_is_return OpportunityLineItems/1',
      'line_quantity_invalid OpportunityLineItems/2',
      'line_price_invalid OpportunityLineItems/2',
      'line_product_missing OpportunityLineItems/2',
    ]);
    expect(done.events).toEqual([]);
    expect(done.commands.map(({ type, payload }) => [type, payload['status']])).toEqual([
      ['order-status.publish', 'Rejected'],
    ]);
    expect(done.commands[0]?.payload['reason']).toContain('Line 2 has the quantity -3: a return.');
  });

  test('asks what a country is that nobody knows, and judges the same order again once somebody has said', () => {
    const order = new OrderUnderTest();
    const draft = draftOf(['1'], {
      shipTo: { lines: ['x'], city: 'y', countryAsSaid: 'Westalia' },
      shipMethod: 'Standard',
    });
    const asked = order.handle(submit(draft));
    expect(asked.exceptions).toMatchObject([
      {
        code: 'mapping_missing',
        owner: 'integration',
        faults: [{ missing: { kind: 'country', system: 'hub', value: 'Westalia' } }],
      },
    ]);
    expect(order.handle(submit(draft)).ignored[0]).toContain('judged before');
    order.countries.set('Westalia', 'West Germany');
    expect(order.handle(submit(draft)).ignored[0]).toContain('judged before');
    order.countries.set('Westalia', 'DE');
    const known = order.handle(submit(draft));
    expect(known.resolves).toEqual(['mapping_missing']);
    expect(known.record?.order?.shipTo).toEqual({ name: 'Acme', lines: ['x'], city: 'y', country: 'DE' });
    expect(known.record?.order?.shipMethod).toBe('Standard');
    // What the source says is what it is compared by: said again, it is the same order.
    expect(order.handle(submit(draft)).ignored[0]).toContain('accepted before');
  });

  test('tells an unknown country among other faults, and asks for it alone when they are mended', () => {
    const order = new OrderUnderTest();
    const draft = draftOf(['-1'], { shipTo: { lines: ['x'], city: 'y', countryAsSaid: 'Westalia' } });
    const both = order.handle(submit(draft));
    expect(both.exceptions[0]?.code).toBe('order_rejected');
    expect(both.exceptions[0]?.faults.map(({ code }) => code)).toEqual(['mapping_missing', 'line_is_return']);
    const alone = order.handle(submit({ ...draft, lines: draftOf(['1']).lines }));
    expect([alone.exceptions[0]?.code, alone.resolves]).toEqual(['mapping_missing', ['order_rejected']]);
  });

  test.each([
    ['an order without lines', draftOf([]), 'order_has_no_lines'],
    [
      'an order whose lines share a number',
      { ...draftOf(['1']), lines: [...draftOf(['1']).lines, ...draftOf(['2']).lines] },
      'order_field_invalid',
    ],
    ['a date that is none', draftOf(['1'], { requestedShipDate: '1 March' }), 'order_field_invalid'],
    [
      'a country that is no code',
      draftOf(['1'], { shipTo: { lines: ['x'], city: 'y', country: 'Texas' } }),
      'address_invalid',
    ],
    [
      'an overlong city',
      draftOf(['1'], { shipTo: { lines: ['x'], city: 'y'.repeat(101), country: 'US' } }),
      'address_invalid',
    ],
    [
      'a customer whose id is none',
      draftOf(['1'], { customer: { id: '001', name: 'Acme' } }),
      'order_field_invalid',
    ],
  ])('refuses %s', (_what, draft, code) => {
    const { exceptions } = new OrderUnderTest().handle(submit(draft));
    const codes = new Set(exceptions[0]?.faults.map((fault) => fault.code));
    expect([...codes]).toEqual([code]);
  });

  test('accepts only what keeps the published contract, and never throws', () => {
    const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ minLength: 190, maxLength: 260 }));
    const number = fc.constantFrom('1', '2.5', '-1', '0', '12345678901234567890.123456789');
    const draft = fc.record(
      {
        currency: fc.constantFrom('USD', 'EUR', 'ZZZ', ''),
        customerPo: text,
        channel: text,
        requestedShipDate: fc.constantFrom('2026-03-04', 'soon'),
        customer: fc.record({ id: fc.constantFrom('cu_1', 'x'), name: text }),
        shipTo: fc.record(
          { lines: fc.array(text, { maxLength: 5 }), city: text, country: fc.constantFrom('US', 'us', '') },
          { requiredKeys: [] },
        ),
        lines: fc.array(
          fc.record(
            {
              line: fc.constantFrom('1', '2', ''),
              path: text,
              sku: text,
              quantity: number,
              unitPrice: number,
            },
            { requiredKeys: ['line', 'path'] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: ['lines'] },
    );
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          draft,
          draft.map((some) => ({ ...draftOf(['1']), customerPo: some.customerPo ?? 'x' })),
        ),
        (some) => {
          const order = new OrderUnderTest();
          const plain = JSON.parse(JSON.stringify({ ...draftOf([]), ...some })) as OrderDraft;
          const { exceptions } = order.handle(submit(plain));
          if (order.record?.order === undefined) {
            expect(exceptions[0]?.faults.length).toBeGreaterThan(0);
            return;
          }
          accepted += 1;
          expect(salesOrderFaults(order.record.order)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

describe('a submission that comes again', () => {
  test('changes nothing when it is the same, before and after acceptance', () => {
    const rejected = new OrderUnderTest();
    rejected.handle(submit(draftOf(['-1'])));
    expect(rejected.handle(submit(draftOf(['-1'])))).toMatchObject({
      exceptions: [],
      commands: [],
      events: [],
    });
    const accepted = new OrderUnderTest().placed(draftOf(['1']));
    const before = accepted.record;
    expect(accepted.handle(submit(draftOf(['1'])))).toMatchObject({
      exceptions: [],
      commands: [],
      events: [],
    });
    expect(accepted.record).toBe(before);
  });

  test('is judged afresh after a rejection, which it resolves', () => {
    const order = new OrderUnderTest();
    order.handle(submit(draftOf(['-1'])));
    const again = order.handle(submit(draftOf(['0'])));
    expect(again.exceptions[0]?.faults.map(({ code }) => code)).toEqual(['line_quantity_invalid']);
    const done = order.handle(submit(draftOf(['4'])));
    expect(done.resolves).toEqual(['order_rejected']);
    expect(order.record).toMatchObject({ stage: 'validating', faults: [] });
    expect(done.events).toEqual([
      {
        key: 'cu_1',
        id: 'so_1:customer',
        event: { type: 'customer.needed', customer: { id: 'cu_1', name: 'Acme' }, orderId: 'so_1' },
      },
    ]);
    expect(done.commands.map(({ payload }) => payload['status'])).toEqual(['Received']);
  });

  test('with another content after acceptance is not taken over, and says so until it is taken back', () => {
    const order = new OrderUnderTest().placed(draftOf(['1']));
    const changed = order.handle(submit(draftOf(['2'])));
    expect(changed.exceptions[0]).toMatchObject({ code: 'order_changed_after_acceptance', owner: 'sales' });
    expect(changed.ignored).toContain('changed after acceptance');
    expect(order.record?.order?.lines[0]?.quantity).toBe('1');
    expect(order.record?.stage).toBe('confirmed');
    expect(order.handle(submit(draftOf(['1']))).resolves).toEqual(['order_changed_after_acceptance']);
  });

  test('with a corrected customer sends the customer again as long as the order waits for it', () => {
    const order = new OrderUnderTest();
    order.handle(submit(draftOf(['1'])));
    const corrected = draftOf(['1'], { customer: { id: 'cu_1', name: 'Acme', email: 'buyer@acme.example' } });
    const { events, exceptions } = order.handle(submit(corrected));
    expect(exceptions).toEqual([]);
    expect(events).toMatchObject([{ key: 'cu_1', event: { type: 'customer.needed' } }]);
    expect(events[0]?.id).toMatch(/^so_1:customer:./);
    order.handle({ type: 'customer.ready', customerId: 'cu_1' });
    expect(order.handle(submit(draftOf(['1']))).events).toEqual([]);
  });
});

describe('placing', () => {
  test('goes to the ERP once its customer stands there, and names the order by the ERP’s number', () => {
    const order = new OrderUnderTest();
    const submitted = order.handle(submit(draftOf(['1'])));
    expect(submitted.identifiers).toEqual([
      { kind: 'order', value: 'so_1', system: 'trunkline' },
      { kind: 'opportunity', value: '006A', system: 'crm' },
      { kind: 'customer_po', value: 'PO-1', system: 'crm' },
    ]);
    const ready = order.handle({ type: 'customer.ready', customerId: 'cu_1' });
    expect(ready.commands).toMatchObject([
      {
        role: 'erp',
        type: 'order.place',
        reply: 'order.placed',
        payload: { order: { id: 'so_1', customerId: 'cu_1' } },
      },
    ]);
    expect(order.handle({ type: 'customer.ready', customerId: 'cu_1' }).commands).toEqual([]);
    const placed = order.handle({ type: 'order.placed', erpId: '7', number: 'S7' }, 'erp');
    expect(placed.identifiers).toEqual([{ kind: 'order_number', value: 'S7', system: 'erp' }]);
    expect(order.record).toMatchObject({ stage: 'confirmed', erp: { id: '7', number: 'S7' } });
    expect(placed.commands.map(({ payload }) => payload['status'])).toEqual(['Confirmed']);
    const before = order.record;
    order.handle({ type: 'order.placed', erpId: '8', number: 'S8' }, 'erp');
    expect(order.record).toBe(before);
  });

  test('is set off by no other customer', () => {
    const order = new OrderUnderTest();
    order.handle(submit(draftOf(['1'])));
    expect(order.handle({ type: 'customer.ready', customerId: 'cu_2' }).commands).toEqual([]);
  });
});

describe('where sites name their warehouses', () => {
  const sites = new Map([
    ['US', 'DAL'],
    ['CA', 'RNO'],
  ]);
  const routing = () => ({
    routeOrder: ({ shipTo }: { shipTo: { country: string } }) => sites.get(shipTo.country),
    knownSites: new Set(['DAL', 'RNO']),
    warehouses: new Map([['DAL', 'WH']]),
  });
  const shipTo = (country: string) => ({ shipTo: { lines: ['1 Main St'], city: 'X', country } });
  const ready = { type: 'customer.ready', customerId: 'cu_1' } as const;
  const placed = (done: { commands: readonly { type: string; payload: object }[] }) =>
    done.commands.filter(({ type }) => type === 'order.place').map(({ payload }) => payload);

  test('an order is placed with its site’s, and without one where its site names none', () => {
    for (const [country, warehouse] of [
      ['US', 'WH'],
      ['CA', undefined],
    ] as const) {
      const order = new OrderUnderTest(routing());
      order.handle(submit(draftOf(['1'], shipTo(country))));
      const [payload] = placed(order.handle(ready));
      expect(payload).toEqual({ order: order.record?.order, ...(warehouse && { warehouse }) });
    }
  });

  test('an order without a route is not placed before it has one', () => {
    const order = new OrderUnderTest(routing());
    order.handle(submit(draftOf(['1'], shipTo('JP'))));
    const done = order.handle(ready);
    expect(placed(done)).toEqual([]);
    expect(done.exceptions).toMatchObject([
      { code: 'no_route', flow: 'order-acceptance', summary: 'No route fits order PO-1 to JP.' },
    ]);
    expect(order.handle(ready).exceptions).toEqual([]);
    sites.set('JP', 'DAL');
    const routed = order.handle(ready);
    expect(placed(routed)).toMatchObject([{ warehouse: 'WH' }]);
    expect(routed.resolves).toEqual(['no_route']);
    expect(order.record?.openExceptions).toEqual([]);
  });
});
