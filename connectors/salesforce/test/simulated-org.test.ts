/**
 * The whole connector against the simulated org, a process of its own that shares nothing with it. Real: HTTP, OAuth, SOQL as the
 * simulator reads it, faults that it makes. Doubled: Salesforce. May observe: outcomes, and what the simulator holds in the end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CanonicalEvent, OrderDraft } from '@trunkline/canonical';
import type { Connector, Delivery, IncomingMessage, JsonValue, Outcome } from '@trunkline/messaging';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSalesforceConnector, type SalesforceConfig } from '../src/index.ts';

const MAIN = resolve(import.meta.dirname, '../../../simulators/salesforce/src/main.ts');
const ORDERS = 450;
const signal = new AbortController().signal;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

let folder: string;
let child: ChildProcess;
let url: string;
const connectors: Connector<CanonicalEvent>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trunkline-salesforce-'));
  const keyFile = join(folder, 'public.pem');
  await writeFile(keyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  const flags = ['--client-id', 'consumer', '--client-secret', 'secret', '--jwt-public-key', keyFile];
  child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  url = (JSON.parse(String(line)) as { listening: string }).listening;
  await seed(0, ORDERS);
}, 60_000);

afterAll(async () => {
  for (const connector of connectors) await connector.close();
  if (child.exitCode === null && child.kill()) await once(child, 'exit');
  await rm(folder, { recursive: true });
});

beforeEach(() => sim('DELETE', '/_sim/faults'));

async function sim(method: string, path: string, body?: unknown): Promise<Record<string, JsonValue>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(
    url + path,
    body === undefined ? { method } : { method, headers, body: JSON.stringify(body) },
  );
  return answer.status === 204 ? {} : ((await answer.json()) as Record<string, JsonValue>);
}

async function seed(from: number, to: number): Promise<void> {
  const report = await sim('POST', '/_sim/seed', {
    accounts: [
      {
        externalId: 'A',
        Name: 'Acme',
        ShippingStreet: '1 Road',
        ShippingCity: 'Cork',
        ShippingCountry: 'Ireland',
      },
    ],
    products: [{ ProductCode: 'P-1', unitPrice: 5 }],
    opportunities: Array.from({ length: to - from }, (_, n) => ({
      externalId: `D${from + n}`,
      accountExternalId: 'A',
      CurrencyIsoCode: 'EUR',
      Customer_PO__c: `PO-${from + n}`,
      lines: [
        { productCode: 'P-1', quantity: from + n + 1, unitPrice: 10.99, discount: 15 },
        { productCode: 'P-1', quantity: 0.5, unitPrice: 3 },
      ],
    })),
  });
  expect(report['refused']).toEqual([]);
}

const credentials = { flow: 'client_credentials', clientId: 'consumer', clientSecret: 'secret' } as const;

function connect(auth: SalesforceConfig['auth'] = credentials, more: Partial<SalesforceConfig> = {}) {
  const connector = createSalesforceConnector({ instance: url, auth, ...more }, { system: 'crm' });
  connectors.push(connector);
  return connector;
}

async function drain(connector: Connector<CanonicalEvent>): Promise<IncomingMessage[]> {
  const messages: IncomingMessage[] = [];
  let cursor: JsonValue | undefined;
  for (let more = true; more; ) {
    const polled = await connector.pollers?.[0]?.poll(cursor, signal);
    messages.push(...(polled?.messages ?? []));
    cursor = polled?.cursor;
    more = polled?.more ?? false;
  }
  return messages;
}

function draftsOf(connector: Connector<CanonicalEvent>, messages: readonly IncomingMessage[]): OrderDraft[] {
  return messages.map((message) => {
    const result = connector.translate({ ...message, id: '1', acceptedAt: '2026-03-01T10:00:00Z' });
    if (result.kind !== 'events' || result.events[0]?.type !== 'order.submitted')
      throw new Error(JSON.stringify(result));
    return result.events[0].order;
  });
}

function publish(draft: OrderDraft): Delivery {
  const payload = {
    orderId: draft.id,
    source: { ...draft.source },
    status: 'Shipped',
    trackingNumbers: ['1Z'],
    unitsOrdered: '10.5',
    unitsShipped: '10.5',
    unitsBackordered: '0',
    unitsCancelled: '0',
    updatedAt: '2026-03-01T10:00:00Z',
  };
  const base = {
    id: draft.id,
    key: draft.id,
    target: 'crm',
    flow: 'order-status',
    attempt: 1,
    ambiguous: false,
  };
  return { ...base, type: 'order-status.publish', payload };
}

/** In batches of the target's size, as the hub sends. */
async function deliver(
  connector: Connector<CanonicalEvent>,
  deliveries: readonly Delivery[],
): Promise<Outcome[]> {
  const { target } = connector;
  if (target === undefined) throw new Error('No target.');
  const outcomes: Outcome[] = [];
  for (let start = 0; start < deliveries.length; start += target.batch) {
    outcomes.push(...(await target.deliver(deliveries.slice(start, start + target.batch), signal)));
  }
  return outcomes;
}

