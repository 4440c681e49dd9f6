/** SOQL through the query resource, over real sockets. Doubled: nothing; the org is filled by its seeding door. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, DEAL, type QueryRecord } from './client.ts';

let client: Client;

/** 450 deals of three customers; every third is still open; each has three lines, one of them negative. */
beforeAll(async () => {
  client = await Client.of();
  const codes = ['84406B', '71053', 'POST'];
  await client.sim('POST', '/seed', {
    accounts: ['VINET', 'TOMSP', 'HANAR'].map((externalId, n) => ({
      externalId,
      Name: `Customer ${n}`,
      BillingCity: 'Reims',
    })),
    products: codes.map((ProductCode) => ({ ProductCode, Name: `Item ${ProductCode}`, unitPrice: 1 })),
    opportunities: Array.from({ length: 450 }, (_none, n) => ({
      externalId: `D-${n}`,
      accountExternalId: ['VINET', 'TOMSP', 'HANAR'][n % 3],
      StageName: n % 3 === 2 ? 'Qualification' : 'Closed Won',
      Customer_PO__c: `PO-${n}`,
      lines: codes.map((productCode, at) => ({
        productCode,
        quantity: at === 2 ? -1 : at + 1,
        unitPrice: 2.55,
      })),
    })),
  });
});

afterAll(() => client.org.close());

const records = async (soql: string): Promise<QueryRecord[]> => {
  const { status, body } = await client.query(soql);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.records;
};

const ids = (found: QueryRecord[]) => found.map(({ Id }) => Id);

describe('a poll for won deals', () => {
  const SELECT =
    'SELECT Id, Name, SystemModstamp, Account.Customer_External_Id__c, ' +
    '(SELECT Quantity, UnitPrice, Product2.ProductCode FROM OpportunityLineItems ORDER BY SortOrder) FROM Opportunity';

  it('brings each with its account and lines, dirty values and all', async () => {
    const [deal] = await records(`${SELECT} WHERE IsWon = true ORDER BY SystemModstamp ASC, Id ASC LIMIT 1`);
    expect(deal).toMatchObject({
      attributes: { type: 'Opportunity', url: `/services/data/v66.0/sobjects/Opportunity/${deal?.Id}` },
      Name: 'D-0',
      SystemModstamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/),
      Account: { attributes: { type: 'Account' }, Customer_External_Id__c: 'VINET' },
      OpportunityLineItems: {
        totalSize: 3,
        done: true,
        records: [
          { Quantity: 1, UnitPrice: 2.55, Product2: { ProductCode: '84406B' } },
          { Quantity: 2, Product2: { ProductCode: '71053' } },
          { Quantity: -1, Product2: { ProductCode: 'POST' } },
        ],
      },
    });
  });

  it('meets each deal once, by time and id, though many share one second', async () => {
    const met: string[] = [];
    let after = '';
    let from = '2000-01-01T00:00:00Z';
    for (;;) {
      const page = await records(
        `${SELECT} WHERE IsWon = true AND SystemModstamp >= ${from}${after} ORDER BY SystemModstamp, Id LIMIT 40`,
      );
      met.push(...ids(page));
      const last = page.at(-1);
      if (!last || page.length < 40) break;
      from = String(last['SystemModstamp']).replace('+0000', 'Z');
      after = ` AND (SystemModstamp > ${from} OR Id > '${last.Id}')`;
    }
    const { body } = await client.query('SELECT COUNT() FROM Opportunity WHERE IsWon = true');
    expect(met).toHaveLength(300);
    expect(new Set(met).size).toBe(300);
    expect(body).toEqual({ totalSize: 300, done: true, records: [] });
  });

  it('sees a deal again when it, or one of its lines, changes', async () => {
    const other = await Client.of();
    const account = await other.create('Account', { Name: 'One' });
    const product = await other.create('Product2', { Name: 'P', ProductCode: 'P' });
    const first = await other.create('Opportunity', { ...DEAL, AccountId: account });
    const second = await other.create('Opportunity', DEAL);
    await other.create('OpportunityLineItem', {
      OpportunityId: first,
      Product2Id: product,
      Quantity: 3,
      UnitPrice: 2.5,
    });
    const { body } = await other.query(
      'SELECT Id, Amount, HasOpportunityLineItem FROM Opportunity ORDER BY SystemModstamp DESC, Id DESC',
    );
    await other.org.close();
    expect(ids(body.records).sort()).toEqual([first, second].sort());
    expect(body.records.find(({ Id }) => Id === first)).toMatchObject({
      Amount: 7.5,
      HasOpportunityLineItem: true,
    });
  });
});

