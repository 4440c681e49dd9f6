/** Pure: what of a line is still to leave, from the moves of all steps. Written down: moves as servers of 16/17 and 18/19 hold them. */
import { describe, expect, test } from 'vitest';
import { type LeavingMove, stillToLeave } from '../src/inbound/still-to-leave.ts';

const [PICK, PACK, OUT] = [0, 1, 2];
const move = (step: number, state: string, units: number, more: Partial<LeavingMove> = {}): LeavingMove => ({
  step,
  warehouse: 'WH',
  state,
  demand: String(units),
  quantity: state === 'done' ? String(units) : '0',
  backorder: false,
  ...more,
});
const rest = { backorder: true };
const leftOf = (...moves: LeavingMove[]) => {
  const { open, backordered } = stillToLeave(moves);
  return [open.toFixed(), backordered.toFixed()];
};

describe('18 and 19, where a step exists once the one before is done', () => {
  test.each([
    ['nothing is picked', [move(PICK, 'assigned', 10)], '10', '0'],
    [
      'a part is picked',
      [move(PICK, 'done', 6), move(PICK, 'assigned', 4, rest), move(OUT, 'assigned', 6)],
      '10',
      '4',
    ],
    [
      'a part has left',
      [move(PICK, 'done', 6), move(PICK, 'confirmed', 4, rest), move(OUT, 'done', 6)],
      '4',
      '4',
    ],
    [
      'of three steps, some in each',
      [
        move(PICK, 'done', 8),
        move(PICK, 'confirmed', 2, rest),
        move(PACK, 'done', 5),
        move(PACK, 'assigned', 3, rest),
        move(OUT, 'done', 1),
        move(OUT, 'assigned', 4, rest),
      ],
      '9',
      '9',
    ],
    [
      'what was picked is given up at the door, the rest is not',
      [move(PICK, 'done', 6), move(PICK, 'assigned', 4, rest), move(OUT, 'cancel', 6)],
      '4',
      '4',
    ],
  ])('%s', (_name, moves, open, backordered) => {
    expect(leftOf(...moves)).toEqual([open, backordered]);
  });
});

describe('16 and 17, where all steps exist from the start', () => {
  test.each([
    ['nothing is picked', [move(PICK, 'assigned', 10), move(OUT, 'waiting', 10)], '10', '0'],
    [
      'a part is picked',
      [move(PICK, 'done', 6), move(PICK, 'assigned', 4, rest), move(OUT, 'waiting', 10)],
      '10',
      '4',
    ],
    [
      'a part has left',
      [
        move(PICK, 'done', 6),
        move(PICK, 'assigned', 4, rest),
        move(OUT, 'done', 6),
        move(OUT, 'waiting', 4, rest),
      ],
      '4',
      '4',
    ],
    [
      'the rest is given up at the door and still to be picked',
      [move(PICK, 'done', 6), move(PICK, 'assigned', 4, rest), move(OUT, 'done', 6), move(OUT, 'cancel', 4)],
      '0',
      '0',
    ],
  ])('%s', (_name, moves, open, backordered) => {
    expect(leftOf(...moves)).toEqual([open, backordered]);
  });
});

test('warehouses do not stand for each other', () => {
  const second = { warehouse: 'W2' };
  expect(leftOf(move(OUT, 'assigned', 5), move(PICK, 'assigned', 5, second))).toEqual(['10', '0']);
});
