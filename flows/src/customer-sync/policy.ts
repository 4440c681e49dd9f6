import { contentDigest, type Customer, type CustomerRecord } from '@trunkline/canonical';

export function sameContent(a: Customer | undefined, b: Customer | undefined): boolean {
  return a !== undefined && b !== undefined && contentDigest(a) === contentDigest(b);
}

/** The ERP is known to have this very content, and nothing newer is on its way. */
export function isCurrent(record: CustomerRecord | undefined, customer: Customer): boolean {
  return record?.stage === 'active' && record.syncing === undefined && sameContent(record.customer, customer);
}

/** The customer is sent with new content, for which all that wait for an older one wait from now on. */
export function withSync(
  record: CustomerRecord | undefined,
  customer: Customer,
  orderId: string,
): CustomerRecord {
  return {
    customer: record?.customer ?? customer,
    stage: record?.stage ?? 'pending_validation',
    ...(record?.erpId === undefined ? {} : { erpId: record.erpId }),
    syncing: customer,
    revision: (record?.revision ?? 0) + 1,
    waiting: withWaiting(record?.waiting ?? [], orderId),
  };
}

export function withWaiting(waiting: readonly string[], orderId: string): readonly string[] {
  return waiting.includes(orderId) ? waiting : [...waiting, orderId];
}

/** The newest content stands in the ERP. */
export function withSynced(record: CustomerRecord, customer: Customer, erpId: string): CustomerRecord {
  return { customer, stage: 'active', erpId, revision: record.revision, waiting: [] };
}
