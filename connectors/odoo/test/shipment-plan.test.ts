/** What a shipment and a transfer mean for each other, decided without I/O; fast-check holds the conservation of units. */
import { fc, test as property } from '@fast-check/vitest';
import { Decimal } from 'decimal.js';
import { describe, expect, test } from 'vitest';
import type { ShipmentToPost } from '../src/outbound/shipment-plan.ts';
import { planShipment } from '../src/outbound/shipment-plan.ts';
import type { Move, Picking } from '../src/picking-reader.ts';

const move = (id: number, sku: string, demand: string, overrides: Partial<Move> = {}): Move => ({
  id,
  pickingId: 1,
  changedAt: '2026-11-23T05:49:22Z',
  state: 'assigned',
  productId: id * 10,
  sku,
  demand,
  quantity: demand,
  originIds: [],
  orderLineId: id * 100,
  orderLineExternalId: `l_${id}`,
  ...overrides,
});

const picking = (moves: readonly Move[], overrides: Partial<Picking> = {}): Picking => ({
  id: 1,
  name: 'WH/OUT/00001',
  state: 'assigned',
  orderId: 1,
  partnerId: 1,
  pickingTypeId: 2,
  backorderOf: null,
  backorderIds: [],
  trackingNumber: null,
  scheduledAt: null,
  doneAt: null,
  changedAt: '2026-11-23T00:00:00Z',
  moves,
  ...overrides,
});

const shipment = (
  lines: ShipmentToPost['lines'],
  overrides: Partial<ShipmentToPost> = {},
): ShipmentToPost => ({
  pickingId: 1,
  lines,
  remainder: 'backorder',
  ...overrides,
});

function quantitiesOf(plan: ReturnType<typeof planShipment>): Record<string, string> {
  return plan.kind === 'post' ? Object.fromEntries(plan.quantities) : expect.fail(JSON.stringify(plan));
}

