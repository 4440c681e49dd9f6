/** Real: what the composition makes of the configuration. Nothing is doubled. */
import { expect, test } from 'vitest';
import { LaneAssignment } from '../src/composition/lanes.ts';
import { limitsOf } from '../src/composition/limits.ts';

const message = { source: 'dallas', sourceId: 'm', key: 'k', type: 'inventory.adjusted', payload: {} };

test('a message runs in its system’s lane, in the segment of its system or of the hub', () => {
  expect(new LaneAssignment({ hub: { name: 'h' } }).ofMessage(message)).toBe('dallas');
  expect(new LaneAssignment({ hub: { name: 'h', segment: 'us' } }).ofMessage(message)).toBe('dallas/us');
  const segmented = new LaneAssignment({ hub: { name: 'h', segment: 'us' }, segments: { dallas: 'tx' } });
  expect(segmented.ofMessage(message)).toBe('dallas/tx');
  expect(segmented.ofMessage({ ...message, lane: 'replay' }), 'given when it was accepted').toBe('replay');
});

test('a lane takes a system, a type of document, and a flow’s commands, but for what is replayed', () => {
  const lanes = new LaneAssignment({
    hub: { name: 'h' },
    lanes: {
      stock: {
        messages: ['dallas:inventory.adjusted'],
        flows: ['inventory-adjustments'],
        weight: 2,
        concurrency: 1,
      },
      warehouses: { messages: ['dallas', 'reno'] },
    },
  });
  expect(lanes.ofMessage(message)).toBe('stock');
  expect(lanes.ofMessage({ ...message, type: 'shipment.shipped' })).toBe('warehouses');
  expect(lanes.ofCommand('inventory-adjustments', 'warehouses/tx')).toBe('stock/tx');
  expect(lanes.ofCommand('order-release', 'warehouses'), 'that of its cause').toBeUndefined();
  expect(lanes.ofCommand('inventory-adjustments', 'replay/tx')).toBeUndefined();
  expect(lanes.policies.get('stock')).toEqual({ weight: 2, concurrency: 1 });
});

test('limits become calls per second, a burst of a second’s worth, and a share of the target’s day', () => {
  const limits = {
    erp: { concurrency: 4, rate: '300/m' },
    crm: {
      rate: '20/s',
      burst: 50,
      dailyBudget: { calls: 100_000, share: 80, timezone: 'America/Los_Angeles' },
    },
  };
  expect(limitsOf({ limits }, 'erp')).toEqual({ concurrency: 4, rate: { perSecond: 5, burst: 5 } });
  expect(limitsOf({ limits }, 'crm')).toEqual({
    rate: { perSecond: 20, burst: 50 },
    dailyBudget: { calls: 80_000, timezone: 'America/Los_Angeles' },
  });
  expect(limitsOf({ limits }, 'dallas')).toEqual({});
});
