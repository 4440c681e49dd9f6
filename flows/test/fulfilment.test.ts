/** Real: the order flows. Nothing is doubled. Observed: decisions; cases that the model (order-thread.model.test.ts) cannot make. */
import { lineQuantities, orderUnits } from '@trunkline/canonical';
import { describe, expect, test } from 'vitest';
import { draftOf, OrderUnderTest, plan, shipped, TO_DALLAS } from './support/run.ts';

const types = (done: { commands: readonly { type: string }[] }) =>
  done.commands.map(({ type }) => type).filter((type) => type !== 'order-status.publish');

describe('releasing', () => {
  test('sends what is reserved to the routed site, frozen as ordered', () => {
    const order = new OrderUnderTest().placed(draftOf(['10', '3'], { requestedShipDate: '2026-03-09' }));
    const done = order.handle(
      plan('P1', [
        ['10', '6'],
        ['3', '0'],
      ]),
      'erp',
    );
    expect(done.commands[0]).toMatchObject({
      role: 'warehouse',
      place: 'DAL',
      type: 'release.create',
      reply: 'release.acknowledged',
      payload: {
        release: {
          releaseNumber: 'S7-1',
          site: 'DAL',
          orderNumber: 'S7',
          shipBy: '2026-03-09',
          lines: [{ line: '1', sku: 'SKU-1', quantity: '6', unit: 'EA' }],
        },
      },
    });
    expect(done.identifiers).toEqual([
      { kind: 'plan', value: 'OUT/P1', system: 'erp' },
      { kind: 'release', value: 'S7-1', system: 'DAL' },
    ]);
    expect(order.record?.stage).toBe('released');
  });

  test('needs no reply to order.place: a poll that overtakes it brings the number', () => {
    const order = new OrderUnderTest();
    order.handle({ type: 'order.submitted', order: draftOf(['1']) });
    order.handle({ type: 'customer.ready', customerId: 'cu_1' });
    const done = order.handle(plan('P1', [['1', '1']]), 'erp');
    expect(types(done)).toEqual(['release.create']);
    expect(done.identifiers).toContainEqual({ kind: 'order_number', value: 'S7', system: 'erp' });
    order.handle({ type: 'order.placed', erpId: '7', number: 'S7' });
    expect(order.record).toMatchObject({ stage: 'released', erp: { id: '7' } });
  });

  test('without a route raises one exception, and releases once a route stands', () => {
    const routing = { ...TO_DALLAS, routeOrder: (): string | undefined => undefined };
    const order = new OrderUnderTest(routing).placed(draftOf(['1']));
    const done = order.handle(plan('P1', [['1', '1']]));
    expect(done.exceptions).toMatchObject([{ code: 'no_route', owner: 'integration' }]);
    expect(order.handle(plan('P1', [['1', '1']])).exceptions).toEqual([]);
    routing.routeOrder = () => 'MARS';
    expect(order.handle(plan('P1', [['1', '1']])).exceptions).toEqual([]);
    routing.routeOrder = () => 'DAL';
    const routed = order.handle(plan('P1', [['1', '1']]));
    expect(types(routed)).toEqual(['release.create']);
    expect(routed.resolves).toEqual(['no_route']);
  });

  const named = (warehouses: Readonly<Record<string, string>>, routed = 'DAL') => ({
    routeOrder: () => routed,
    knownSites: new Set(['DAL', 'RNO', 'AUS']),
    warehouses: new Map(Object.entries(warehouses)),
  });
  const sitesOf = (done: { commands: readonly { type: string; place?: string }[] }) =>
    done.commands.filter(({ type }) => type === 'release.create').map(({ place }) => place);

  test.each([
    ['the site of the warehouse that it is planned in', { DAL: 'WH', RNO: 'WH2' }, 'WH2', ['RNO']],
    ['the routed site of those that share the warehouse', { DAL: 'WH', RNO: 'WH' }, 'WH', ['DAL']],
    ['the routed site where no site names a warehouse', {}, 'WH2', ['DAL']],
    ['the routed site that names none, where none names this one', { RNO: 'WH2' }, 'WH3', ['DAL']],
    ['the routed site where the plan names no warehouse', { DAL: 'WH', RNO: 'WH2' }, undefined, ['DAL']],
  ])('goes to %s', (_title, warehouses, warehouse, expected) => {
    const order = new OrderUnderTest(named(warehouses)).placed(draftOf(['1']));
    const done = order.handle(plan('P1', [['1', '1']], warehouse === undefined ? {} : { warehouse }));
    expect(sitesOf(done)).toEqual(expected);
    expect(done.exceptions).toEqual([]);
  });

  test.each([
    ['no site names', { DAL: 'WH', RNO: 'WH2' }, 'WH3', 'which no site names.'],
    ['two other sites name', { DAL: 'WH', RNO: 'WH2', AUS: 'WH2' }, 'WH2', 'which RNO and AUS name.'],
  ])('a plan in a warehouse that %s waits for a person, once', (_title, warehouses, warehouse, words) => {
    const order = new OrderUnderTest(named(warehouses)).placed(draftOf(['1']));
    const done = order.handle(plan('P1', [['1', '1']], { warehouse }));
    expect(sitesOf(done)).toEqual([]);
    expect(done.exceptions).toMatchObject([{ code: 'warehouse_without_site', owner: 'integration' }]);
    expect(done.exceptions[0]?.summary).toContain(words);
    const moved = order.handle(plan('P1', [['1', '1']], { warehouse: 'WH' }));
    expect(sitesOf(moved)).toEqual(['DAL']);
    expect(moved.resolves).toEqual(['warehouse_without_site']);
  });

  test('never sends more than the order still needs, whatever the ERP plans', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    const { commands } = order.handle(
      plan('P1', [
        ['9', '9'],
        ['4', '4'],
      ]),
    );
    expect(commands[0]?.payload).toMatchObject({ release: { lines: [{ line: '1', quantity: '5' }] } });
  });

  test('U6: keeps what a warehouse could not find back until the ERP takes it off its reservation', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    order.handle({ type: 'release.closed', releaseNumber: 'S7-1', sequence: 1, reason: 'nothing_to_ship' });
    expect(order.record?.stage).toBe('backordered');
    expect(types(order.handle(plan('P1', [['5', '5']])))).toEqual([]);
    expect(types(order.handle(plan('P1', [['5', '0']])))).toEqual([]);
    const restocked = order.handle(plan('P1', [['5', '4']]));
    expect(restocked.commands[0]?.payload).toMatchObject({
      release: { releaseNumber: 'S7-2', lines: [{ quantity: '4' }] },
    });
  });
});