describe('a filter', () => {
  it.each([
    ["Customer_PO__c LIKE 'po-1_'", 10],
    ["Customer_PO__c LIKE 'PO-44%'", 11],
    ["Name IN ('D-1', 'd-2', 'D-999')", 2],
    ["Name NOT IN ('D-1', 'D-2')", 448],
    ["Account.Customer_External_Id__c = 'vinet'", 150],
    ["Demand_Id__c = 'D-7' AND (IsWon = true OR Amount > 100)", 1],
    ['NOT (IsWon = true)', 150],
    ['Backorder_Policy__c = null AND Customer_PO__c != null', 450],
    ['CloseDate >= 2000-01-01 AND CloseDate < 2999-01-01 AND IsClosed = false', 150],
    ['Amount = 5.1', 450],
    ['Amount != 5.10', 0],
    ['SystemModstamp < 2000-01-01T00:00:00Z', 0],
    ['SystemModstamp > 2000-01-01T00:00:00.000+02:00 AND IsWon = true', 300],
  ])('%s finds %i', async (where, count) => {
    const { status, body } = await client.query(`SELECT COUNT() FROM Opportunity WHERE ${where}`);
    expect(status).toBe(200);
    expect(body.totalSize).toBe(count);
  });

  it('takes an id of 15 characters for its 18', async () => {
    const [deal] = await records("SELECT Id, AccountId FROM Opportunity WHERE Demand_Id__c = 'D-3'");
    expect(ids(await records(`SELECT Id FROM Opportunity WHERE Id = '${deal?.Id.slice(0, 15)}'`))).toEqual([
      deal?.Id,
    ]);
    expect(
      await records(`SELECT Id FROM Opportunity WHERE AccountId IN ('${String(deal?.['AccountId'])}')`),
    ).toHaveLength(150);
  });

  it.each([
    ['SystemModstamp ASC, Id ASC', 1, 1],
    ['SystemModstamp DESC, Id DESC', -1, -1],
    ['SystemModstamp ASC, Id DESC', 1, -1],
    ['SystemModstamp DESC, Id ASC', -1, 1],
  ])('sorts by %s', async (order, byStamp, byId) => {
    const found = await records(`SELECT Id, SystemModstamp FROM Opportunity ORDER BY ${order}`);
    const key = ({ Id, SystemModstamp }: QueryRecord) => [String(SystemModstamp), Id] as const;
    const sorted = [...found].sort((a, b) => {
      const [[stampA, idA], [stampB, idB]] = [key(a), key(b)];
      if (stampA !== stampB) return stampA < stampB ? -byStamp : byStamp;
      return idA < idB ? -byId : byId;
    });
    expect(ids(found)).toEqual(ids(sorted));
  });

  it('sorts by a field of a parent, then by another, and skips', async () => {
    const found = await records(
      'SELECT Account.Name, Name FROM Opportunity ORDER BY Account.Name DESC, Name LIMIT 3 OFFSET 1',
    );
    expect(found.map(({ Name }) => Name)).toEqual(['D-104', 'D-107', 'D-11']);
  });
});

