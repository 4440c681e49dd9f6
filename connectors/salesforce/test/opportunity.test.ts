/** The translator alone: pure, nothing doubled. */
import { fc, test as property } from '@fast-check/vitest';
import type { OrderDraft } from '@trunkline/canonical';
import type { JsonValue, Message } from '@trunkline/messaging';
import { describe, expect, test } from 'vitest';
import { createTranslator } from '../src/translators/opportunity.ts';

const translate = createTranslator(undefined);
const ID = '006q000000HddohAAB';
const ACCOUNT_ID = '001q000000wW9BeAAK';

function message(payload: JsonValue, type = 'opportunity.won'): Message {
  const acceptedAt = '2026-03-01T10:00:00Z';
  return { id: '1', acceptedAt, source: 'crm', sourceId: 'x', key: `so_${ID}`, type, payload };
}

function draft(payload: JsonValue): OrderDraft {
  const result = translate(message(payload));
  if (result.kind !== 'events') throw new Error(JSON.stringify(result));
  const event = result.events[0];
  if (event?.type !== 'order.submitted') throw new Error('Not an order.');
  return event.order;
}

const account = {
  Name: 'Königlich Essen',
  AccountNumber: 'KOENE',
  Phone: '0555-09876',
  ShippingStreet: 'Maubelstr. 90\r\n  Tor 3 \n\nRampe B',
  ShippingCity: 'Brandenburg',
  ShippingState: null,
  ShippingPostalCode: '14776',
  ShippingCountry: 'Germany',
  BillingStreet: 'Hauptstr. 1',
  BillingCity: 'Potsdam',
  BillingPostalCode: '14467',
  BillingCountryCode: 'DE',
};
const line = {
  Id: '00k1G00000A3iyqQAB',
  Product2: { ProductCode: 'P-17', Name: 'Alice Mutton' },
  Description: null,
  Quantity: 2.5,
  UnitPrice: 10.99,
  Discount: 15,
};
const opportunity = {
  Id: ID,
  Name: 'Deal',
  CurrencyIsoCode: 'EUR',
  Customer_PO__c: ' 4711 ',
  Requested_Ship_Date__c: '2026-03-05',
  Backorder_Policy__c: 'Cancel',
  Channel__c: 'Web',
  AccountId: ACCOUNT_ID,
  Account: account,
  OpportunityLineItems: { totalSize: 1, done: true, records: [line] },
};

