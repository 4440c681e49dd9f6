import {
  type CanonicalEvent,
  type Customer,
  type DecimalString,
  multiply,
  type OrderDraft,
  type OrderDraftLine,
  parseDecimal,
  subtract,
} from '@trunkline/canonical';
import type { Message, Translation, Translator } from '@trunkline/messaging';
import { textOf } from '../json-shape.ts';
import { toId18 } from '../salesforce-id.ts';
import { addressOf, completeAddress } from './account-address.ts';
import {
  type LineDocument,
  OPPORTUNITY_DOCUMENT,
  type OpportunityDocument,
  readOpportunity,
} from './opportunity-document.ts';

/**
 * `opportunity.won` to `order.submitted`. `orgCurrency` stands in where an org without multiple currencies gives no
 * CurrencyIsoCode.
 */
export function createTranslator(orgCurrency: string | undefined): Translator<CanonicalEvent> {
  return (message: Message): Translation<CanonicalEvent> => {
    if (message.type !== OPPORTUNITY_DOCUMENT) {
      return { kind: 'ignored', reason: `Salesforce document type ${message.type} has no use here.` };
    }
    const reading = readOpportunity(message.payload);
    if ('faults' in reading) return { kind: 'invalid', faults: reading.faults };
    const order = draftOf(reading.document, message.source, orgCurrency);
    return { kind: 'events', events: [{ type: 'order.submitted', order }] };
  };
}

function draftOf(document: OpportunityDocument, system: string, orgCurrency: string | undefined): OrderDraft {
  const id = toId18(document.Id) ?? document.Id;
  const customerPo = textOf(document.Customer_PO__c);
  const channel = textOf(document.Channel__c);
  const shipMethod = textOf(document.Ship_Method__c);
  const currency = textOf(document.CurrencyIsoCode) ?? orgCurrency;
  const requestedShipDate = dateOf(document.Requested_Ship_Date__c);
  const customer = customerOf(document);
  const shipTo = shipToOf(document);
  return {
    id: `so_${id}`,
    source: { system, id },
    backorderPolicy:
      textOf(document.Backorder_Policy__c)?.toLowerCase() === 'cancel' ? 'cancel' : 'backorder',
    lines: (document.OpportunityLineItems?.records ?? []).map(lineOf),
    ...(customerPo === undefined ? {} : { customerPo }),
    ...(channel === undefined ? {} : { channel }),
    ...(currency === undefined ? {} : { currency }),
    ...(requestedShipDate === undefined ? {} : { requestedShipDate }),
    ...(customer === undefined ? {} : { customer }),
    ...(shipTo === undefined ? {} : { shipTo }),
    ...(shipMethod === undefined ? {} : { shipMethod }),
  };
}

/** Absent without an account or its name: an ERP cannot make a partner of an id. */
function customerOf({ AccountId, Account }: OpportunityDocument): Customer | undefined {
  const name = textOf(Account?.Name);
  if (typeof AccountId !== 'string' || !Account || name === undefined) return undefined;
  const accountNumber = textOf(Account.AccountNumber);
  const phone = textOf(Account.Phone);
  const billTo = completeAddress(addressOf(Account, 'Billing'));
  return {
    id: `cu_${toId18(AccountId) ?? AccountId}`,
    name,
    ...(accountNumber === undefined ? {} : { accountNumber }),
    ...(phone === undefined ? {} : { phone }),
    ...(billTo === undefined ? {} : { billTo }),
  };
}

/** One address or the other, never a mixture of both: half a street here and a city there is a third place. */
function shipToOf({ Account }: OpportunityDocument): OrderDraft['shipTo'] {
  if (!Account) return undefined;
  return addressOf(Account, 'Shipping') ?? addressOf(Account, 'Billing');
}

function lineOf(document: LineDocument, index: number): OrderDraftLine {
  const sku = textOf(document.Product2?.ProductCode);
  const description = textOf(document.Description) ?? textOf(document.Product2?.Name);
  const quantity = parseDecimal(document.Quantity);
  const unitPrice = netPrice(document);
  return {
    line: String(index + 1),
    path: `/OpportunityLineItems/records/${index}`,
    ...(sku === undefined ? {} : { sku }),
    ...(description === undefined ? {} : { description }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(unitPrice === undefined ? {} : { unitPrice }),
  };
}

/**
 * UnitPrice less Discount percent, exact: Salesforce's own TotalPrice is quantity x UnitPrice x (1 - Discount / 100). A discount
 * that is there and is no number leaves the price out; to charge without it would be a guess.
 */
function netPrice({ UnitPrice, Discount }: LineDocument): DecimalString | undefined {
  const price = parseDecimal(UnitPrice);
  if (price === undefined || Discount === null || Discount === undefined) return price;
  const discount = parseDecimal(Discount);
  if (discount === undefined) return undefined;
  return multiply(multiply(price, subtract('100', discount)), '0.01');
}

function dateOf(value: string | null | undefined): string | undefined {
  const text = textOf(value);
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
