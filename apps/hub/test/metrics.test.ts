/** What a scraper sees of the journal. Real: prom-client's registry and text format. Doubled: the overview that the journal answers. */
import type { Overview } from '@trunkline/gateway';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { hubMetrics, journalMetrics } from '../src/composition/metrics.ts';

const OVERVIEW: Overview = {
  hub: 'acme',
  at: '2026-03-01T08:00:00.000Z',
  orders: [
    { stage: 'released', count: 4 },
    { stage: 'shipped', count: 9 },
  ],
  openExceptions: 2,
  backlog: 3,
  countedAt: '2026-03-01T07:59:52.000Z',
  targets: [
    { system: 'crm', breaker: 'closed', waiting: 0, parked: 0 },
    { system: 'erp', breaker: 'half_open', waiting: 5, parked: 1 },
  ],
  streams: [
    { system: 'erp', stream: 'outgoing-pickings', behindSeconds: 2.5 },
    { system: 'crm', stream: 'won-opportunities', behindSeconds: null },
  ],
  rate: { messagesPerSecond: 0, ordersPerSecond: 0 },
};

it('are the journal’s figures, asked for once a scrape', async () => {
  const registry = new Registry();
  let asked = 0;
  journalMetrics(registry, async () => {
    asked++;
    return OVERVIEW;
  });
  const text = await registry.metrics();
  for (const line of [
    'trunkline_messages_waiting 3',
    'trunkline_waiting_counted_seconds 8',
    'trunkline_exceptions_open 2',
    'trunkline_orders{stage="released"} 4',
    'trunkline_orders{stage="shipped"} 9',
    'trunkline_deliveries_waiting{system="erp"} 5',
    'trunkline_deliveries_parked{system="erp"} 1',
    'trunkline_poll_behind_seconds{stream="erp/outgoing-pickings"} 2.5',
    'trunkline_breaker_open{system="crm"} 0',
    'trunkline_breaker_open{system="erp"} 1',
  ])
    expect(text.split('\n')).toContain(line);
  expect(asked).toBe(1);
});

it('leave out what a database that is down cannot tell, and keep the rest', async () => {
  const registry = new Registry();
  const { attempted, troubled } = hubMetrics(registry);
  journalMetrics(registry, () => Promise.reject(new Error('down')));
  attempted('erp', [{ kind: 'succeeded' }, { kind: 'retry', code: 'target_busy', detail: '429' }], 40);
  troubled({ kind: 'write_fenced' });
  const lines = (await registry.metrics()).split('\n');
  expect(lines).toContain('trunkline_lease_troubles_total{kind="write_fenced"} 1');
  expect(lines, 'before the first one, too').toContain('trunkline_lease_troubles_total{kind="node_dead"} 0');
  expect(lines).toContain('trunkline_delivery_outcomes_total{system="erp",outcome="succeeded"} 1');
  expect(lines).toContain('trunkline_delivery_outcomes_total{system="erp",outcome="retry"} 1');
  expect(lines).toContain('trunkline_delivery_call_seconds_count{system="erp"} 1');
  expect(
    lines.filter((line) => /^trunkline_(messages|exceptions|orders|deliveries|breaker)/.test(line)),
  ).toEqual([]);
});
