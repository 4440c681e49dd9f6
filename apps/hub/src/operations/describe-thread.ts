import { isPositive, isZero, lineQuantities, type OrderRecord } from '@trunkline/canonical';
import type { Thread } from '@trunkline/gateway';
import type { ThreadRow } from '@trunkline/journal';

export interface DescribedThread {
  readonly customer: string | undefined;
  readonly lines: Thread['lines'];
  /** Everything that is left waits for stock. */
  readonly allBackordered: boolean;
}

/** What people want to see of a thread's state, by its kind. */
export function describeThread(thread: ThreadRow): DescribedThread {
  if (thread.kind !== 'order') return { customer: undefined, lines: [], allBackordered: false };
  const record = thread.body as unknown as OrderRecord;
  const quantities = lineQuantities(record);
  const all = [...quantities.values()];
  return {
    customer: record.order?.shipTo.name,
    lines: (record.order?.lines ?? []).flatMap((line) => {
      const of = quantities.get(line.line);
      if (of === undefined) return [];
      const { ordered, released, picked, shipped, backordered, cancelled } = of;
      return [
        {
          line: line.line,
          sku: line.sku,
          ...(line.description === undefined ? {} : { description: line.description }),
          ordered,
          released,
          picked,
          shipped,
          backordered,
          cancelled,
        },
      ];
    }),
    allBackordered: all.every((of) => isZero(of.open)) && all.some((of) => isPositive(of.backordered)),
  };
}
