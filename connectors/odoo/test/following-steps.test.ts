/** What goes on after a step of a delivery. Pure. The links are those that live servers made: 18 and 19 push, 16 and 17 pull. */
import { expect, test } from 'vitest';
import { followingOf, type StepMove } from '../src/outbound/following-steps.ts';

const done = (
  id: number,
  pickingId: number,
  quantity: string,
  origins: readonly number[] = [],
): StepMove => ({
  id,
  pickingId,
  open: false,
  demand: quantity,
  done: quantity,
  origins,
});
const open = (id: number, pickingId: number, demand: string, origins: readonly number[] = []): StepMove => ({
  id,
  pickingId,
  open: true,
  demand,
  done: '0',
  origins,
});

function after(moves: readonly StepMove[], others: readonly StepMove[]) {
  const { open: next, done: through } = followingOf(
    moves,
    new Map([...moves, ...others].map((one) => [one.id, one])),
  );
  return { open: [...next], done: through };
}

test('what was picked waits in the transfer that its picking made', () => {
  expect(after([done(1, 10, '5')], [open(2, 11, '5', [1])])).toEqual({
    open: [[11, [{ moveId: 2, quantity: '5' }]]],
    done: [],
  });
});

test('what has left is through', () => {
  expect(after([done(1, 10, '5')], [done(2, 11, '5', [1])])).toEqual({ open: [], done: [11] });
});

test('of a transfer that waits for more, what was picked goes; what the backorder of the first step brings does not', () => {
  const moves = [done(1, 10, '5')];
  expect(after(moves, [open(2, 11, '8', [1, 3]), open(3, 12, '3')]).open).toEqual([
    [11, [{ moveId: 2, quantity: '5' }]],
  ]);
});

test('both parts of a split transfer are tied to both parts of the one before, of the same quantity: each goes once', () => {
  const [first, second] = [done(1, 10, '4'), open(3, 12, '4')];
  const [left, waiting] = [done(2, 11, '4', [1, 3]), open(4, 13, '4', [1, 3])];
  expect(after([first], [second, left, waiting]).open, 'the first again').toEqual([]);
  const picked = done(3, 12, '4');
  expect(after([picked], [first, left, waiting]).open, 'then the second').toEqual([
    [13, [{ moveId: 4, quantity: '4' }]],
  ]);
});

test('two moves that end in one share what is left of it', () => {
  const moves = [done(1, 10, '2'), done(2, 10, '3')];
  expect(after(moves, [open(5, 11, '5', [1, 2])]).open).toEqual([[11, [{ moveId: 5, quantity: '5' }]]]);
});

test('more than was asked for goes on whole', () => {
  expect(after([done(1, 10, '7')], [open(2, 11, '5', [1])]).open).toEqual([
    [11, [{ moveId: 2, quantity: '7' }]],
  ]);
});
