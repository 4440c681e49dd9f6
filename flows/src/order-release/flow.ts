import { settled } from '@trunkline/canonical';
import { decided, type OrderFlow, NO_ORDER, andThen } from '../decision.ts';
import type { Routing } from '../routing.ts';
import { decidePlans, FLOW } from './policy.ts';

/**
 * Sends what the ERP has reserved to a warehouse, and gives up what the order's policy does not wait for. It decides from the
 * order's state alone, so it may be asked after every event that fulfilment-events took in: whichever arrives last, a plan or the
 * end of the release before it, sets the next release off.
 */
export function orderRelease(routing: Routing): OrderFlow {
  return {
    name: FLOW,
    kind: 'order',
    handles: [
      'order.placed',
      'fulfilment.planned',
      'pick.confirmed',
      'shortage.reported',
      'shipment.shipped',
      'release.closed',
      'shipment.posted',
      'backorder.cancelled',
    ],
    decide(record) {
      if (record?.order === undefined) return NO_ORDER;
      const step = andThen(decidePlans(record, routing), (after) => ({ record: settled(after) }));
      if (step.record === record) return { ignored: 'nothing to release or to give up' };
      return decided(record, step);
    },
  };
}
