/** Records by id, by external id, in collections and composites, over real sockets. Doubled: nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, DEAL } from './client.ts';

let client: Client;

beforeEach(async () => {
  client = await Client.of();
});

afterEach(() => client.org.close());

const upsertOrders = (records: Record<string, unknown>[], allOrNone = false) =>
  client.call('PATCH', '/composite/sobjects/Trunkline_Order__c/Trunkline_Id__c', {
    allOrNone,
    records: records.map((fields) => ({ attributes: { type: 'Trunkline_Order__c' }, ...fields })),
  });

describe('a record', () => {
  it('is created, read, changed and deleted by its id', async () => {
    const id = await client.create('Account', { Name: 'Vins et alcools Chevalier', BillingCity: 'Reims' });
    expect(id).toMatch(/^001\w{15}$/);
    const changed = await client.call('PATCH', `/sobjects/Account/${id}`, { BillingCity: 'Lyon' });
    const read = await client.call(
      'GET',
      `/sobjects/Account/${id.slice(0, 15)}?fields=Name,BillingCity,Phone`,
    );
    const gone = await client.call('DELETE', `/sobjects/Account/${id}`);
    expect([changed.status, read.status, gone.status]).toEqual([204, 200, 204]);
    expect(read.body).toMatchObject({ Name: 'Vins et alcools Chevalier', BillingCity: 'Lyon', Phone: null });
    expect((await client.call('GET', `/sobjects/Account/${id}`)).body).toMatchObject([
      { errorCode: 'NOT_FOUND' },
    ]);
    const late = await client.call('PATCH', `/sobjects/Account/${id}`, { Name: 'x' });
    expect(late.status).toBe(404);
    expect(late.body).toMatchObject([{ errorCode: 'ENTITY_IS_DELETED' }]);
  });

  it('is won by its stage', async () => {
    const id = await client.create('Opportunity', { ...DEAL, StageName: 'Qualification' });
    const states = [];
    for (const StageName of ['Qualification', 'Closed Won', 'Closed Lost']) {
      await client.call('PATCH', `/sobjects/Opportunity/${id}`, { StageName });
      const { body } = await client.call('GET', `/sobjects/Opportunity/${id}`);
      states.push([body['IsWon'], body['IsClosed']]);
    }
    expect(states).toEqual([
      [false, false],
      [true, true],
      [false, true],
    ]);
  });

  it.each([
    ['Opportunity', { Name: 'x' }, 'REQUIRED_FIELD_MISSING', ['StageName', 'CloseDate']],
    ['Account', { Name: 'x', Colour: 1 }, 'INVALID_FIELD', ['Colour']],
    ['Account', { Name: 'x'.repeat(256) }, 'STRING_TOO_LONG', ['Name']],
    ['Opportunity', { ...DEAL, AccountId: 'nonsense' }, 'MALFORMED_ID', ['AccountId']],
    ['Opportunity', { ...DEAL, AccountId: '001Sm0000000999AAA' }, 'MALFORMED_ID', ['AccountId']],
    ['Opportunity', { ...DEAL, AccountId: '001Sm0000000999' }, 'INVALID_CROSS_REFERENCE_KEY', ['AccountId']],
    ['Opportunity', { ...DEAL, IsWon: true }, 'INVALID_FIELD_FOR_INSERT_UPDATE', ['IsWon']],
    [
      'Opportunity',
      { ...DEAL, Backorder_Policy__c: 'Perhaps' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      ['Backorder_Policy__c'],
    ],
    ['Opportunity', { ...DEAL, CloseDate: '2026-02-30' }, 'JSON_PARSER_ERROR', ['CloseDate']],
    ['Opportunity', { ...DEAL, Amount: 'much' }, 'JSON_PARSER_ERROR', ['Amount']],
    ['Opportunity', { ...DEAL, Amount: 1e17 }, 'NUMBER_OUTSIDE_VALID_RANGE', ['Amount']],
  ])('%s %j is refused: %s', async (object, fields, errorCode, names) => {
    const { status, body } = await client.call('POST', `/sobjects/${object}`, fields);
    expect(status).toBe(400);
    expect(body).toMatchObject([{ errorCode, fields: names }]);
  });

  it('keeps two digits of a number and whole seconds of a time', async () => {
    const id = await client.create('Trunkline_Order__c', {
      Units_Ordered__c: 1.005,
      Units_Shipped__c: '-2.345',
      Updated_At__c: '2026-11-23T10:00:00.987+01:00',
    });
    const { body } = await client.call('GET', `/sobjects/Trunkline_Order__c/${id}`);
    expect(body).toMatchObject({
      Name: id,
      Units_Ordered__c: 1.01,
      Units_Shipped__c: -2.35,
      Updated_At__c: '2026-11-23T09:00:00.000+0000',
    });
  });

  it('of a line needs a product, a quantity and a price, and takes a negative quantity', async () => {
    const OpportunityId = await client.create('Opportunity', DEAL);
    const Product2Id = await client.create('Product2', { Name: 'Lantern', ProductCode: '71053' });
    const line = (fields: Record<string, unknown>) =>
      client.call('POST', '/sobjects/OpportunityLineItem', { OpportunityId, ...fields });
    const answers = [
      await line({ Quantity: 1, UnitPrice: 1 }),
      await line({ Product2Id, Quantity: null, UnitPrice: 1 }),
      await line({ Product2Id, Quantity: 1 }),
      await line({ Product2Id, Quantity: -6, UnitPrice: 3.39 }),
    ];
    expect(answers.map(({ status, body }) => (status === 201 ? 'created' : body[0]?.['errorCode']))).toEqual([
      'FIELD_INTEGRITY_EXCEPTION',
      'REQUIRED_FIELD_MISSING',
      'REQUIRED_FIELD_MISSING',
      'created',
    ]);
  });
});

describe('an upsert by external id', () => {
  const path = '/sobjects/Trunkline_Order__c/Trunkline_Id__c/ord%2F1';

  it('creates, then updates', async () => {
    const first = await client.call('PATCH', path, { Status__c: 'accepted' });
    const second = await client.call('PATCH', path, { Status__c: 'shipped' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(first.body).toMatchObject({ success: true, created: true });
    expect(second.body).toMatchObject({ id: first.body['id'], created: false });
    expect((await client.call('GET', path)).body).toMatchObject({
      Trunkline_Id__c: 'ord/1',
      Status__c: 'shipped',
    });
  });

  it('answers 300 with the addresses when several records have the id', async () => {
    const ids = [];
    for (const Name of ['a', 'b'])
      ids.push(await client.create('Account', { Name, Customer_External_Id__c: 'C-1' }));
    const { status, body } = await client.call('PATCH', '/sobjects/Account/Customer_External_Id__c/C-1', {
      Name: 'c',
    });
    expect(status).toBe(300);
    expect(body).toEqual(ids.map((id) => `/services/data/v66.0/sobjects/Account/${id}`));
  });

  it('refuses the external id in the body, and a field that is none', async () => {
    const inBody = await client.call('PATCH', path, { Trunkline_Id__c: 'ord/1' });
    const noKey = await client.call('PATCH', '/sobjects/Account/Name/x', {});
    expect(inBody.body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
    expect(noKey.status).toBe(404);
  });
});

describe('a collection', () => {
  it('is answered 200 with one result per record, in order, whatever became of each', async () => {
    const Opportunity__c = await client.create('Opportunity', { ...DEAL, Demand_Id__c: 'D-1' });
    await upsertOrders([{ Trunkline_Id__c: 't-2', Status__c: 'accepted' }]);
    const { status, body } = await upsertOrders([
      { Trunkline_Id__c: 't-1', Opportunity__c, Status__c: 'accepted' },
      { Trunkline_Id__c: 't-2', Status__c: 'shipped' },
      { Trunkline_Id__c: 't-3', Status__c: 'x'.repeat(41) },
      { Trunkline_Id__c: 't-4', Opportunity__r: { Demand_Id__c: 'D-1' } },
      { Trunkline_Id__c: 't-5', Opportunity__r: { Demand_Id__c: 'D-9' } },
      { Trunkline_Id__c: 't-1', Status__c: 'twice' },
      { Status__c: 'keyless' },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { success: true, created: true, errors: [] },
      { success: true, created: false, errors: [] },
      { success: false, errors: [{ statusCode: 'STRING_TOO_LONG', fields: ['Status__c'] }] },
      { success: true, created: true },
      {
        success: false,
        errors: [
          {
            statusCode: 'INVALID_FIELD',
            message: 'Foreign key external ID: D-9 not found for field Demand_Id__c in entity Opportunity',
          },
        ],
      },
      { success: false, errors: [{ statusCode: 'DUPLICATE_VALUE' }] },
      { success: false, errors: [{ statusCode: 'MISSING_ARGUMENT' }] },
    ]);
    const { body: kept } = await client.sim('GET', `/orders?opportunity=${Opportunity__c}`);
    expect(kept).toMatchObject({ total: 2 });
    expect((await client.sim('GET', '/summary')).body).toMatchObject({
      trunklineOrders: { total: 3, byStatus: { accepted: 1, shipped: 1 }, duplicatesByOpportunity: 1 },
    });
  });

  it('of all or none leaves nothing of a failed one', async () => {
    await upsertOrders([{ Trunkline_Id__c: 't-1', Status__c: 'before' }]);
    const { status, body } = await upsertOrders(
      [
        { Trunkline_Id__c: 't-1', Status__c: 'after' },
        { Trunkline_Id__c: 't-2' },
        { Trunkline_Id__c: 't-3', Colour: 1 },
      ],
      true,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
      { success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
      { success: false, errors: [{ statusCode: 'INVALID_FIELD' }] },
    ]);
    const { body: kept } = await client.sim('GET', '/records/Trunkline_Order__c');
    expect(kept).toMatchObject({ total: 1, records: [{ Status__c: 'before' }] });
  });

  it('of more than 200 is refused whole', async () => {
    const { status } = await upsertOrders(
      Array.from({ length: 201 }, (_none, n) => ({ Trunkline_Id__c: `t-${n}` })),
    );
    expect(status).toBe(400);
    expect((await client.sim('GET', '/summary')).body).toMatchObject({ trunklineOrders: { total: 0 } });
  });

  it('creates, updates, reads and deletes records of several objects', async () => {
    const created = await client.call('POST', '/composite/sobjects', {
      records: [
        { attributes: { type: 'Account' }, Name: 'a' },
        { attributes: { type: 'Contact' }, LastName: 'b' },
        { attributes: { type: 'Nothing' }, Name: 'c' },
      ],
    });
    const [account, contact] = [0, 1].map((at) => String(created.body[at]?.['id']));
    expect(created.body[2]).toMatchObject({ success: false, errors: [{ statusCode: 'INVALID_TYPE' }] });
    const updated = await client.call('PATCH', '/composite/sobjects', {
      records: [
        { attributes: { type: 'Account' }, id: account, Phone: '1' },
        { attributes: { type: 'Account' }, Name: 'x' },
      ],
    });
    expect(updated.body).toMatchObject([{ success: true }, { errors: [{ statusCode: 'MISSING_ARGUMENT' }] }]);
    const read = await client.call(
      'GET',
      `/composite/sobjects/Account?ids=${account},${contact}&fields=Phone`,
    );
    expect(read.body).toMatchObject([{ Phone: '1' }, null]);
    const removed = await client.call('DELETE', `/composite/sobjects?ids=${account},${contact},${account}`);
    expect(removed.body).toMatchObject([
      { success: true },
      { success: true },
      { errors: [{ statusCode: 'ENTITY_IS_DELETED' }] },
    ]);
  });
});

describe('a composite', () => {
  const composite = (allOrNone: boolean, last: Record<string, unknown>) =>
    client.call('POST', '/composite', {
      allOrNone,
      compositeRequest: [
        {
          method: 'POST',
          url: '/services/data/v66.0/sobjects/Account',
          referenceId: 'account',
          body: { Name: 'a' },
        },
        {
          method: 'POST',
          url: '/services/data/v66.0/sobjects/Opportunity',
          referenceId: 'deal',
          body: { ...DEAL, AccountId: '@{account.id}', ...last },
        },
      ],
    });

  it('lets a later part name the result of an earlier one', async () => {
    const { body } = await composite(true, {});
    const [account, deal] = body['compositeResponse'] as { httpStatusCode: number; body: { id: string } }[];
    expect([account?.httpStatusCode, deal?.httpStatusCode]).toEqual([201, 201]);
    const read = await client.call('GET', `/sobjects/Opportunity/${deal?.body.id}`);
    expect(read.body['AccountId']).toBe(account?.body.id);
  });

  it('of all or none shows PROCESSING_HALTED beside the error, and leaves nothing', async () => {
    const { status, body } = await composite(true, { Colour: 1 });
    expect(status).toBe(200);
    expect(body['compositeResponse']).toMatchObject([
      { referenceId: 'account', httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED' }] },
      { referenceId: 'deal', httpStatusCode: 400, body: [{ errorCode: 'INVALID_FIELD' }] },
    ]);
    expect((await client.sim('GET', '/records/Account')).body).toMatchObject({ total: 0 });
  });

  it('otherwise keeps what went well', async () => {
    const { body } = await composite(false, { Colour: 1 });
    expect(body['compositeResponse']).toMatchObject([{ httpStatusCode: 201 }, { httpStatusCode: 400 }]);
    expect((await client.sim('GET', '/records/Account')).body).toMatchObject({ total: 1 });
  });
});
