import {
  applyJudgement,
  type CanonicalEvent,
  contentDigest,
  type CustomerReady,
  type Judgement,
  type OrderDraft,
  type OrderPlaced,
  type OrderRecord,
  orderDigests,
  type OrderFault,
  type OrderSubmitted,
  type SalesOrder,
  settled,
} from '@trunkline/canonical';
import type { EventForKey, FlowContext } from '@trunkline/messaging';
import { command } from '../command.ts';
import type { OrderDecision, OrderFlow } from '../decision.ts';
import { exceptionReport, withOpened, withResolved } from '../exception-report.ts';
import { noRoute, type Routing, siteOf } from '../routing.ts';
import { changedInErp, gone } from './in-erp.ts';
import type { Words } from '../words.ts';
import { judge, submittedIdentifiers } from './policy.ts';

const FLOW = 'order-acceptance';

/** From a CRM's, shop's or partner's demand to an order that the ERP has confirmed. */
export function orderAcceptance(routing: Routing, words: Words): OrderFlow {
  return {
    name: FLOW,
    kind: 'order',
    handles: ['order.submitted', 'customer.ready', 'order.placed', 'erp-record.gone', 'order.changed-in-erp'],
    decide(record, event, context) {
      switch (event.type) {
        case 'order.submitted':
          return submitted(record, event, words);
        case 'customer.ready':
          return customerReady(record, event, routing);
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
}

function submitted(
  record: OrderRecord | undefined,
  { order: draft }: OrderSubmitted,
  words: Words,
): OrderDecision {
  if (record?.order !== undefined) return resubmitted(record, draft);
  const judgement = judge(draft, words);
  // The same words are judged otherwise once somebody has said what they mean.
  if (record !== undefined && sameDraft(record, draft) && sameFaults(record, judgement))
    return { ignored: 'the same order was judged before' };
  const judged = applyJudgement(record, draft, judgement);
  const identifiers = submittedIdentifiers(draft);
  if (!('faults' in judgement)) {
    const resolves = REFUSALS.filter((code) => judged.openExceptions.includes(code));
    const state = resolves.reduce(withResolved, judged);
    return { state, events: customerNeeded(draft, `${draft.id}:customer`), resolves, identifiers };
  }
  const code = judgement.faults.every(({ missing }) => missing !== undefined)
    ? 'mapping_missing'
    : 'order_rejected';
  const over = REFUSALS.filter((other) => other !== code && judged.openExceptions.includes(other));
  return {
    state: withOpened(over.reduce(withResolved, judged), code),
    exceptions: [exceptionReport(FLOW, code, rejectionSummary(judgement.faults), judgement.faults)],
    resolves: over,
    identifiers,
  };
}

/** What a judgement raises: words that a mapping mends are asked of other people than faults of the order. */
const REFUSALS = ['order_rejected', 'mapping_missing'] as const;

function sameFaults({ faults }: OrderRecord, judgement: Judgement): boolean {
  return 'faults' in judgement && contentDigest({ faults }) === contentDigest({ faults: judgement.faults });
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

/**
 * Where sites name their warehouses the order needs a site before the ERP has it: planned in a warehouse of the ERP's own choice, its
 * stock would be reserved, and later booked, where it does not leave.
 */
function customerReady(
  record: OrderRecord | undefined,
  event: CustomerReady,
  routing: Routing,
): OrderDecision {
  const order = record?.order;
  if (record === undefined || order === undefined)
    return { ignored: 'no accepted order waits for a customer' };
  if (record.placing === true) return { ignored: 'the order was sent to the ERP before' };
  if (order.customerId !== event.customerId) return { ignored: 'the order is for another customer' };
  const { warehouses } = routing;
  const where = siteOf(routing, order);
  if (where.kind === 'no_route' && warehouses !== undefined && warehouses.size > 0)
    return unrouted(record, order, where.site);
  const warehouse = where.kind === 'site' ? warehouses?.get(where.site) : undefined;
  const payload = { order, ...(warehouse === undefined ? {} : { warehouse }) };
  const routed = withResolved(record, 'no_route');
  return {
    state: { ...routed, placing: true },
    commands: [command({ role: 'erp', flow: FLOW, type: 'order.place', payload, reply: 'order.placed' })],
    resolves: routed === record ? [] : ['no_route'],
  };
}

/** Decided again when there are other routes, or when people map the ship-to's country or region to a site. */
function unrouted(record: OrderRecord, order: SalesOrder, site: string | undefined): OrderDecision {
  if (record.openExceptions.includes('no_route')) return { ignored: 'no route fits the order yet' };
  return {
    state: withOpened(record, 'no_route'),
    exceptions: [noRoute(FLOW, order.customerPo ?? order.source.id, order, site)],
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
