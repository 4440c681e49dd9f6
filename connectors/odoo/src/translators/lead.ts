import {
  type Address,
  type CanonicalEvent,
  type Customer,
  multiply,
  type OrderDraft,
  type OrderDraftLine,
  parseDecimal,
  round,
  subtract,
} from '@trunkline/canonical';
import type { Message, Translation } from '@trunkline/messaging';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

export const LEAD_DOCUMENT = 'crm.lead';

const Text = Type.Union([Type.String(), Type.Null()]);

const PlaceSchema = Type.Object({
  name: Text,
  street: Text,
  street2: Text,
  city: Text,
  region: Text,
  postalCode: Text,
  country: Text,
  phone: Text,
});
export type PlaceDocument = Static<typeof PlaceSchema>;

/** What is read of a won opportunity and its newest quotation. */
export const LeadDocumentSchema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  customer: Type.Union([
    Type.Object({
      id: Type.Integer(),
      externalId: Text,
      name: Text,
      accountNumber: Text,
      email: Text,
      billTo: PlaceSchema,
    }),
    Type.Null(),
  ]),
  shipTo: Type.Union([PlaceSchema, Type.Null()]),
  currency: Text,
  customerPo: Text,
  /** `YYYY-MM-DD`. */
  requestedShipDate: Text,
  quotation: Text,
  lines: Type.Array(
    Type.Object({
      sku: Text,
      description: Text,
      quantity: Type.String(),
      unitPrice: Type.String(),
      /** Percent. */
      discount: Type.String(),
    }),
  ),
});
export type LeadDocument = Static<typeof LeadDocumentSchema>;

const document = Compile(LeadDocumentSchema);

/** A won opportunity into an order draft. Pure; what is missing or wrong in it is for order-acceptance to name, all at once. */
export function translateLead(message: Message): Translation<CanonicalEvent> {
  if (!document.Check(message.payload))
    return {
      kind: 'invalid',
      faults: document.Errors(message.payload).map(({ instancePath, message: text }) => ({
        code: 'payload_invalid',
        path: instancePath,
        message: text,
      })),
    };
  const order = draftOf(message.payload, message.source);
  return { kind: 'events', events: [{ type: 'order.submitted', order }] };
}

/** Its own, so that it meets no other source's orders. */
export function leadOrderId(id: number): string {
  return `so_lead_${id}`;
}

function draftOf(lead: LeadDocument, system: string): OrderDraft {
  const customer = customerOf(lead);
  const shipTo = lead.shipTo === null ? undefined : placeOf(lead.shipTo);
  return {
    id: leadOrderId(lead.id),
    source: { system, id: String(lead.id) },
    backorderPolicy: 'backorder',
    lines: lead.lines.map((line, index) => lineOf(line, index, lead.quotation ?? lead.name)),
    ...(lead.customerPo === null ? {} : { customerPo: lead.customerPo }),
    ...(lead.currency === null ? {} : { currency: lead.currency }),
    ...(lead.requestedShipDate === null ? {} : { requestedShipDate: lead.requestedShipDate }),
    ...(customer === undefined ? {} : { customer }),
    ...(shipTo === undefined ? {} : { shipTo }),
  };
}

function customerOf({ customer }: LeadDocument): Customer | undefined {
  if (customer === null || customer.name === null) return undefined;
  const billTo = completeAddress(placeOf(customer.billTo));
  return {
    id: customer.externalId ?? `cu_odoo_${customer.id}`,
    name: customer.name,
    ...(customer.accountNumber === null ? {} : { accountNumber: customer.accountNumber }),
    ...(customer.email === null ? {} : { email: customer.email }),
    ...(customer.billTo.phone === null ? {} : { phone: customer.billTo.phone }),
    ...(billTo === undefined ? {} : { billTo }),
  };
}

function placeOf(place: PlaceDocument): Partial<Address> {
  const lines = [place.street, place.street2].filter((line) => line !== null);
  return {
    ...(place.name === null ? {} : { name: place.name }),
    ...(lines.length === 0 ? {} : { lines }),
    ...(place.city === null ? {} : { city: place.city }),
    ...(place.region === null ? {} : { region: place.region }),
    ...(place.postalCode === null ? {} : { postalCode: place.postalCode }),
    ...(place.country === null ? {} : { country: place.country }),
    ...(place.phone === null ? {} : { phone: place.phone }),
  };
}

function completeAddress(address: Partial<Address>): Address | undefined {
  const { name, lines, city, country } = address;
  if (name === undefined || lines === undefined || city === undefined || country === undefined)
    return undefined;
  return { ...address, name, lines, city, country };
}

function lineOf(line: LeadDocument['lines'][number], index: number, quotation: string): OrderDraftLine {
  const quantity = parseDecimal(line.quantity);
  const price = parseDecimal(line.unitPrice);
  const share = subtract('100', parseDecimal(line.discount) ?? '0');
  // A discount is part of the price here; six places keep a third of a cent of any currency.
  const unitPrice = price === undefined ? undefined : round(multiply(multiply(price, share), '0.01'), 6);
  return {
    line: String(index + 1),
    path: `${quotation}, line ${index + 1}`,
    ...(line.sku === null ? {} : { sku: line.sku }),
    ...(line.description === null ? {} : { description: line.description }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(unitPrice === undefined ? {} : { unitPrice }),
  };
}
