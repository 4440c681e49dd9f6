/**
 * The target against a scripted org on a real socket. Real: HTTP, sockets that die, the connector. Doubled: Salesforce, with
 * answers in the shapes of its public documentation. May observe: outcomes and the requests that arrived.
 */
import type { Delivery, JsonObject, Target } from '@trunkline/messaging';
import { afterEach, describe, expect, test } from 'vitest';
import { createSalesforceConnector } from '../src/index.ts';
import { closedPort, type Script, type ScriptedOrg, startScriptedOrg } from './scripted-org.ts';

const signal = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const TOKEN = '/services/oauth2/token';

async function setUp(script: Script, timeoutMs = 5000) {
  const org = await startScriptedOrg((exchange) => (exchange.path === TOKEN ? {} : script(exchange)));
  open.push(org);
  return { org, target: targetAt(org.url, timeoutMs) };
}

function targetAt(instance: string, timeoutMs = 5000): Target {
  const auth = { flow: 'client_credentials', clientId: 'id', clientSecret: 'secret' } as const;
  const connector = createSalesforceConnector({ instance, auth, timeoutMs }, { system: 'crm' });
  open.push(connector);
  if (connector.target === undefined) throw new Error('No target.');
  return connector.target;
}

const status = {
  status: 'Shipped',
  trackingNumbers: ['1Z1', '1Z2'],
  unitsOrdered: '10.5',
  unitsShipped: '10.5',
  unitsBackordered: '0',
  unitsCancelled: '0',
  updatedAt: '2026-03-01T10:00:00.250Z',
};

function publish(n: number, more: JsonObject = {}): Delivery {
  const key = `so_006Sm000000000${n}IAA`;
  const payload = { orderId: key, source: { system: 'crm', id: key.slice(3) }, ...status, ...more };
  const type = 'order-status.publish';
  return {
    id: String(n),
    key,
    target: 'crm',
    type,
    flow: 'order-status',
    payload,
    attempt: 1,
    ambiguous: false,
  };
}

/** Of the last request that arrived. */
function recordsIn(org: ScriptedOrg): Record<string, unknown>[] {
  const body = JSON.parse(org.exchanges.at(-1)?.body ?? '') as { records: Record<string, unknown>[] };
  return body.records;
}

const ok = { id: 'a00', success: true, errors: [], created: true };
const failed = (statusCode: string, fields: string[] = []) => ({
  success: false,
  errors: [{ statusCode, message: 'words', fields }],
});

