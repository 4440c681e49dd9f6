/** How nodes are told to people and programs; pure. */
import type { NodeRow } from '@trunkline/journal';
import { expect, it } from 'vitest';
import { nodePage, nodesJson, troublesText } from '../src/operations/nodes.ts';

const at = new Date('2026-03-01T08:00:00.000Z');
const well: NodeRow = {
  name: 'hub-1/42/1f',
  roles: ['worker'],
  address: null,
  startedAt: at,
  seenAt: at,
  expiresAt: at,
  alive: true,
  partitions: [0, 1],
  troubles: 0,
  lastTrouble: null,
  lastTroubleAt: null,
};
const stumbling: NodeRow = {
  ...well,
  troubles: 2,
  lastTrouble: 'They were not renewed for most of a lease of 5 s.',
  lastTroubleAt: at,
};

it('says of a node that lost leases how often, when last and why; of one that did not, nothing', () => {
  expect(troublesText(well)).toBe('');
  expect(troublesText(stumbling)).toBe(
    'lost leases or a write 2 times since it started, last at 2026-03-01T08:00:00.000Z: They were not renewed for most of a lease of 5 s.',
  );
  const list = { nodes: [well, stumbling], unowned: [] };
  expect(nodesJson(list).nodes.map(({ troubles, lastTrouble }) => [troubles, lastTrouble])).toEqual([
    [0, null],
    [2, { at: at.toISOString(), cause: stumbling.lastTrouble }],
  ]);
  expect(nodePage(list, 2).items.map(({ trouble }) => trouble)).toEqual([
    undefined,
    { times: 2, lastAt: at.toISOString(), cause: stumbling.lastTrouble },
  ]);
});
