import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { CustomerSchema } from '../customer/customer.ts';
import { isPositive, sum } from '../decimal/decimal.ts';
import { contentDigest } from '../digest.ts';
import type { OrderDraft } from './order-draft.ts';
import { type SalesOrder, SalesOrderSchema } from './order.ts';
import type { OrderDigests, OrderFault, OrderRecord } from './order-record.ts';
import { nextOrderStage } from './stage.ts';

const salesOrder = Compile(SalesOrderSchema);
const customer = Compile(Type.Object({ customer: CustomerSchema }));

export interface SchemaFault {
  /** JSON Pointer into the checked document. */
  readonly path: string;
  readonly message: string;
}

/** Where a document breaks the published contract of a sales order; empty when it keeps it. */
export function salesOrderFaults(order: SalesOrder): readonly SchemaFault[] {
  return salesOrder.Check(order) ? [] : salesOrder.Errors(order).map(schemaFault);
}

export function customerFaults(draft: OrderDraft): readonly SchemaFault[] {
  return customer.Check(draft) ? [] : customer.Errors(draft).map(schemaFault);
}

function schemaFault({ instancePath, message }: { instancePath: string; message: string }): SchemaFault {
  return { path: instancePath, message };
}

/**
 * What two versions of a draft compare by. A customer's phone number does not change the order, so the customer's own data has a
 * digest of its own.
 */
export function orderDigests(draft: OrderDraft): OrderDigests {
  return {
    content: contentDigest({ ...draft, customer: draft.customer?.id ?? null }),
    customer: contentDigest(draft.customer ?? null),
  };
}

export type Judgement = { readonly order: SalesOrder } | { readonly faults: readonly OrderFault[] };

/** Takes a judgement in: a first one, or a new one of an order that stood in exception. */
export function applyJudgement(
  before: OrderRecord | undefined,
  draft: OrderDraft,
  judgement: Judgement,
): OrderRecord {
  const record = before ?? receivedOrder(draft);
  const judged = { ...record, digests: orderDigests(draft), unitsOrdered: unitsOf(draft) };
  if ('faults' in judgement) {
    return { ...judged, stage: nextOrderStage(record.stage, 'exception'), faults: judgement.faults };
  }
  const { order } = judgement;
  return { ...judged, stage: nextOrderStage(record.stage, 'validating'), faults: [], order };
}

function receivedOrder(draft: OrderDraft): OrderRecord {
  return {
    id: draft.id,
    stage: 'received',
    source: draft.source,
    digests: orderDigests(draft),
    unitsOrdered: '0',
    faults: [],
    plans: [],
    releases: [],
    recounted: {},
    strays: [],
    openExceptions: [],
  };
}

function unitsOf(draft: OrderDraft): string {
  return sum(
    draft.lines.map(({ quantity }) => (quantity !== undefined && isPositive(quantity) ? quantity : '0')),
  );
}
