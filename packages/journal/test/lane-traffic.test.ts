/** Real: the rules of lanes, and timers. Nothing is doubled. */
import type { IncomingMessage } from '@trunkline/messaging';
import { expect, test } from 'vitest';
import { AcceptQueue } from '../src/lane/accept-queue.ts';
import { LaneTraffic } from '../src/lane/lane-traffic.ts';
import { LaneTurns } from '../src/lane/lane-turns.ts';
import { until } from './support/engine.ts';

test('L7: a lane with a backlog gives way to one without, and to nobody when it is alone or all have backlogs', () => {
  const traffic = new LaneTraffic();
  traffic.saw('flood', true);
  expect(traffic.mustYield('flood'), 'alone').toBe(false);
  traffic.saw('orders', false);
  expect(traffic.mustYield('flood')).toBe(true);
  expect(traffic.mustYield('orders')).toBe(false);
  traffic.saw('orders', true);
  expect(traffic.mustYield('flood'), 'both have backlogs').toBe(false);
});

test('L7: replay and batch give way to every other lane with work, and nobody gives way to them', () => {
  const traffic = new LaneTraffic();
  traffic.saw('replay', false);
  traffic.saw('flood', true);
  expect(traffic.mustYield('replay/eu')).toBe(true);
  expect(traffic.mustYield('batch')).toBe(true);
  expect(traffic.mustYield('flood')).toBe(false);
});

test('shares follow the weights of the lanes that have work', () => {
  const traffic = new LaneTraffic(new Map([['orders', { weight: 3 }]]));
  traffic.saw('orders', true);
  traffic.saw('flood', true);
  expect([traffic.share('orders'), traffic.share('orders/eu'), traffic.share('flood')]).toEqual([
    0.75,
    3 / 7,
    0.25,
  ]);
});

test('turns go in the order of asking, and one that does not come when it is called loses its place', async () => {
  const turns = new LaneTurns();
  const limit = { atOnce: 1, rest: 0 };
  const called: string[] = [];
  const [a, b, c] = [{}, {}, {}];
  const end = turns.take('flood', limit, a, () => called.push('a'));
  expect(turns.take('flood', limit, b, () => called.push('b'))).toBeUndefined();
  expect(turns.take('flood', limit, c, () => called.push('c'))).toBeUndefined();
  end?.();
  await until('b is called', () => called.length === 1);
  expect(called).toEqual(['b']);
  expect(
    turns.take('flood', limit, c, () => called.push('c')),
    'b is before it',
  ).toBeUndefined();
  await until('b has not come', () => turns.take('flood', limit, c, () => called.push('c')) !== undefined);
});

test('L7: what gives way on a node goes in one line: a flood is accepted in small batches, none while another turn is under way', async () => {
  const traffic = new LaneTraffic();
  const turns = new LaneTurns();
  let calls = 0;
  const queue = new AcceptQueue(traffic, turns, () => calls++);
  const call = (source: string, count: number) => ({
    messages: Array.from(
      { length: count },
      (_, n): IncomingMessage => ({ source, sourceId: `${n}`, key: `k${n}`, type: 'event', payload: {} }),
    ),
    resolve: () => undefined,
    reject: () => undefined,
  });
  const sizes = (group = queue.take()) => group?.calls.map(({ messages }) => messages.length);
  for (let n = 0; n < 8; n++) queue.add(call('flood', 25));
  queue.add(call('orders', 1));
  expect(sizes(), 'first what need not give way').toEqual([1]);
  const deciding = turns.giveWay({}, () => undefined);
  expect(queue.take(), 'a batch of another lane is being decided').toBeUndefined();
  deciding?.();
  await until('it is called', () => calls === 1);
  const group = queue.take();
  expect(sizes(group), 'not all that waits').toEqual([25, 25]);
  expect(
    turns.giveWay({}, () => undefined),
    'nothing else meanwhile',
  ).toBeUndefined();
});