describe('what people do in the ERP', () => {
  test('a delivery completed there is an exception for operations', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    const done = order.handle(plan('P1', [['5', '5']], { state: 'done' }));
    expect(done.exceptions).toMatchObject([{ code: 'plan_done_elsewhere', owner: 'operations' }]);
  });

  test('a delivery cancelled there cancels what is not at work, and the rest once it falls short', () => {
    const order = new OrderUnderTest().placed(draftOf(['10']));
    order.handle(plan('P1', [['10', '6']]));
    order.handle(plan('P1', [['10', '6']], { state: 'cancelled' }));
    const units = () => (order.record === undefined ? undefined : orderUnits(order.record));
    expect(units()).toMatchObject({ cancelled: '4', inRelease: '6' });
    order.handle(shipped('S7-1', 1, ['4']));
    expect(units()).toMatchObject({ shipped: '4', cancelled: '6', backordered: '0' });
    expect(order.record?.stage).toBe('shipped');
  });

  test('of a line that two deliveries share, the one cancelled there gives up no unit that is at work or wanted by the other', () => {
    const order = new OrderUnderTest().placed(draftOf(['10']));
    order.handle(plan('P1', [['5', '5']]));
    order.handle(plan('P2', [['5', '0']]));
    order.handle(plan('P1', [['5', '5']], { state: 'cancelled' }));
    order.handle(shipped('S7-1', 1, ['4']));
    expect(order.record === undefined ? undefined : orderUnits(order.record)).toMatchObject({
      shipped: '4',
      cancelled: '1',
      backordered: '5',
    });
  });

  test('an order cancelled there before anything moved is cancelled', () => {
    const order = new OrderUnderTest().placed(draftOf(['10']));
    const done = order.handle(plan('P1', [['10', '0']], { state: 'cancelled' }));
    expect(order.record?.stage).toBe('cancelled');
    expect(done.commands.map(({ payload }) => payload['status'])).toEqual(['Cancelled']);
  });
});