const kinds = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(outcomes, ({ kind }) => kind)).map(([kind, some]) => [kind, some.length]),
  );

describe('the simulated org', () => {
  test('every won opportunity comes in once and is a whole order', async () => {
    const connector = connect(credentials, { pageSize: 100 });
    const drafts = draftsOf(connector, await drain(connector));
    expect(new Set(drafts.map(({ id }) => id)).size).toBe(ORDERS);
    expect(drafts).toHaveLength(ORDERS);
    const first = drafts.find(({ customerPo }) => customerPo === 'PO-0');
    expect(first).toMatchObject({
      currency: 'EUR',
      shipTo: { name: 'Acme', lines: ['1 Road'], city: 'Cork', country: 'IE' },
      lines: [
        { sku: 'P-1', quantity: '1', unitPrice: '9.3415' },
        { sku: 'P-1', quantity: '0.5', unitPrice: '3' },
      ],
    });
  });

  test('status goes back: locked rows come again, a lost answer is found, the org holds each order once', async () => {
    const connector = connect();
    const deliveries = draftsOf(connector, await drain(connector)).map(publish);
    await sim('POST', '/_sim/faults', [
      { lockRowRate: 0.1, only: '/composite/sobjects', seed: 7 },
      { dropAfterCommitRate: 1, only: '/composite/sobjects', count: 1 },
    ]);
    const outcomes = await deliver(connector, deliveries);
    expect(kinds(outcomes)).toMatchObject({
      unknown: 200,
      retry: expect.any(Number),
      succeeded: expect.any(Number),
    });
    const unknown = deliveries.filter((_, at) => outcomes[at]?.kind === 'unknown');
    await sim('DELETE', '/_sim/faults');
    const verdicts = (await connector.target?.verify?.(unknown, signal)) ?? [];
    const found = verdicts.filter(({ kind }) => kind === 'present').length;
    expect(found).toBeGreaterThan(100);
    expect(verdicts.every(({ kind }) => kind !== 'undecided')).toBe(true);
    const open = [
      ...deliveries.filter((_, at) => outcomes[at]?.kind === 'retry'),
      ...unknown.filter((_, at) => verdicts[at]?.kind === 'absent'),
    ];
    expect(kinds(await deliver(connector, open))).toEqual({ succeeded: open.length });
    expect((await sim('GET', '/_sim/orders?limit=1'))['total']).toBe(ORDERS);
    const again = await connector.target?.verify?.(deliveries.slice(0, 200), signal);
    expect(again?.every(({ kind }) => kind === 'present')).toBe(true);
  });

  test('an opportunity that is not there is this record’s refusal, in Salesforce’s words', async () => {
    const connector = connect();
    const [draft] = draftsOf(connector, await drain(connector));
    if (draft === undefined) throw new Error('No order.');
    const ghost = { ...draft, id: 'so_ghost', source: { system: 'crm', id: '006000000000001AAA' } };
    const outcomes = await deliver(connector, [publish(draft), publish(ghost)]);
    expect(outcomes).toMatchObject([{ kind: 'succeeded' }, { kind: 'rejected', code: 'target_rejected' }]);
  });

  test('tokens that expire are renewed by one mint however many calls meet it', async () => {
    const connector = connect();
    await drain(connector);
    await sim('POST', '/_sim/expire-tokens');
    const before = (await sim('GET', '/_sim/summary'))['tokensMinted'];
    await Promise.all([drain(connector), drain(connector), connector.check(signal)]);
    expect((await sim('GET', '/_sim/summary'))['tokensMinted']).toBe(Number(before) + 1);
  });

  test('JWT bearer is accepted, and check is content', async () => {
    const auth = {
      flow: 'jwt',
      clientId: 'consumer',
      username: 'hub@acme.example',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    } as const;
    const checks = await connect(auth).check(signal);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('an org that is down is a retry for the target and an error for the poller', async () => {
    const connector = connect();
    const [draft] = draftsOf(connector, await drain(connector));
    if (draft === undefined) throw new Error('No order.');
    await sim('POST', '/_sim/faults', { failRate: 1, only: '/services/data' });
    expect(await deliver(connector, [publish(draft)])).toMatchObject([{ kind: 'retry' }]);
    await expect(drain(connector)).rejects.toThrow(/HTTP 503|SERVER_UNAVAILABLE/);
  });
});
