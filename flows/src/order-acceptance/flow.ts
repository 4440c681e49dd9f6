import {
  applyJudgement,
  type CanonicalEvent,
  type CustomerReady,
  type OrderDraft,
  type OrderPlaced,
  type OrderRecord,
  orderDigests,
  type OrderFault,
  type OrderSubmitted,
  settled,
} from '@trunkline/canonical';
import type { EventForKey, FlowContext } from '@trunkline/messaging';
import { command } from '../command.ts';
import type { OrderDecision, OrderFlow } from '../decision.ts';
import { exceptionReport, withOpened, withResolved } from '../exception-report.ts';
import { changedInErp, gone } from './in-erp.ts';
import { judge, submittedIdentifiers } from './policy.ts';

const FLOW = 'order-acceptance';

/** From a CRM's, shop's or partner's demand to an order that the ERP has confirmed. */
export const orderAcceptance: OrderFlow = {
  name: FLOW,
  kind: 'order',
  handles: ['order.submitted', 'customer.ready', 'order.placed', 'erp-record.gone', 'order.changed-in-erp'],
  decide(record, event, context) {
    switch (event.type) {
      case 'order.submitted':
        return submitted(record, event);
      case 'customer.ready':
        return customerReady(record, event);
      case 'order.placed':
        return placed(record, event, context);
      case 'erp-record.gone':
        return gone(record, event);
      case 'order.changed-in-erp':
        return changedInErp(record, event);
      default:
        return { ignored: `order-acceptance takes no ${event.type}` };
    }
  },
};

function submitted(record: OrderRecord | undefined, { order: draft }: OrderSubmitted): OrderDecision {
  if (record?.order !== undefined) return resubmitted(record, draft);
  if (record !== undefined && sameDraft(record, draft))
    return { ignored: 'the same order was judged before' };
  const judgement = judge(draft);
  const judged = applyJudgement(record, draft, judgement);
  const identifiers = submittedIdentifiers(draft);
  if ('faults' in judgement) {
    const summary = rejectionSummary(judgement.faults);
    return {
      state: withOpened(judged, 'order_rejected'),
      exceptions: [exceptionReport(FLOW, 'order_rejected', summary, judgement.faults)],
      identifiers,
    };
  }
  const resolves = judged.openExceptions.includes('order_rejected') ? ['order_rejected'] : [];
  const state = withResolved(judged, 'order_rejected');
  return { state, events: customerNeeded(draft, `${draft.id}:customer`), resolves, identifiers };
}

/** The reasons themselves, so that a list of exceptions tells them apart; of many faults the first three. */
function rejectionSummary(faults: readonly OrderFault[]): string {
  const messages = [...new Set(faults.map((fault) => fault.message))];
  const more = messages.length > 3 ? ` And ${messages.length - 3} more.` : '';
  return `Not sent to the ERP: ${messages.slice(0, 3).join(' ')}${more}`;
}

function sameDraft({ digests }: OrderRecord, draft: OrderDraft): boolean {
  const { content, customer } = orderDigests(draft);
  return digests.content === content && digests.customer === customer;
}

/** A source may say an accepted order again, or correct its customer before the ERP has it; the order itself is frozen. */
function resubmitted(record: OrderRecord, draft: OrderDraft): OrderDecision {
  const digests = orderDigests(draft);
  if (digests.content !== record.digests.content) {
    const summary = `Order ${draft.source.id} was changed in ${draft.source.system} after its acceptance.`;
    return {
      state: withOpened(record, 'order_changed_after_acceptance'),
      exceptions: [exceptionReport(FLOW, 'order_changed_after_acceptance', summary)],
      ignored: 'changed after acceptance',
    };
  }
  const reverted = withResolved(record, 'order_changed_after_acceptance');
  if (record.placing === undefined && digests.customer !== record.digests.customer) {
    return {
      state: { ...reverted, digests },
      events: customerNeeded(draft, `${draft.id}:customer:${digests.customer}`),
      resolves: reverted === record ? [] : ['order_changed_after_acceptance'],
    };
  }
  if (reverted === record) return { ignored: 'the same order was accepted before' };
  return { state: reverted, resolves: ['order_changed_after_acceptance'] };
}

function customerNeeded(
  { id: orderId, customer }: OrderDraft,
  id: string,
): readonly EventForKey<CanonicalEvent>[] {
  if (customer === undefined) return [];
  return [{ key: customer.id, id, event: { type: 'customer.needed', customer, orderId } }];
}

function customerReady(record: OrderRecord | undefined, event: CustomerReady): OrderDecision {
  const order = record?.order;
  if (record === undefined || order === undefined)
    return { ignored: 'no accepted order waits for a customer' };
  if (record.placing === true) return { ignored: 'the order was sent to the ERP before' };
  if (order.customerId !== event.customerId) return { ignored: 'the order is for another customer' };
  const payload = { order };
  return {
    state: { ...record, placing: true },
    commands: [command({ role: 'erp', flow: FLOW, type: 'order.place', payload, reply: 'order.placed' })],
  };
}

function placed(record: OrderRecord | undefined, event: OrderPlaced, context: FlowContext): OrderDecision {
  if (record?.order === undefined) return { ignored: 'no accepted order waits for the ERP' };
  if (record.erp !== undefined) return { ignored: 'the order was placed before' };
  const { erpId: id, number } = event;
  return {
    state: settled({ ...record, placing: true, erp: { id, number }, orderNumber: number }),
    identifiers: [{ kind: 'order_number', value: number, system: context.system }],
  };
}