describe('what a warehouse reports', () => {
  test('U2: more units than released are not taken in, and a correction resolves that', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    const over = order.handle(shipped('S7-1', 1, ['6']));
    expect(over.exceptions).toMatchObject([
      {
        code: 'unit_conservation',
        owner: 'warehouse',
        faults: [{ path: 'lines/1', message: 'Line 1: 6 reported by shipment.shipped 1, 5 asked for.' }],
      },
    ]);
    expect(types(over)).toEqual([]);
    expect(order.record?.stage).toBe('released');
    const corrected = order.handle(shipped('S7-1', 1, ['5'], { shipmentNumber: 'corrected' }));
    expect(types(corrected)).toEqual(['shipment.post']);
    expect(corrected.resolves).toEqual(['unit_conservation']);
  });

  test.each([
    ['a negative quantity', ['-1']],
    ['a line that was never released', ['1', '1']],
  ])('%s is not taken in', (_what, quantities) => {
    const order = new OrderUnderTest().placed(draftOf(['5', '5']));
    order.handle(plan('P1', [['5', '5']]));
    const done = order.handle(shipped('S7-1', 1, quantities));
    expect(done.exceptions).toMatchObject([{ code: 'unit_conservation' }]);
    expect(types(done)).toEqual([]);
  });

  test('units after the release’s end are not taken in', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    order.handle(shipped('S7-1', 1, ['3']));
    const late = order.handle(shipped('S7-1', 2, ['2']));
    expect(late.exceptions).toMatchObject([{ code: 'unit_conservation' }]);
    expect(order.record === undefined ? undefined : lineQuantities(order.record).get('1')).toMatchObject({
      shipped: '3',
    });
  });

  test('U3: a shipment resent under a new count ships once, and the release still completes', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    const sent = [
      order.handle(shipped('S7-1', 1, ['2'], { final: false, shipmentNumber: 'A' })),
      order.handle(shipped('S7-1', 2, ['2'], { final: false, shipmentNumber: 'A' })),
      order.handle(shipped('S7-1', 3, ['3'], { shipmentNumber: 'B' })),
      order.handle({ type: 'shipment.posted', shipmentNumber: 'A', remainderPlanId: 'P2' }),
      order.handle({ type: 'shipment.posted', shipmentNumber: 'B' }),
    ];
    expect(sent.flatMap(types)).toEqual(['shipment.post', 'shipment.post']);
    expect(order.record?.stage).toBe('shipped');
  });

  test('events of a release that we never made are kept whole, each once', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(shipped('X-9', 1, ['5']));
    const second = order.handle(shipped('X-9', 2, ['1']));
    expect(second.exceptions).toMatchObject([{ code: 'unknown_release', owner: 'warehouse' }]);
    expect(second.exceptions[0]?.faults.map(({ message }) => JSON.parse(message))).toEqual([
      shipped('X-9', 1, ['5']),
      shipped('X-9', 2, ['1']),
    ]);
    expect(order.handle(shipped('X-9', 2, ['1'])).exceptions).toEqual([]);
  });

  test('of an order that we do not know is kept too', () => {
    const { exceptions, record } = new OrderUnderTest().handle(shipped('X-9', 1, ['5']));
    expect(record).toBeUndefined();
    expect(exceptions).toMatchObject([{ code: 'unknown_release', faults: [{ path: 'X-9' }] }]);
  });

  test('gives the words by which people look for a shipment', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    const event = shipped('S7-1', 1, ['5']);
    const packages = [{ sscc: '003456789012345675', trackingNumber: '1Z-S7-1-S1', lines: [] }];
    const done = order.handle({ ...event, shipment: { ...event.shipment, packages } }, 'dallas');
    expect(done.identifiers).toEqual([
      { kind: 'shipment', value: 'S7-1-S1', system: 'dallas' },
      { kind: 'tracking', value: '1Z-S7-1-S1', system: 'dallas' },
      { kind: 'sscc', value: '003456789012345675', system: 'dallas' },
    ]);
  });
});