describe('order-status.publish', () => {
  test('is one collections upsert with the order’s whole state', async () => {
    const { org, target } = await setUp(() => ({ body: [ok] }));
    expect(await target.deliver([publish(1)], signal)).toEqual([{ kind: 'succeeded' }]);
    const call = org.exchanges.find(({ method }) => method === 'PATCH');
    expect(call?.path).toBe('/services/data/v66.0/composite/sobjects/Trunkline_Order__c/Trunkline_Id__c');
    expect(call?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'sforce-call-options': 'client=trunkline',
    });
    expect(JSON.parse(call?.body ?? '')).toEqual({
      allOrNone: false,
      records: [
        {
          attributes: { type: 'Trunkline_Order__c' },
          Trunkline_Id__c: 'so_006Sm0000000001IAA',
          Opportunity__c: '006Sm0000000001IAA',
          Status__c: 'Shipped',
          Reason__c: null,
          Order_Number__c: null,
          Tracking_Numbers__c: '1Z1, 1Z2',
          Units_Ordered__c: 10.5,
          Units_Shipped__c: 10.5,
          Units_Backordered__c: 0,
          Units_Cancelled__c: 0,
          Updated_At__c: '2026-03-01T10:00:00.250Z',
        },
      ],
    });
  });

  test('an order of another system is not linked to an opportunity, and a long reason is cut', async () => {
    const { org, target } = await setUp(() => ({ body: [ok] }));
    await target.deliver(
      [publish(1, { source: { system: 'shop', id: '7' }, reason: 'x'.repeat(40_000) })],
      signal,
    );
    const [record] = recordsIn(org);
    expect(record).not.toHaveProperty('Opportunity__c');
    expect(record?.['Reason__c']).toHaveLength(32_000);
  });

  test('each record’s own result decides, in order, although the call is a 200', async () => {
    const body = [ok, failed('UNABLE_TO_LOCK_ROW'), failed('STRING_TOO_LONG', ['Reason__c']), ok];
    const { target } = await setUp(() => ({ body }));
    const outcomes = await target.deliver(
      [1, 2, 3, 4].map((n) => publish(n)),
      signal,
    );
    expect(outcomes).toMatchObject([
      { kind: 'succeeded' },
      { kind: 'retry', code: 'target_conflict' },
      { kind: 'rejected', code: 'target_rejected', faults: [{ path: 'Reason__c' }] },
      { kind: 'succeeded' },
    ]);
  });

  test('results that do not match the records in number are nobody’s success', async () => {
    const { target } = await setUp(() => ({ body: [ok] }));
    const outcomes = await target.deliver([publish(1), publish(2)], signal);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
  });

  test('a whole call’s error is every delivery’s', async () => {
    const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
    const { target } = await setUp(() => ({ status: 403, body }));
    const outcomes = await target.deliver([publish(1), publish(2)], signal);
    expect(outcomes).toMatchObject([
      { kind: 'retry', code: 'target_busy', afterMs: 900_000 },
      { kind: 'retry' },
    ]);
  });

  test('an answer that got lost is unknown, and verify finds the effect', async () => {
    const row = (n: number, more: JsonObject = {}) => ({
      Trunkline_Id__c: publish(n).key,
      Opportunity__c: publish(n).key.slice(3),
      Status__c: 'Shipped',
      Reason__c: null,
      Order_Number__c: null,
      Tracking_Numbers__c: '1Z1, 1Z2',
      Units_Ordered__c: 10.5,
      Units_Shipped__c: 10.5,
      Units_Backordered__c: 0,
      Units_Cancelled__c: 0,
      Updated_At__c: '2026-03-01T10:00:00.000+0000',
      ...more,
    });
    const rows = [
      row(1),
      row(2, { Status__c: 'Released', Updated_At__c: '2026-03-01T09:00:00.000+0000' }),
      row(3, { Status__c: 'Cancelled', Updated_At__c: '2026-03-01T11:00:00.000+0000' }),
      // Of the same second and status, and an earlier shipment's.
      row(4, { Units_Shipped__c: 4, Tracking_Numbers__c: '1Z1' }),
    ];
    const { target } = await setUp(({ method }) =>
      method === 'PATCH' ? { destroy: true } : { body: { totalSize: 4, done: true, records: rows } },
    );
    const deliveries = [1, 2, 3, 4, 5].map((n) => publish(n));
    const outcomes = await target.deliver(deliveries, signal);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['unknown']));
    const verdicts = await target.verify?.(deliveries, signal);
    expect(verdicts?.map(({ kind }) => kind)).toEqual(['present', 'absent', 'present', 'absent', 'absent']);
  });

  test('a time-out after the request was sent is unknown', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { target } = await setUp(async () => {
      await promise;
      return { body: [ok] };
    }, 300);
    expect(await target.deliver([publish(1)], signal)).toMatchObject([{ kind: 'unknown' }]);
    resolve();
  });

  test('nobody listening is a retry; verify is undecided', async () => {
    const target = targetAt(await closedPort());
    expect(await target.deliver([publish(1)], signal)).toMatchObject([
      { kind: 'retry', code: 'target_unavailable' },
    ]);
    expect(await target.verify?.([publish(1)], signal)).toMatchObject([{ kind: 'undecided' }]);
  });

  test('verify is undecided on an error inside a 200', async () => {
    const { target } = await setUp(() => ({ body: [{ errorCode: 'QUERY_TIMEOUT', message: 'long' }] }));
    expect(await target.verify?.([publish(1)], signal)).toMatchObject([{ kind: 'undecided' }]);
  });

  test('verify that is refused what every call is refused says so', async () => {
    const limit = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
    const session = [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }];
    for (const [answer, code] of [
      [{ status: 403, body: limit }, 'target_busy'],
      [{ status: 401, body: session }, 'credentials_refused'],
    ] as const) {
      const { target } = await setUp(() => answer);
      expect(await target.verify?.([publish(1)], signal)).toMatchObject([
        { kind: 'undecided', refusal: { name: 'SystemRefusal', code } },
      ]);
    }
  });

  test('other commands and broken ones are refused without a call, the sound one goes', async () => {
    const { org, target } = await setUp(() => ({ body: [ok] }));
    const outcomes = await target.deliver(
      [{ ...publish(1), type: 'order.place' }, publish(2, { status: 'Lost' }), publish(3)],
      signal,
    );
    expect(outcomes).toMatchObject([
      { kind: 'rejected', code: 'target_misconfigured' },
      {
        kind: 'invalid',
        faults: expect.arrayContaining([expect.objectContaining({ path: '/status' })]),
      },
      { kind: 'succeeded' },
    ]);
    expect(recordsIn(org)).toHaveLength(1);
  });
});
