import { applyAdjustment } from '@trunkline/canonical';
import type { StockFlow } from '../decision.ts';

/** Keeps what warehouses found to differ, per stock position, so that a later drift can be explained. It moves no stock. */
export const inventoryAdjustments: StockFlow = {
  name: 'inventory-adjustments',
  kind: 'stock',
  handles: ['inventory.adjusted'],
  decide(record, event, context) {
    if (event.type !== 'inventory.adjusted')
      return { ignored: `inventory-adjustments takes no ${event.type}` };
    const state = applyAdjustment(record, event);
    if (state === undefined) return { ignored: 'the adjustment was counted before' };
    const { adjustmentNumber: value } = event;
    return { state, identifiers: [{ kind: 'adjustment', value, system: context.system }] };
  },
};
