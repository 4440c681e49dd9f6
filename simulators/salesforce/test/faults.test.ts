/** Scripted faults and the seeding door, over real sockets. Doubled: nothing. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from './client.ts';

let client: Client;

beforeEach(async () => {
  client = await Client.of();
});

afterEach(() => client.org.close());

const upsert = (ids: string[]) =>
  client.call('PATCH', '/composite/sobjects/Trunkline_Order__c/Trunkline_Id__c', {
    records: ids.map((Trunkline_Id__c) => ({ attributes: { type: 'Trunkline_Order__c' }, Trunkline_Id__c })),
  });

const total = async () => (await client.sim('GET', '/records/Trunkline_Order__c')).body['total'];

describe('a fault', () => {
  it('after the commit takes the answer away and not the work', async () => {
    await client.sim('POST', '/faults', { dropAfterCommitRate: 1, count: 1, only: '/composite' });
    await expect(upsert(['t-1', 't-2'])).rejects.toThrow();
    expect(await total()).toBe(2);
    expect((await upsert(['t-1', 't-2'])).body).toMatchObject([{ created: false }, { created: false }]);
    expect(await total()).toBe(2);
  });

  it('before the work leaves nothing: down, 503, 403, each telling the limit where it answers', async () => {
    await client.sim('POST', '/faults', { down: true, count: 1 });
    await expect(upsert(['t-1'])).rejects.toThrow();
    await client.sim('POST', '/faults', { failRate: 1, count: 1 });
    const failed = await upsert(['t-1']);
    await client.sim('POST', '/faults', { rateLimit: { perSecond: 0 } });
    const limited = await upsert(['t-1']);
    await client.sim('DELETE', '/faults');
    expect([failed.status, limited.status]).toEqual([503, 403]);
    expect(failed.body).toMatchObject([{ errorCode: 'SERVER_UNAVAILABLE' }]);
    expect(limited.body).toMatchObject([{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]);
    expect(limited.headers.get('sforce-limit-info')).toBe('api-usage=3/1000000');
    expect(await total()).toBe(0);
    expect((await client.sim('GET', '/calls')).body).toMatchObject({
      injected: { down: 1, fail: 1, rateLimit: 1 },
    });
  });

  it('locks some rows of a collection and not the others, the same ones under the same seed', async () => {
    const ids = Array.from({ length: 100 }, (_none, n) => `t-${n}`);
    const locked = async () => {
      await client.sim('POST', '/faults', { lockRowRate: 0.2, seed: 7 });
      const { status, body } = await upsert(ids);
      expect(status).toBe(200);
      const results = body as unknown as { success: boolean; errors: { statusCode: string }[] }[];
      return results.flatMap(({ success, errors }, at) =>
        success ? [] : [`${at} ${errors[0]?.statusCode}`],
      );
    };
    const first = await locked();
    expect(first.length).toBeGreaterThan(5);
    expect(first.length).toBeLessThan(40);
    expect(first.every((told) => told.endsWith('UNABLE_TO_LOCK_ROW'))).toBe(true);
    expect(await total()).toBe(100 - first.length);
    expect(await locked()).toEqual(first);
  });

  it('that is misspelt is refused by name', async () => {
    const { status, body } = await client.sim('POST', '/faults', { latency: 5 });
    expect(status).toBe(400);
    expect(body['error']).toContain('"latency" is no fault that can be set');
  });
});

describe('seeding', () => {
  const seed = {
    accounts: [{ externalId: '17850', Name: 'Customer 17850', BillingCountry: 'United Kingdom' }],
    products: [{ ProductCode: '85123A', Name: 'WHITE HANGING HEART T-LIGHT HOLDER', unitPrice: 2.55 }],
    opportunities: [
      {
        externalId: '536365',
        accountExternalId: '17850',
        lines: [
          {
            productCode: '85123A',
            quantity: '6',
            unitPrice: '2.55',
            description: 'WHITE HANGING HEART T-LIGHT HOLDER',
          },
          { productCode: '71053', quantity: -1, unitPrice: 3.39 },
          { productCode: '', quantity: 1, unitPrice: 0, description: '?' },
        ],
      },
      { externalId: '536366', accountExternalId: 'nobody', lines: [{ productCode: '85123A', unitPrice: 1 }] },
      { externalId: '536367', lines: [{ productCode: '85123A', quantity: 1.5, unitPrice: 1 }] },
    ],
  };

  it('takes dirty values as an org holds them, and names what even an org refuses', async () => {
    const { body } = await client.sim('POST', '/seed', seed);
    expect(body).toMatchObject({
      accounts: { created: 1 },
      products: { created: 3 },
      opportunities: { created: 2 },
      lines: 4,
      refused: [
        { object: 'Opportunity', externalId: '536366', errors: [{ code: 'REQUIRED_FIELD_MISSING' }] },
      ],
    });
    expect((await client.sim('GET', '/summary')).body).toMatchObject({
      opportunities: { total: 2, won: 2 },
      lines: 4,
      wonUnits: '7.5',
      trunklineOrders: { total: 0, wonWithoutOrder: 2 },
    });
  });

  it('a second time changes nothing, and only what differs when something does', async () => {
    await client.sim('POST', '/seed', seed);
    const before = (await client.sim('GET', '/records/Opportunity')).body;
    const again = await client.sim('POST', '/seed', seed);
    expect(again.body).toMatchObject({
      accounts: { created: 0, updated: 0, unchanged: 1 },
      opportunities: { created: 0, updated: 0, unchanged: 2 },
      lines: 0,
    });
    expect((await client.sim('GET', '/records/Opportunity')).body).toEqual(before);
    const changed = await client.sim('POST', '/seed', {
      opportunities: [
        { ...seed.opportunities[2], lines: [{ productCode: '85123A', quantity: 2, unitPrice: 1 }] },
      ],
    });
    expect(changed.body).toMatchObject({ opportunities: { created: 0, updated: 1, unchanged: 0 }, lines: 1 });
    expect((await client.sim('GET', '/summary')).body).toMatchObject({ lines: 4, wonUnits: '8' });
  });

  it('can be late: what a long transaction commits lies behind what a poller has already read', async () => {
    await client.sim('POST', '/seed', { opportunities: [seed.opportunities[2]] });
    const poll = 'SELECT Demand_Id__c, SystemModstamp FROM Opportunity WHERE IsWon = true';
    const [read] = (await client.query(poll)).body.records;
    const from = String(read?.['SystemModstamp']).replace('+0000', 'Z');
    await client.sim('POST', '/seed?lateSeconds=20', { opportunities: [seed.opportunities[0]] });
    const after = (await client.query(`${poll} AND SystemModstamp >= ${from}`)).body.records;
    const all = (await client.query(`${poll} ORDER BY SystemModstamp, Id`)).body.records;
    expect(after.map((deal) => deal['Demand_Id__c'])).toEqual(['536367']);
    expect(all.map((deal) => deal['Demand_Id__c'])).toEqual(['536365', '536367']);
  });
});
