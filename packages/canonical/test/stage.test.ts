/** Real: the order's stages and their table. Nothing is doubled. */
import { describe, expect, test } from 'vitest';
import {
  FINAL_ORDER_STAGES,
  nextOrderStage,
  ORDER_STAGES,
  ORDER_TRANSITIONS,
  type OrderStage,
} from '../src/index.ts';

const after = (stage: OrderStage) =>
  ORDER_STAGES.filter((next) => ORDER_TRANSITIONS[stage][next] === 'allowed');

function reachable(from: OrderStage): Set<OrderStage> {
  const found = new Set([from]);
  for (const stage of found) for (const next of after(stage)) found.add(next);
  return found;
}

describe('an order’s stages (U4)', () => {
  test('U4: the table has a cell for every pair', () => {
    expect(Object.keys(ORDER_TRANSITIONS).sort()).toEqual([...ORDER_STAGES].sort());
    for (const stage of ORDER_STAGES)
      expect(Object.keys(ORDER_TRANSITIONS[stage]).sort()).toEqual([...ORDER_STAGES].sort());
  });

  test('U4: every stage is reached, an end can be reached from each, and an end stays', () => {
    expect(reachable('received')).toEqual(new Set(ORDER_STAGES));
    for (const stage of ORDER_STAGES) {
      expect(
        [...reachable(stage)].some((end) => FINAL_ORDER_STAGES.has(end)),
        stage,
      ).toBe(true);
      expect(after(stage).length === 0, stage).toBe(FINAL_ORDER_STAGES.has(stage));
    }
  });

  test('U4: nothing leads back before the ERP, nor from shipped units to none', () => {
    for (const stage of ['confirmed', 'backordered', 'released', 'partially_shipped'] as const) {
      for (const early of ['received', 'exception', 'validating', 'confirmed'] as const)
        expect(reachable(stage).has(early) && stage !== early, `${stage} to ${early}`).toBe(false);
    }
    expect([...reachable('partially_shipped')].sort()).toEqual(['partially_shipped', 'shipped']);
  });

  test('U4: a move that the table refuses leaves the stage as it is', () => {
    expect(nextOrderStage('shipped', 'released')).toBe('shipped');
    expect(nextOrderStage('released', 'shipped')).toBe('shipped');
    expect(nextOrderStage('released', 'released')).toBe('released');
  });
});
