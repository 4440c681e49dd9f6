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

/** Each asks again as soon as it has had its turn; what is told is whose turns they were, in order. */
function takeTurns(turns: LaneTurns, names: readonly string[]): { readonly had: readonly string[] } {
  const had: string[] = [];
  const before = turns.giveWay({ who: {}, bulk: false, wake: () => undefined });
  for (const name of names) {
    const asking = { who: {}, bulk: name.startsWith('bulk'), wake: () => ask() };
    const ask = () => {
      const turn = turns.giveWay(asking);
      if (turn === undefined || had.length > 40) return;
      had.push(name);
      turn.end();
      ask();
    };
    ask();
  }
  before?.end();
  return { had };
}

test('L7: bulk and floods that give way have every other turn, however many places of the line one of them has', async () => {
  const { had } = takeTurns(new LaneTurns(), [
    'flood 1',
    'flood 2',
    'flood 3',
    'flood 4',
    'bulk 1',
    'bulk 2',
  ]);
  await until('they had their turns', () => had.length > 40);
  const settled = had.slice(6, 18);
  expect(settled.map((name) => name.startsWith('bulk')).filter(Boolean)).toHaveLength(6);
  for (const [at, name] of settled.entries())
    expect(name.startsWith('bulk'), 'by turns').toBe(at % 2 === (settled[0]?.startsWith('bulk') ? 0 : 1));
  expect(new Set(settled), 'each of its kind in its order').toEqual(
    new Set(['flood 1', 'flood 2', 'flood 3', 'flood 4', 'bulk 1', 'bulk 2']),
  );
});

test('L7: one that comes when it is called and finds another kind in its turn keeps its place', async () => {
  const turns = new LaneTurns();
  const called: string[] = [];
  const asking = (name: string, bulk: boolean) => ({ who: {}, bulk, wake: () => called.push(name) });
  const [flood, later, bulk] = [asking('flood', false), asking('later', false), asking('bulk', true)];
  const first = turns.giveWay(asking('first', false));
  expect(turns.giveWay(flood)).toBeUndefined();
  first?.end();
  await until('it is called', () => called.length === 1);
  const between = turns.giveWay(bulk);
  expect(between, 'bulk came meanwhile, and it is its turn').toBeDefined();
  expect(turns.giveWay(flood), 'it came').toBeUndefined();
  const calledAtMs = performance.now();
  await until('a long turn', () => performance.now() - calledAtMs > 600);
  expect(turns.giveWay(later)).toBeUndefined();
  between?.end();
  await until('the next is called', () => called.length === 2);
  expect(called).toEqual(['flood', 'flood']);
});

test('L7: floods alone have all turns, in the order of asking', async () => {
  const { had } = takeTurns(new LaneTurns(), ['flood 1', 'flood 2', 'flood 3']);
  await until('they had their turns', () => had.length > 40);
  const [first = ''] = had.slice(10);
  const order = ['flood 1', 'flood 2', 'flood 3'];
  const from = order.indexOf(first);
  expect(had.slice(10, 16)).toEqual([0, 1, 2, 3, 4, 5].map((n) => order[(from + n) % 3]));
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
  const deciding = turns.giveWay({ who: {}, bulk: false, wake: () => undefined });
  expect(queue.take(), 'a batch of another lane is being decided').toBeUndefined();
  deciding?.end();
  await until('it is called', () => calls === 1);
  const group = queue.take();
  expect(sizes(group), 'not all that waits').toEqual([25, 25]);
  expect(
    turns.giveWay({ who: {}, bulk: false, wake: () => undefined }),
    'nothing else meanwhile',
  ).toBeUndefined();
});

test('L7: replays that wait to be accepted beside a flood have every other of its turns', () => {
  const traffic = new LaneTraffic();
  const queue = new AcceptQueue(traffic, new LaneTurns(), () => undefined);
  const add = (lane: string, n: number) =>
    queue.add({
      messages: [{ source: lane, sourceId: `${n}`, key: 'k', type: 'event', payload: {} }],
      resolve: () => undefined,
      reject: () => undefined,
    });
  for (const lane of ['flood', 'flood/eu', 'flood/us', 'replay']) {
    traffic.saw(lane, true);
    for (let n = 0; n < 200; n++) add(lane, n);
  }
  traffic.saw('orders', false);
  const had: string[] = [];
  while (had.length < 8) {
    const group = queue.take();
    if (group === undefined) continue;
    had.push(group.calls[0]?.messages[0]?.source ?? '');
    group.end();
  }
  expect(had.map((lane) => lane === 'replay').slice(0, 6)).toEqual([true, false, true, false, true, false]);
});

test('L7: who is called may come: a timer that fires early calls nobody', async () => {
  let refused = 0;
  for (let round = 0; round < 300; round++) {
    const turns = new LaneTurns();
    const first = turns.giveWay({ who: {}, bulk: false, wake: () => undefined });
    // Rests of all lengths: Node rounds them down to whole milliseconds, and its clock lags behind.
    const until = performance.now() + 0.3 + (round % 17) * 0.1;
    while (performance.now() < until);
    first?.end();
    await new Promise<void>((had) => {
      const second = {
        who: {},
        bulk: false,
        wake: () => {
          if (turns.giveWay(second) === undefined) refused++;
          else had();
        },
      };
      if (turns.giveWay(second) !== undefined) had();
    });
  }
  expect(refused).toBe(0);
});
