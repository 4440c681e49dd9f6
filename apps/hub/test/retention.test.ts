import { expect, test } from 'vitest';
import { retentionPolicy } from '../src/composition/retention.ts';
import type { Configuration } from '../src/configuration/schema.ts';

const policyOf = (retention: Configuration['retention']) => retentionPolicy({ retention } as Configuration);

test('without settings everything has the defaults and no class of its own', () => {
  expect(policyOf(undefined)).toEqual({ defaultDays: 90, classes: [], dedupeDays: 30, auditDays: 30 });
});

test('of the flows that share an order the longest counts, and the default for those that are not named', () => {
  const policy = policyOf({
    default: '60d',
    audit: '7d',
    flows: {
      'order-status': '365d',
      'order-release': '10d',
      'inventory-adjustments': '14d',
      'customer-sync': '60d',
    },
  });
  expect(policy).toEqual({
    defaultDays: 60,
    dedupeDays: 30,
    auditDays: 7,
    classes: [
      { class: 1, name: 'order', prefix: 'so_', days: 365 },
      { class: 3, name: 'stock', prefix: 'st_', days: 14 },
    ],
  });
});
