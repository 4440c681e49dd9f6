import { DecimalSchema, ORDER_STATUSES, type OrderStatusPublish } from '@trunkline/canonical';
import type { Fault, JsonObject } from '@trunkline/messaging';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

/** The external id field that makes the upsert idempotent. */
export const ORDER_KEY_FIELD = 'Trunkline_Id__c';

/** Every field that is written; `setup.md` says how to make them. */
export const ORDER_FIELDS = [
  ORDER_KEY_FIELD,
  'Opportunity__c',
  'Status__c',
  'Reason__c',
  'Order_Number__c',
  'Tracking_Numbers__c',
  'Units_Ordered__c',
  'Units_Shipped__c',
  'Units_Backordered__c',
  'Units_Cancelled__c',
  'Updated_At__c',
] as const;

/** Long text areas hold 32,768 characters; some are left for what a trigger may add. */
const LONG_TEXT = 32_000;

const PublishSchema = Type.Object({
  orderId: Type.String({ minLength: 1 }),
  source: Type.Object({ system: Type.String(), id: Type.String() }),
  status: Type.Union(ORDER_STATUSES.map((status) => Type.Literal(status))),
  reason: Type.Optional(Type.String()),
  orderNumber: Type.Optional(Type.String()),
  trackingNumbers: Type.Array(Type.String()),
  unitsOrdered: DecimalSchema,
  unitsShipped: DecimalSchema,
  unitsBackordered: DecimalSchema,
  unitsCancelled: DecimalSchema,
  updatedAt: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z$' }),
});
const validator = Compile(PublishSchema);

export type StatusReading = { readonly publish: OrderStatusPublish } | { readonly faults: readonly Fault[] };

export function readPublish(payload: JsonObject): StatusReading {
  if (validator.Check(payload)) return { publish: payload };
  const faults = validator
    .Errors(payload)
    .map(({ instancePath: path, message }) => ({ code: 'payload_invalid', path, message }));
  return { faults };
}

/**
 * The whole state of an order, absent values as null so that an old reason goes away. Units become JSON numbers here and nowhere
 * earlier: Salesforce has no other number, and shows at most 18 digits. The opportunity is linked only when the order came from
 * this org; another system's id is no reference here.
 */
export function orderRecord(publish: OrderStatusPublish, object: string, system: string): JsonObject {
  return {
    attributes: { type: object },
    [ORDER_KEY_FIELD]: publish.orderId,
    ...(publish.source.system === system ? { Opportunity__c: publish.source.id } : {}),
    Status__c: publish.status,
    Reason__c: publish.reason === undefined ? null : cut(publish.reason, LONG_TEXT),
    Order_Number__c: publish.orderNumber ?? null,
    Tracking_Numbers__c:
      publish.trackingNumbers.length === 0 ? null : cut(publish.trackingNumbers.join(', '), LONG_TEXT),
    Units_Ordered__c: Number(publish.unitsOrdered),
    Units_Shipped__c: Number(publish.unitsShipped),
    Units_Backordered__c: Number(publish.unitsBackordered),
    Units_Cancelled__c: Number(publish.unitsCancelled),
    Updated_At__c: publish.updatedAt,
  };
}

function cut(text: string, length: number): string {
  return (text.length <= length ? text : `${text.slice(0, length - 1)}…`).toWellFormed();
}
