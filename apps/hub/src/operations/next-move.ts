import type { Thread } from '@trunkline/gateway';
import type { ExceptionRow, ThreadDelivery, ThreadRow } from '@trunkline/journal';

type NextMove = Thread['nextMove'];

const BY_STAGE: Readonly<Record<string, { readonly owner: string; readonly what: string }>> = {
  received: { owner: 'hub', what: 'judge the order' },
  validating: { owner: 'erp', what: 'confirm the order' },
  exception: { owner: 'sales', what: 'correct the order in its source' },
  confirmed: { owner: 'erp', what: 'reserve stock and plan the delivery' },
  released: { owner: 'warehouse', what: 'pick, pack and ship' },
  partially_shipped: { owner: 'warehouse', what: 'ship the rest' },
  backordered: { owner: 'purchasing', what: 'bring stock in for the backorder' },
};

/** Who owes the next move on a thread, since when. An open exception comes first, then a delivery on its way, then the stage. */
export function nextMoveOf(
  thread: ThreadRow,
  deliveries: readonly ThreadDelivery[],
  exceptions: readonly ExceptionRow[],
  allBackordered: boolean,
): NextMove {
  const open = exceptions.find((exception) => exception.resolvedAt === null);
  if (open !== undefined) return { owner: open.owner, what: open.remedy, since: open.openedAt.toISOString() };
  const waiting = deliveries.find((delivery) => delivery.endedAt === null);
  if (waiting !== undefined) {
    const why = waiting.failure === null ? '' : ` (${waiting.failure.split('\n')[0]?.slice(0, 200)})`;
    return {
      owner: waiting.target,
      what: `take ${waiting.type}, attempt ${waiting.attempts + 1}${why}`,
      since: waiting.createdAt.toISOString(),
    };
  }
  const since = thread.updatedAt.toISOString();
  if (thread.stage === 'partially_shipped' && allBackordered) return { ...must('backordered'), since };
  const owed = BY_STAGE[thread.stage];
  return owed === undefined
    ? { owner: 'nobody', what: 'nothing: the thread has ended', since }
    : { ...owed, since };
}

function must(stage: string): { readonly owner: string; readonly what: string } {
  return BY_STAGE[stage] ?? { owner: 'operations', what: 'look at the thread' };
}
