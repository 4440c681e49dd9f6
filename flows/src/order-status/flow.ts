import { contentDigest } from '@trunkline/canonical';
import { command } from '../command.ts';
import { NO_ORDER, type OrderFlow } from '../decision.ts';
import { statusView } from './policy.ts';

const FLOW = 'order-status';

/** Tells the CRM where an order is, whenever that changed. Runs last, on what the other flows made of the event. */
export const orderStatus: OrderFlow = {
  name: FLOW,
  kind: 'order',
  handles: 'every',
  decide(record, _event, context) {
    if (record === undefined) return NO_ORDER;
    const view = statusView(record);
    if (record.published !== undefined && contentDigest(record.published) === contentDigest(view)) {
      return { ignored: 'the public status is as published' };
    }
    const payload = { ...view, updatedAt: context.now };
    const type = 'order-status.publish';
    return {
      state: { ...record, published: view },
      commands: [command({ role: 'crm', flow: FLOW, type, payload, supersedes: type })],
    };
  },
};