describe('posting to the ERP', () => {
  test('gives the rest up with the last shipment only when nothing more can come', () => {
    const order = new OrderUnderTest().placed(draftOf(['5'], { backorderPolicy: 'cancel' }));
    order.handle(plan('P1', [['5', '5']]));
    const early = order.handle(shipped('S7-1', 2, ['3']));
    expect(early.commands[0]?.payload).toMatchObject({ planId: 'P1', remainder: 'backorder' });
    order.handle({ type: 'pick.confirmed', releaseNumber: 'S7-1', sequence: 1, pickedAt: '', lines: [] });
    const rest = order.handle({ type: 'shipment.posted', shipmentNumber: 'S7-1-S2', remainderPlanId: 'P2' });
    expect(rest.commands[0]).toMatchObject({
      type: 'backorder.cancel',
      payload: { planId: 'P2' },
      reply: 'backorder.cancelled',
    });
    order.handle({ type: 'backorder.cancelled', planId: 'P2' });
    expect(order.record?.stage).toBe('shipped');
  });

  test('waits for a poll where the ERP named no remainder, and says that it does', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    order.handle(shipped('S7-1', 1, ['3'], { final: false }));
    order.handle(shipped('S7-1', 2, ['2']));
    const stuck = order.handle({ type: 'shipment.posted', shipmentNumber: 'S7-1-S1' });
    expect(stuck.exceptions).toMatchObject([{ code: 'shipment_without_plan', owner: 'operations' }]);
    const found = order.handle(plan('P2', [['2', '2']], { backorderOf: 'P1' }));
    expect(found.commands[0]).toMatchObject({ type: 'shipment.post', payload: { planId: 'P2' } });
    expect(found.resolves).toEqual(['shipment_without_plan']);
  });

  test('a rest that the ERP dropped unasked is not called cancelled', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    order.handle(shipped('S7-1', 1, ['3']));
    order.handle({ type: 'shipment.posted', shipmentNumber: 'S7-1-S1' });
    expect(order.record === undefined ? undefined : orderUnits(order.record)).toMatchObject({
      cancelled: '0',
      backordered: '2',
    });
  });
});

describe('the status that the CRM reads', () => {
  test('is published once per change, newest only, with units and tracking numbers', () => {
    const order = new OrderUnderTest().placed(draftOf(['5']));
    order.handle(plan('P1', [['5', '5']]));
    const status = order.handle(shipped('S7-1', 1, ['3'])).commands.find(({ role }) => role === 'crm');
    expect(status).toMatchObject({
      type: 'order-status.publish',
      supersedes: 'order-status.publish',
      payload: {
        orderId: 'so_1',
        source: { system: 'crm', id: '006A' },
        status: 'Partially shipped',
        orderNumber: 'S7',
        trackingNumbers: ['1Z-S7-1-S1'],
        unitsOrdered: '5',
        unitsShipped: '3',
        unitsBackordered: '2',
        unitsCancelled: '0',
        updatedAt: '2026-03-01T12:00:00Z',
      },
    });
    expect(status).not.toHaveProperty('reply');
    expect(
      order.handle({ type: 'pick.confirmed', releaseNumber: 'S7-9', sequence: 1, pickedAt: '', lines: [] })
        .commands,
    ).toEqual([]);
    expect(order.record?.stage).toBe('partially_shipped');
  });
});
