import type { Fault } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What the messages of this document are called. */
export const OPPORTUNITY_DOCUMENT = 'opportunity.won';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
/** Salesforce writes numbers; what is typed as text somewhere is read too, and left out when it is none. */
const Numeric = Type.Optional(Type.Union([Type.Number(), Type.String(), Type.Null()]));

const LineSchema = Type.Object({
  Id: Text,
  Product2: Type.Optional(Type.Union([Type.Object({ ProductCode: Text, Name: Text }), Type.Null()])),
  Description: Text,
  Quantity: Numeric,
  UnitPrice: Numeric,
  Discount: Numeric,
});
export type LineDocument = Static<typeof LineSchema>;

const AccountSchema = Type.Object({
  Name: Text,
  AccountNumber: Text,
  Phone: Text,
  ShippingStreet: Text,
  ShippingCity: Text,
  ShippingState: Text,
  ShippingStateCode: Text,
  ShippingPostalCode: Text,
  ShippingCountry: Text,
  ShippingCountryCode: Text,
  BillingStreet: Text,
  BillingCity: Text,
  BillingState: Text,
  BillingStateCode: Text,
  BillingPostalCode: Text,
  BillingCountry: Text,
  BillingCountryCode: Text,
});
export type AccountDocument = Static<typeof AccountSchema>;

const SalesforceId = Type.String({ pattern: '^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$' });

/**
 * An Opportunity as the query of `inbound/opportunity-query.ts` gives it. Only the structure is demanded: what is missing or
 * wrong in a field is for order-acceptance to name, all faults of an order at once.
 */
const OpportunitySchema = Type.Object({
  Id: SalesforceId,
  CurrencyIsoCode: Text,
  Customer_PO__c: Text,
  Requested_Ship_Date__c: Text,
  Backorder_Policy__c: Text,
  Channel__c: Text,
  Ship_Method__c: Text,
  AccountId: Type.Optional(Type.Union([SalesforceId, Type.Null()])),
  Account: Type.Optional(Type.Union([AccountSchema, Type.Null()])),
  OpportunityLineItems: Type.Optional(
    Type.Union([Type.Object({ records: Type.Array(LineSchema) }), Type.Null()]),
  ),
});
export type OpportunityDocument = Static<typeof OpportunitySchema>;

const validator = Compile(OpportunitySchema);
/** A hostile document could have a fault per element; people read the first few. */
const MAX_FAULTS = 50;

export type Reading = { readonly document: OpportunityDocument } | { readonly faults: readonly Fault[] };

export function readOpportunity(payload: unknown): Reading {
  if (validator.Check(payload)) return { document: payload };
  const faults = new Map<string, Fault>();
  for (const error of validator.Errors(payload)) {
    if (faults.size === MAX_FAULTS) break;
    const { instancePath: path, message } = error;
    if (!faults.has(path)) faults.set(path, { code: 'payload_invalid', path, message });
  }
  return { faults: [...faults.values()] };
}
