/** Real: the flow inventory-adjustments. Nothing is doubled. Observed: the stock record. */
import type { InventoryAdjusted, StockRecord } from '@trunkline/canonical';
import { createFlows } from '@trunkline/flows';
import { expect, test } from 'vitest';
import { NOW, TO_DALLAS } from './support/run.ts';

const adjusted = (adjustmentNumber: string, delta: string): InventoryAdjusted => ({
  type: 'inventory.adjusted',
  adjustmentNumber,
  site: 'DAL',
  sku: 'SKU-1',
  delta,
  reason: 'damaged',
});

test('counts each difference once, signed, and moves no stock', () => {
  const [flow] = createFlows(TO_DALLAS).stockFlows;
  if (flow === undefined) throw new Error('There is no stock flow.');
  let record: StockRecord | undefined;
  for (const event of [adjusted('A1', '-0.1'), adjusted('A2', '0.3'), adjusted('A1', '-0.1')]) {
    const decision = flow.decide(record, event, { key: 'st_DAL_SKU-1', now: NOW, system: 'dallas' });
    expect(decision.commands ?? []).toEqual([]);
    record = decision.state ?? record;
  }
  expect(record).toMatchObject({ stage: 'adjusted', netDelta: '0.2', adjustments: 2 });
});