describe('an open transfer', () => {
  test('moves that are not named ship nothing', () => {
    const plan = planShipment(
      shipment([{ sku: 'A', quantity: '2' }]),
      picking([move(1, 'A', '5'), move(2, 'B', '3')]),
    );
    expect(quantitiesOf(plan)).toEqual({ 1: '2', 2: '0' });
  });

  test('two moves of one product fill in order, the last takes what is over', () => {
    const moves = [move(1, 'A', '2'), move(2, 'A', '5')];
    expect(quantitiesOf(planShipment(shipment([{ sku: 'A', quantity: '6' }]), picking(moves)))).toEqual({
      1: '2',
      2: '4',
    });
    expect(quantitiesOf(planShipment(shipment([{ sku: 'A', quantity: '9' }]), picking(moves)))).toEqual({
      1: '2',
      2: '7',
    });
  });

  test('the order line names its move where products repeat', () => {
    const moves = [move(1, 'A', '2'), move(2, 'A', '5')];
    const plan = planShipment(
      shipment([{ orderLineExternalId: 'l_2', sku: 'A', quantity: '4' }]),
      picking(moves),
    );
    expect(quantitiesOf(plan)).toEqual({ 1: '0', 2: '4' });
  });

  test.each([
    ['an unknown product', [{ sku: 'Z', quantity: '1' }]],
    ['a negative quantity', [{ sku: 'A', quantity: '-1' }]],
    ['what is no quantity', [{ sku: 'A', quantity: '1,5' }]],
    ['no quantity at all', [{ sku: 'A', quantity: '0' }]],
    ['no lines', []],
  ])('%s is rejected', (_what, lines) => {
    expect(planShipment(shipment(lines), picking([move(1, 'A', '5')]))).toMatchObject({
      code: 'odoo-shipment-invalid',
    });
  });

  property.prop([
    fc.array(fc.record({ sku: fc.constantFrom('A', 'B', 'C'), demand: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 3,
      maxLength: 8,
    }),
    fc.array(fc.record({ sku: fc.constantFrom('A', 'B', 'C'), quantity: fc.integer({ min: 0, max: 30 }) }), {
      minLength: 1,
      maxLength: 6,
    }),
  ])('every shipped unit lands on exactly one move of its product', (demands, shipped) => {
    const moves = demands.map(({ sku, demand }, index) => move(index + 1, sku, `${demand}`));
    const plan = planShipment(
      shipment(shipped.map(({ sku, quantity }) => ({ sku, quantity: `${quantity}` }))),
      picking(moves),
    );
    fc.pre(plan.kind === 'post');
    if (plan.kind !== 'post') return;
    for (const sku of ['A', 'B', 'C']) {
      const landed = moves
        .filter((m) => m.sku === sku)
        .reduce((sum, m) => sum.plus(plan.quantities.get(m.id) ?? 0), new Decimal(0));
      const sent = shipped.filter((line) => line.sku === sku).reduce((sum, line) => sum + line.quantity, 0);
      expect(landed.toNumber()).toBe(sent);
    }
  });
});

describe('a done transfer', () => {
  const done = (overrides: Partial<Picking> = {}) =>
    picking([move(1, 'A', '5', { state: 'done' }), move(2, 'B', '3', { state: 'cancel', quantity: '0' })], {
      state: 'done',
      ...overrides,
    });

  test('with the same quantities is adopted', () => {
    expect(planShipment(shipment([{ sku: 'A', quantity: '5.0' }]), done())).toEqual({ kind: 'adopt' });
  });

  test.each([
    ['a smaller quantity', [{ sku: 'A', quantity: '4' }]],
    [
      'a further product',
      [
        { sku: 'A', quantity: '5' },
        { sku: 'B', quantity: '1' },
      ],
    ],
    ['another product', [{ sku: 'Z', quantity: '5' }]],
  ])('with %s is rejected', (_what, lines) => {
    expect(planShipment(shipment(lines), done())).toMatchObject({ code: 'odoo-picking-done-otherwise' });
  });

  test('with another parcel on it is rejected, with none it is adopted', () => {
    const parcel = shipment([{ sku: 'A', quantity: '5' }], { trackingNumber: '1Z2' });
    expect(planShipment(parcel, done({ trackingNumber: '1Z1' }))).toMatchObject({
      code: 'odoo-picking-done-otherwise',
    });
    expect(planShipment(parcel, done({ trackingNumber: '1Z2' }))).toEqual({ kind: 'adopt' });
    expect(planShipment(parcel, done())).toEqual({ kind: 'adopt' });
  });
});

test('a cancelled and a missing transfer are rejected by name', () => {
  const lines = [{ sku: 'A', quantity: '1' }];
  expect(planShipment(shipment(lines), picking([], { state: 'cancel' }))).toMatchObject({
    code: 'odoo-picking-cancelled',
  });
  expect(planShipment(shipment(lines), undefined)).toMatchObject({ code: 'odoo-record-missing' });
});

describe('lots', () => {
  const lotted = (quantity: string, lots: readonly (readonly [string, string])[]) => ({
    sku: 'A',
    quantity,
    lots: lots.map(([lot, units]) => ({ lot, quantity: units })),
  });

  test('go to the moves that the quantities went to, split where a move is full', () => {
    const line = lotted('5', [
      ['L1', '3'],
      ['L2', '2'],
    ]);
    const plan = planShipment(shipment([line]), picking([move(1, 'A', '2'), move(2, 'A', '4')]));
    expect(plan.kind === 'post' ? Object.fromEntries(plan.lots) : plan).toEqual({
      1: [{ lot: 'L1', quantity: '2' }],
      2: [
        { lot: 'L1', quantity: '1' },
        { lot: 'L2', quantity: '2' },
      ],
    });
  });

  test.each([
    ['do not add up', lotted('5', [['L1', '4']])],
    ['are no quantity', lotted('0', [['L1', 'x']])],
    ['are nothing', lotted('1', [['L1', '0']])],
  ])('that %s are refused', (_, line) => {
    const other = { sku: 'B', quantity: '1' };
    const plan = planShipment(shipment([line, other]), picking([move(1, 'A', '9'), move(2, 'B', '9')]));
    expect(plan).toMatchObject({ kind: 'rejected', code: 'odoo-shipment-invalid' });
  });

  property.prop([
    fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
  ])('each lot keeps its units and each move gets its quantity', (lots, demands) => {
    const total = lots.reduce((sum, units) => sum + units, 0);
    const line = lotted(
      String(total),
      lots.map((units, at) => [`L${at}`, String(units)] as const),
    );
    const moves = demands.map((demand, at) => move(at + 1, 'A', String(demand)));
    const plan = planShipment(shipment([line]), picking(moves));
    if (plan.kind !== 'post') return expect.fail(JSON.stringify(plan));
    const parts = [...plan.lots.values()].flat();
    for (const [at, units] of lots.entries()) {
      const own = parts.filter(({ lot }) => lot === `L${at}`);
      expect(own.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(units);
    }
    for (const [id, quantity] of plan.quantities)
      expect((plan.lots.get(id) ?? []).reduce((sum, part) => sum + Number(part.quantity), 0)).toBe(
        Number(quantity),
      );
  });
});
