import { add, compare, isPositive } from '../decimal/decimal.ts';
import { isComplete } from '../fulfilment/release.ts';
import type { OrderRecord } from './order-record.ts';
import { orderUnits } from './quantities.ts';
import { nextOrderStage, type OrderStage } from './stage.ts';

/** The stage that an accepted order's quantities amount to. */
export function stageOf(record: OrderRecord): OrderStage {
  if (record.order === undefined) return record.stage;
  if (record.erp === undefined && record.plans.length === 0) return 'validating';
  const units = orderUnits(record);
  const shipped = isPositive(units.shipped);
  if (compare(add(units.shipped, units.cancelled), units.ordered) >= 0)
    return shipped ? 'shipped' : 'cancelled';
  if (shipped) return 'partially_shipped';
  if (record.releases.some((release) => !isComplete(release))) return 'released';
  return record.plans.length > 0 ? 'backordered' : 'confirmed';
}

/** The record with its stage where its quantities put it. */
export function settled(record: OrderRecord): OrderRecord {
  const stage = nextOrderStage(record.stage, stageOf(record));
  return stage === record.stage ? record : { ...record, stage };
}