describe('pages', () => {
  it('follow nextRecordsUrl to the end', async () => {
    const first = await client.query('SELECT Id FROM Opportunity', {
      'sforce-query-options': 'batchSize=200',
    });
    expect(first.body).toMatchObject({
      totalSize: 450,
      done: false,
      nextRecordsUrl: expect.stringMatching(/^\/services\/data\/v66\.0\/query\/01g\w{15}-200$/),
    });
    const met = ids(first.body.records);
    let next = first.body.nextRecordsUrl;
    while (next !== undefined) {
      const { body } = await client.call('GET', next.replace('/services/data/v66.0', ''), undefined, {
        'sforce-query-options': 'batchSize=200',
      });
      const page = body as unknown as typeof first.body;
      met.push(...ids(page.records));
      next = page.nextRecordsUrl;
    }
    expect(new Set(met).size).toBe(450);
  });

  it('of a query that nobody made are refused', async () => {
    const { status, body } = await client.call('GET', '/query/01gSm0999999999IAA-200');
    expect(status).toBe(400);
    expect(body).toMatchObject([{ errorCode: 'INVALID_QUERY_LOCATOR' }]);
  });
});

describe('a query that is wrong', () => {
  it.each([
    ['SELECT Id FORM Opportunity', 'MALFORMED_QUERY', "unexpected token: 'FORM'"],
    ['SELECT Id FROM Opportunity WHERE', 'MALFORMED_QUERY', "unexpected token: '<EOF>'"],
    ['SELECT Id, FROM Opportunity', 'MALFORMED_QUERY', "unexpected token: 'FROM'"],
    ["SELECT Id FROM Opportunity WHERE Name = 'it's'", 'MALFORMED_QUERY', 'unexpected token'],
    [
      "SELECT Id FROM Opportunity WHERE IsWon = true AND Name = 'a' OR Name = 'b'",
      'MALFORMED_QUERY',
      "unexpected token: 'OR'",
    ],
    [
      'SELECT Id FROM Opportunity WHERE SystemModstamp > 2026-01-01T00:00:00 00:00',
      'MALFORMED_QUERY',
      'unexpected token',
    ],
    ['SELECT Colour FROM Opportunity', 'INVALID_FIELD', "No such column 'Colour' on entity 'Opportunity'"],
    ['SELECT Customer.Name FROM Opportunity', 'INVALID_FIELD', "Didn't understand relationship 'Customer'"],
    [
      'SELECT Id FROM Opportunity WHERE Account.Colour = 1',
      'INVALID_FIELD',
      "No such column 'Colour' on entity 'Account'",
    ],
    [
      "SELECT Id FROM Opportunity WHERE SystemModstamp > '2026-01-01T00:00:00Z'",
      'INVALID_FIELD',
      'must be of type dateTime and should not be enclosed in quotes',
    ],
    ["SELECT Id FROM Opportunity WHERE IsWon = 'true'", 'INVALID_FIELD', 'must be of type boolean'],
    ['SELECT Id FROM Opportunity WHERE Name = 5', 'INVALID_FIELD', 'should be enclosed in quotes'],
    ["SELECT Id FROM Trunkline_Order__c WHERE Reason__c = 'x'", 'INVALID_FIELD', 'can not be filtered'],
    ["SELECT Id FROM Opportunity WHERE Id = 'no id'", 'INVALID_QUERY_FILTER_OPERATOR', 'invalid ID field'],
    ['SELECT Id FROM Customer', 'INVALID_TYPE', "sObject type 'Customer' is not supported"],
    [
      'SELECT (SELECT Id FROM Lines) FROM Opportunity',
      'INVALID_TYPE',
      "Didn't understand relationship 'Lines'",
    ],
  ])('%s: %s', async (soql, errorCode, told) => {
    const { status, body } = await client.query(soql);
    expect(status).toBe(400);
    expect(body).toMatchObject([{ errorCode, message: expect.stringContaining(told) }]);
  });
});
