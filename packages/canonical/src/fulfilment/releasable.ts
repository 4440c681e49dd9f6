import { add, type DecimalString, isPositive, minimum, subtract } from '../decimal/decimal.ts';
import type { OrderRecord } from '../order/order-record.ts';
import { lineQuantities } from '../order/quantities.ts';
import { isOpen, type PlanRecord } from './plan.ts';
import { isDecidable, releasesBehind } from './posting.ts';

export interface ReleasableLine {
  readonly line: string;
  readonly quantity: DecimalString;
}

/**
 * What a plan that no release works on has reserved and that may go to a warehouse now. Units that a warehouse could not find stay
 * back until somebody recounts them (`noteRecounts`), so nothing goes twice for one plan by itself: whatever of it was released and
 * did not ship is short. And never more than the order still needs, whatever the plan says.
 */
export function releasableLines(record: OrderRecord, plan: PlanRecord): readonly ReleasableLine[] {
  const quantities = lineQuantities(record);
  const lines: ReleasableLine[] = [];
  for (const { line, demand, reserved } of plan.lines) {
    const of = quantities.get(line);
    if (of === undefined) continue;
    const quantity = minimum(subtract(minimum(demand, reserved), of.held), of.unassigned);
    if (isPositive(quantity)) lines.push({ line, quantity });
  }
  return lines;
}

/**
 * Notes units that the ERP took off its reservation of a remainder after a warehouse could not find them: somebody counted, so what
 * it reserves from then on is there and may be released. A count that other stock covers at once shows in no reservation, and is not
 * noticed: those units stay backordered until the next one that is.
 */
export function noteRecounts(record: OrderRecord): OrderRecord {
  let recounted = record.recounted;
  const quantities = lineQuantities(record);
  for (const plan of record.plans) {
    const polled = plan.planNumber !== undefined;
    if (!isOpen(plan) || !polled || releasesBehind(record, plan).length === 0) continue;
    if (!isDecidable(record, plan)) continue;
    for (const { line, reserved } of plan.lines) {
      const gone = subtract(quantities.get(line)?.held ?? '0', reserved);
      if (isPositive(gone)) recounted = { ...recounted, [line]: add(recounted[line] ?? '0', gone) };
    }
  }
  return recounted === record.recounted ? record : { ...record, recounted };
}
