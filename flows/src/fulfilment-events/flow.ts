import { settled } from '@trunkline/canonical';
import { decided, type OrderFlow, NO_ORDER, andThen } from '../decision.ts';
import { FLOW, postDue, strayFault, takeIn, unknownRelease } from './policy.ts';

/**
 * Takes in what the warehouses did and what the ERP planned and booked, in whatever order it arrives, and has the ERP book each
 * shipment once. What to send to a warehouse next, or to give up, is order-release's to say.
 */
export const fulfilmentEvents: OrderFlow = {
  name: FLOW,
  kind: 'order',
  handles: [
    'fulfilment.planned',
    'release.acknowledged',
    'pick.confirmed',
    'shortage.reported',
    'shipment.shipped',
    'release.closed',
    'shipment.posted',
    'backorder.cancelled',
  ],
  decide(record, event, context) {
    switch (event.type) {
      case 'release.acknowledged':
      case 'pick.confirmed':
      case 'shortage.reported':
      case 'shipment.shipped':
      case 'release.closed':
        if (record?.order === undefined) {
          return { exceptions: [unknownRelease(event.releaseNumber, context, [strayFault(event)])] };
        }
        break;
      case 'fulfilment.planned':
      case 'shipment.posted':
      case 'backorder.cancelled':
        if (record?.order === undefined) return NO_ORDER;
        break;
      default:
        return { ignored: `fulfilment-events takes no ${event.type}` };
    }
    const taken = takeIn(record, event, context);
    if ('ignored' in taken) return taken;
    return decided(
      record,
      andThen(andThen(taken, postDue), (after) => ({ record: settled(after) })),
    );
  },
};
