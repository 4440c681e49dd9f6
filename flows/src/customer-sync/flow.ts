import type {
  CanonicalEvent,
  Customer,
  CustomerNeeded,
  CustomerRecord,
  CustomerSynced,
} from '@trunkline/canonical';
import type { Command, Decision, EventForKey } from '@trunkline/messaging';
import { command } from '../command.ts';
import type { CustomerFlow } from '../decision.ts';
import { isCurrent, sameContent, withSync, withSynced, withWaiting } from './policy.ts';

const FLOW = 'customer-sync';

type CustomerDecision = Decision<CustomerRecord, CanonicalEvent>;

/** Brings the customers that orders need into the ERP, and tells the orders when theirs stands there. */
export const customerSync: CustomerFlow = {
  name: FLOW,
  kind: 'customer',
  handles: ['customer.needed', 'customer.synced'],
  decide(record, event) {
    switch (event.type) {
      case 'customer.needed':
        return needed(record, event);
      case 'customer.synced':
        return synced(record, event);
      default:
        return { ignored: `customer-sync takes no ${event.type}` };
    }
  },
};

function needed(record: CustomerRecord | undefined, { customer, orderId }: CustomerNeeded): CustomerDecision {
  if (isCurrent(record, customer)) return { events: [ready(customer.id, orderId)] };
  if (record !== undefined && sameContent(record.syncing, customer)) {
    const waiting = withWaiting(record.waiting, orderId);
    if (waiting === record.waiting) return { ignored: 'the order waits for this customer already' };
    return { state: { ...record, waiting } };
  }
  const state = withSync(record, customer, orderId);
  return { state, commands: [upsert(customer, state.revision)] };
}

/** Of two upserts under way the older may be superseded or not, so only the reply that names the newest content counts. */
function synced(record: CustomerRecord | undefined, { erpId, revision }: CustomerSynced): CustomerDecision {
  const syncing = record?.syncing;
  if (record === undefined || syncing === undefined) return { ignored: 'no order waits for the customer' };
  if (revision !== record.revision) return { ignored: 'newer content of the customer is on its way' };
  return {
    state: withSynced(record, syncing, erpId),
    events: record.waiting.map((orderId) => ready(syncing.id, orderId)),
  };
}

function upsert(customer: Customer, revision: number): Command {
  return command({
    role: 'erp',
    flow: FLOW,
    type: 'customer.upsert',
    payload: { customer, revision },
    supersedes: 'customer.upsert',
    reply: 'customer.synced',
  });
}

function ready(customerId: string, orderId: string): EventForKey<CanonicalEvent> {
  return { key: orderId, id: `${orderId}:ready`, event: { type: 'customer.ready', customerId } };
}
