import {
  add,
  compare,
  lineQuantities,
  multiply,
  type OrderRecord,
  subtract,
  sum,
} from '@trunkline/canonical';
import type { Stakes, StoredState } from '@trunkline/messaging';

/** What an exception on an order holds up: what was ordered and has neither shipped nor been given up. Other kinds promise nothing. */
export function stakesOf({ kind, body }: StoredState): Stakes | undefined {
  if (kind !== 'order') return undefined;
  const record = body as unknown as OrderRecord;
  const { order } = record;
  // Before acceptance only its units are known.
  if (order === undefined) return { units: record.unitsOrdered };
  const quantities = lineQuantities(record);
  const rests = order.lines.map((line) => {
    const of = quantities.get(line.line);
    const rest = of === undefined ? line.quantity : subtract(of.ordered, add(of.shipped, of.cancelled));
    return { rest: compare(rest, '0') < 0 ? '0' : rest, unitPrice: line.unitPrice };
  });
  return {
    units: sum(rests.map(({ rest }) => rest)),
    amount: sum(rests.map(({ rest, unitPrice }) => multiply(rest, unitPrice))),
    currency: order.currency,
    ...(order.requestedShipDate === undefined ? {} : { promisedOn: order.requestedShipDate }),
  };
}
