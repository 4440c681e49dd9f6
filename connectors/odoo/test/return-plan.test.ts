/** Real: the decision about a return. Pure; nothing is doubled. */
import { describe, expect, test } from 'vitest';
import { type ExistingReturn, markedOrigin, planReturn } from '../src/outbound/return-plan.ts';
import type { Move, Picking } from '../src/picking-reader.ts';

const move = (id: number, quantity: string, orderLine: string | null = `so_1_l${id}`): Move => ({
  id,
  pickingId: 7,
  changedAt: '2026-11-23T05:49:22Z',
  state: 'done',
  productId: 50,
  sku: 'BOLT',
  demand: quantity,
  quantity,
  originIds: [],
  orderLineId: null,
  orderLineExternalId: orderLine,
});

const picking = (moves: readonly Move[], state = 'done'): Picking => ({
  id: 7,
  name: 'WH/OUT/7',
  state,
  orderId: 1,
  partnerId: null,
  pickingTypeId: null,
  backorderOf: null,
  backorderIds: [],
  trackingNumber: null,
  scheduledAt: null,
  doneAt: null,
  changedAt: '2026-11-23T05:49:22Z',
  moves,
});

const existing = (origin: string, quantity: string, state = 'assigned'): ExistingReturn => ({
  pickingId: 9,
  name: 'WH/IN/9',
  state,
  origin,
  moves: [{ pickingId: 9, sourceMoveId: 1, state, quantity }],
});

const wanted = (quantity: string, reference = 'RMA-1') => ({
  reference,
  pickingId: 7,
  lines: [{ sku: 'BOLT', quantity }],
});

describe('a return', () => {
  test('is spread over the moves that brought the goods', () => {
    const plan = planReturn(wanted('7'), picking([move(1, '5'), move(2, '4')]), []);
    expect(plan).toEqual({
      kind: 'make',
      quantities: new Map([
        [1, '5'],
        [2, '2'],
      ]),
    });
  });

  test('goes to the named line alone', () => {
    const line = { sku: 'BOLT', quantity: '2', orderLineExternalId: 'so_1_l2' };
    const plan = planReturn({ ...wanted('2'), lines: [line] }, picking([move(1, '5'), move(2, '4')]), []);
    expect(plan).toEqual({ kind: 'make', quantities: new Map([[2, '2']]) });
  });

  test.each([
    ['more than left', '6', []],
    [
      'more than left, with what other returns still bring',
      '3',
      [existing('Return of WH/OUT/7, RMA-0', '3')],
    ],
    ['nothing', '0', []],
    ['no number', 'two', []],
  ])('of %s is refused', (_, quantity, others) => {
    expect(planReturn(wanted(quantity), picking([move(1, '5')]), others)).toMatchObject({
      code: 'odoo-return-exceeds',
    });
  });

  test('that was cancelled counts for nothing', () => {
    const others = [existing('Return of WH/OUT/7, RMA-0', '5', 'cancel')];
    expect(planReturn(wanted('5'), picking([move(1, '5')]), others)).toMatchObject({ kind: 'make' });
  });

  test('of a transfer that has not left, or is gone, is refused', () => {
    expect(planReturn(wanted('1'), picking([move(1, '5')], 'assigned'), [])).toMatchObject({
      code: 'odoo-return-exceeds',
    });
    expect(planReturn(wanted('1'), undefined, [])).toMatchObject({ code: 'odoo-record-missing' });
  });

  test('that carries the number is taken for it, whatever its quantities have become', () => {
    const others = [existing(markedOrigin('Return of WH/OUT/7', 'RMA-1'), '1', 'done')];
    expect(planReturn(wanted('4'), picking([move(1, '5')]), others)).toMatchObject({
      kind: 'adopt',
      marked: true,
    });
  });

  test('without a number and of the same quantities is the one whose answer was lost', () => {
    const others = [existing('Return of WH/OUT/7', '2')];
    expect(planReturn(wanted('2'), picking([move(1, '5')]), others)).toMatchObject({
      kind: 'adopt',
      marked: false,
    });
    expect(planReturn(wanted('3'), picking([move(1, '5')]), others)).toMatchObject({ kind: 'make' });
  });
});