describe('opportunity.won', () => {
  test('becomes a draft with customer, ship-to and net prices', () => {
    expect(draft(opportunity)).toEqual({
      id: `so_${ID}`,
      source: { system: 'crm', id: ID },
      customerPo: '4711',
      channel: 'Web',
      currency: 'EUR',
      requestedShipDate: '2026-03-05',
      backorderPolicy: 'cancel',
      customer: {
        id: `cu_${ACCOUNT_ID}`,
        name: 'Königlich Essen',
        accountNumber: 'KOENE',
        phone: '0555-09876',
        billTo: {
          name: 'Königlich Essen',
          lines: ['Hauptstr. 1'],
          city: 'Potsdam',
          postalCode: '14467',
          country: 'DE',
          phone: '0555-09876',
        },
      },
      shipTo: {
        name: 'Königlich Essen',
        lines: ['Maubelstr. 90', 'Tor 3', 'Rampe B'],
        city: 'Brandenburg',
        postalCode: '14776',
        country: 'DE',
        phone: '0555-09876',
      },
      lines: [
        {
          line: '1',
          path: '/OpportunityLineItems/records/0',
          sku: 'P-17',
          description: 'Alice Mutton',
          quantity: '2.5',
          unitPrice: '9.3415',
        },
      ],
    });
  });

  test('ids of 15 characters become those of 18', () => {
    const order = draft({ ...opportunity, Id: ID.slice(0, 15), AccountId: ACCOUNT_ID.slice(0, 15) });
    expect([order.id, order.source.id, order.customer?.id]).toEqual([`so_${ID}`, ID, `cu_${ACCOUNT_ID}`]);
  });

  test('what is missing or wrong in a field is left out for acceptance to name', () => {
    const records = [
      { Quantity: 'two', UnitPrice: null },
      { Quantity: -3, UnitPrice: 0, Discount: 'x', Product2: null },
      { Quantity: '1e3', UnitPrice: '5.00', Discount: 100 },
    ];
    const order = draft({
      Id: ID,
      Requested_Ship_Date__c: '2026-02-30',
      OpportunityLineItems: { records },
    });
    const path = '/OpportunityLineItems/records';
    expect(order).toEqual({
      id: `so_${ID}`,
      source: { system: 'crm', id: ID },
      backorderPolicy: 'backorder',
      lines: [
        { line: '1', path: `${path}/0` },
        { line: '2', path: `${path}/1`, quantity: '-3' },
        { line: '3', path: `${path}/2`, quantity: '1000', unitPrice: '0' },
      ],
    });
  });

  test('without any shipping address the billing address is used, never a mixture', () => {
    const { BillingStreet, BillingCity, BillingCountryCode } = account;
    const Account = { Name: 'A', BillingStreet, BillingCity, BillingCountryCode };
    expect(draft({ ...opportunity, Account }).shipTo?.city).toBe('Potsdam');
    const partly = { ...Account, ShippingCity: 'Berlin' };
    expect(draft({ ...opportunity, Account: partly }).shipTo).toEqual({ name: 'A', city: 'Berlin' });
  });

  test('a street of many lines keeps its tail on the fourth', () => {
    const Account = { ...account, ShippingStreet: 'a\nb\nc\nd\ne\nf' };
    expect(draft({ ...opportunity, Account }).shipTo?.lines).toEqual(['a', 'b', 'c', 'd, e, f']);
  });

  test('a country that nobody knows is left out, and told as it was said', () => {
    const Account = { ...account, ShippingCountry: 'European Community' };
    const { shipTo } = draft({ ...opportunity, Account });
    expect(shipTo).not.toHaveProperty('country');
    expect(shipTo?.countryAsSaid).toBe(Account.ShippingCountry);
  });

  test('the org’s currency stands in where the opportunity has none', () => {
    const result = createTranslator('USD')(message({ Id: ID }));
    expect(result).toMatchObject({ events: [{ order: { currency: 'USD', lines: [] } }] });
  });

  test('an account that is not visible leaves the customer out', () => {
    expect(draft({ ...opportunity, Account: null })).not.toHaveProperty('customer');
  });

  test('a wrong structure is invalid, with each path', () => {
    const payload = { Id: 'nope', Account: 'Acme', OpportunityLineItems: { records: [5] } };
    const result = translate(message(payload));
    if (result.kind !== 'invalid') throw new Error(JSON.stringify(result));
    const paths = result.faults.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['/Id', '/Account', '/OpportunityLineItems/records/0']));
    expect(new Set(result.faults.map(({ code }) => code))).toEqual(new Set(['payload_invalid']));
  });

  test('other documents are ignored with a reason', () => {
    const result = translate(message({}, 'account.merged'));
    expect(result).toEqual({ kind: 'ignored', reason: expect.stringContaining('account.merged') });
  });

  property.prop([fc.jsonValue()])('any JSON is translated without a throw', (payload) => {
    const result = translate(message(payload as JsonValue));
    expect(['events', 'invalid']).toContain(result.kind);
  });

  const loose = (...some: fc.Arbitrary<JsonValue>[]) =>
    fc.oneof<fc.Arbitrary<JsonValue>[]>(fc.constant(null), fc.string(), fc.double(), ...some);
  property.prop([
    fc.record(
      {
        Id: fc.constant(ID),
        AccountId: fc.constantFrom(ACCOUNT_ID, null),
        Account: fc.record({ Name: loose(), ShippingStreet: loose(), ShippingCountry: loose() }),
        OpportunityLineItems: fc.record({
          records: fc.array(fc.record({ Quantity: loose(), UnitPrice: loose(), Discount: loose() })),
        }),
      },
      { requiredKeys: ['Id'] },
    ),
  ])('near misses are translated without a throw, quantities in plain notation', (payload) => {
    const result = translate(message(payload));
    if (result.kind !== 'events' || result.events[0]?.type !== 'order.submitted') return;
    for (const { quantity = '0', unitPrice = '0' } of result.events[0].order.lines) {
      expect(quantity).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
      expect(unitPrice).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
    }
  });
});
