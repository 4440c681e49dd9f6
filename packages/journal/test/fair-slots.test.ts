/** How nodes share a target's calls at once; pure. Rounds are played as TargetControl does them, one node after the other. */
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { fairSlots, type SlotClaim } from '../src/deliver/fair-slots.ts';

interface Node {
  readonly wanted: number;
  readonly total: number;
}

/** What each node holds after so many rounds of all, in their order; `idle` calls are under way nowhere. */
function rounds(nodes: readonly Node[], many: number, before: readonly number[] = []): number[][] {
  const claims: SlotClaim[] = nodes.map((node, at) => ({ ...node, node: `n${at}`, slots: before[at] ?? 0 }));
  return Array.from({ length: many }, () => {
    for (const [at, self] of claims.entries())
      claims[at] = { ...self, slots: fairSlots(self, claims.toSpliced(at, 1), 0) };
    return claims.map(({ slots }) => slots);
  });
}

test.each([
  ['one alone has all', [{ wanted: 8, total: 8 }], [8]],
  [
    'two want all',
    [
      { wanted: 5, total: 5 },
      { wanted: 5, total: 5 },
    ],
    [2, 3],
  ],
  [
    'one has nothing to send',
    [
      { wanted: 0, total: 8 },
      { wanted: 8, total: 8 },
    ],
    [0, 8],
  ],
  [
    'one polls alone',
    [
      { wanted: 1, total: 8 },
      { wanted: 8, total: 8 },
    ],
    [1, 7],
  ],
  [
    'told differently: the least counts, and none starves',
    [
      { wanted: 8, total: 8 },
      { wanted: 2, total: 2 },
    ],
    [1, 1],
  ],
  [
    'told differently, three',
    [
      { wanted: 9, total: 9 },
      { wanted: 6, total: 6 },
      { wanted: 9, total: 9 },
    ],
    [2, 2, 2],
  ],
  [
    'the one told less is idle',
    [
      { wanted: 8, total: 8 },
      { wanted: 0, total: 2 },
    ],
    [8, 0],
  ],
  [
    'by a release that did not say',
    [
      { wanted: 4, total: 0 },
      { wanted: 4, total: 4 },
    ],
    [2, 2],
  ],
] as const)('%s', (_what, nodes, expected) => {
  expect(rounds(nodes, 3).at(-1)).toEqual(expected);
});

test('D10: a lowered limit holds as soon as the one that holds more has had its round', () => {
  expect(
    rounds(
      [
        { wanted: 8, total: 8 },
        { wanted: 2, total: 2 },
      ],
      2,
      [8, 0],
    ),
  ).toEqual([
    [1, 1],
    [1, 1],
  ]);
});

test('calls under way count, whatever would be fair', () => {
  const self = { node: 'a', slots: 5, wanted: 5, total: 5 };
  expect(fairSlots(self, [{ node: 'b', slots: 0, wanted: 5, total: 5 }], 5)).toBe(5);
});

const node = fc
  .integer({ min: 1, max: 12 })
  .chain((total) => fc.record({ total: fc.constant(total), wanted: fc.integer({ min: 0, max: total }) }));

property.prop([
  fc.array(node, { minLength: 1, maxLength: 6 }),
  fc.array(fc.nat({ max: 12 }), { maxLength: 6 }),
])(
  'within the least limit of those that want calls, all of it used, even, and no one starves',
  (nodes, before) => {
    const claimants = nodes.filter(({ wanted }) => wanted > 0);
    fc.pre(claimants.length > 0);
    const limit = Math.min(...claimants.map(({ total }) => total));
    const seen = rounds(nodes, 4 * nodes.length, before);
    const last = seen.at(-1) ?? [];
    // Idle ones may hold what nobody else wants, and only that.
    const held = last.filter((_, at) => (nodes[at]?.wanted ?? 0) > 0);
    const sum = held.reduce((all, slots) => all + slots, 0);
    expect(sum).toBeLessThanOrEqual(limit);
    if (limit > claimants.length - 1) {
      const wanted = claimants.reduce((all, one) => all + one.wanted, 0);
      expect(sum).toBeGreaterThanOrEqual(Math.min(limit, wanted));
      claimants.forEach(({ wanted: wish }, at) => {
        const own = held[at] ?? 0;
        expect(own).toBeGreaterThan(0);
        // Nobody has two more than one who wanted more than it got.
        if (own < wish) expect(Math.max(...held)).toBeLessThanOrEqual(own + 1);
      });
    } else {
      nodes.forEach(({ wanted: wish }, at) => {
        if (wish > 0)
          expect(
            seen.some((round) => (round[at] ?? 0) > 0),
            `node ${at} has its turn`,
          ).toBe(true);
      });
    }
  },
);
