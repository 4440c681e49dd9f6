/**
 * The whole connector against the simulated warehouse, a process of its own that shares nothing with it. Real: HTTP both ways,
 * signatures, faults that the simulator makes. Doubled: the warehouse; the hub's gateway and journal by a server here that dedupes
 * on the source id. May observe: outcomes, canonical events, and what the simulator holds in the end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type CanonicalEvent, sum } from '@trunkline/canonical';
import type { Connector, Delivery, IncomingMessage, JsonObject, Outcome } from '@trunkline/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarehouseRestConnector } from '../src/index.ts';

const MAIN = resolve(import.meta.dirname, '../../../simulators/warehouse/src/main.ts');
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const RELEASES = 60;
const signal = new AbortController().signal;

let child: ChildProcess;
let url: string;
let gateway: Server;
let connector: Connector<CanonicalEvent>;
const stored = new Map<string, IncomingMessage>();
let duplicates = 0;
const refused: unknown[] = [];
/** Resolves when every event of every release has come. */
const ended = Promise.withResolvers<void>();

beforeAll(async () => {
  gateway = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      response.writeHead(take(request.headers as Record<string, string>, body));
      response.end();
    })();
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const webhookUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/webhooks/dallas`;
  const flags = [
    '--site',
    'DAL',
    '--token',
    'secret',
    '--webhook-url',
    webhookUrl,
    '--webhook-secret',
    SECRET,
  ];
  const floor = ['--pick-delay-ms', '1', '--short-rate', '0.2', '--split-rate', '0.3', '--lot-rate', '0.5'];
  child = spawn(process.execPath, [MAIN, ...flags, ...floor], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  url = (JSON.parse(String(line)) as { listening: string }).listening;
  const config = { url, site: 'DAL', token: 'secret', webhookSecret: SECRET, batch: 20 };
  connector = createWarehouseRestConnector(config, { system: 'dallas' });
}, 60_000);

afterAll(async () => {
  await connector.close();
  if (child.exitCode === null && child.kill()) await once(child, 'exit');
  gateway.closeAllConnections();
  gateway.close();
});

/** What the gateway and the journal do with a verdict. */
function take(headers: Record<string, string>, body: string): number {
  const verdict = connector.webhook?.receive({ headers, body }, Date.now());
  if (verdict?.kind !== 'accepted') {
    refused.push(verdict);
    return verdict?.kind === 'invalid' ? 422 : 401;
  }
  for (const message of verdict.messages) {
    if (stored.has(message.sourceId)) duplicates += 1;
    stored.set(message.sourceId, message);
  }
  if (endedReleases() === RELEASES) ended.resolve();
  return 204;
}

function events(): { key: string; event: CanonicalEvent }[] {
  return [...stored.values()].map((message) => {
    const result = connector.translate({ ...message, id: '1', acceptedAt: '2026-03-01T10:00:00Z' });
    const event = result.kind === 'events' ? result.events[0] : undefined;
    if (event === undefined) throw new Error(JSON.stringify(result));
    return { key: message.key, event };
  });
}

/** Releases whose last event is here and all those before it, which may come later. */
function endedReleases(): number {
  const byKey = Map.groupBy(events(), ({ key }) => key);
  return [...byKey.values()].filter((some) =>
    some.some(({ event }) => {
      const last = event.type === 'release.closed' || (event.type === 'shipment.shipped' && event.final);
      return last && event.sequence === some.length;
    }),
  ).length;
}

async function sim(method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(
    url + path,
    body === undefined ? { method } : { method, headers, body: JSON.stringify(body) },
  );
  const answered = await answer.text();
  return answered === '' ? {} : JSON.parse(answered);
}

function create(n: number, more: JsonObject = {}): Delivery {
  const release = {
    releaseNumber: `DAL/OUT/${String(n).padStart(5, '0')}`,
    revision: 1,
    site: 'DAL',
    orderId: `so_${n}`,
    orderNumber: `S${n}`,
    priority: 5,
    shipBy: '2026-03-05',
    shipTo: { name: 'Acme', lines: ['1 Road'], city: 'Cork', country: 'IE' },
    lines: [
      { line: '1', sku: `P-${n % 7}`, description: 'Chai', quantity: String(n + 1), unit: 'EA' },
      { line: '2', sku: `P-${n % 5}`, quantity: '2.5', unit: 'KGM' },
    ],
    ...more,
  };
  const base = { id: String(n), key: `so_${n}`, target: 'dallas', flow: 'order-release', attempt: 1 };
  return { ...base, type: 'release.create', payload: { release }, ambiguous: false };
}

async function deliver(deliveries: readonly Delivery[]): Promise<Outcome[]> {
  const { target } = connector;
  if (target === undefined) throw new Error('No target.');
  const outcomes: Outcome[] = [];
  for (let start = 0; start < deliveries.length; start += target.batch) {
    outcomes.push(...(await target.deliver(deliveries.slice(start, start + target.batch), signal)));
  }
  return outcomes;
}

test('check is content', async () => {
  expect((await connector.check(signal)).filter(({ ok }) => !ok)).toEqual([]);
});

test('releases go in once through lost answers, and every unit comes back shipped or short', async () => {
  await sim('POST', '/_sim/faults', [
    { dropAfterCommitRate: 1, only: '/v1/releases', count: 1 },
    { duplicateRate: 0.3, outOfOrderRate: 0.3 },
  ]);
  const deliveries = Array.from({ length: RELEASES }, (_, n) => create(n));
  const outcomes = await deliver(deliveries);
  const unknown = deliveries.filter((_, at) => outcomes[at]?.kind === 'unknown');
  expect(unknown).toHaveLength(20);
  const verdicts = await connector.target?.verify?.(unknown, signal);
  expect(new Set(verdicts?.map(({ kind }) => kind))).toEqual(new Set(['present']));
  const again = await deliver(unknown.map((delivery) => ({ ...delivery, ambiguous: true, attempt: 2 })));
  expect(again.every((outcome) => outcome.kind === 'succeeded' && outcome.adopted === true)).toBe(true);

  await ended.promise;
  expect(refused).toEqual([]);
  for (const delivery of deliveries) conserved(delivery);
  expect(await sim('GET', '/_sim/summary')).toMatchObject({
    releases: { total: RELEASES },
    conflictingPuts: 0,
  });
  expect(duplicates).toBeGreaterThan(0);
}, 60_000);

/** Per line: released = shipped + short; the release's sequence runs from 1 without a gap. */
function conserved(delivery: Delivery): void {
  const mine = events()
    .filter(({ key }) => key === delivery.key)
    .map(({ event }) => event);
  const sequences = mine.map((event) => ('sequence' in event ? event.sequence : 0)).sort((a, b) => a - b);
  expect(sequences).toEqual(sequences.map((_, at) => at + 1));
  const { lines } = (delivery.payload as { release: { lines: { line: string; quantity: string }[] } })
    .release;
  for (const { line, quantity } of lines) {
    const moved = mine.flatMap((event) => {
      if (event.type === 'shipment.shipped') return event.shipment.lines;
      return event.type === 'shortage.reported' ? event.lines : [];
    });
    expect(sum(moved.filter((one) => one.line === line).map((one) => one.quantity))).toBe(quantity);
  }
}

test('other content under a number, and an item that it will not take, are refused in its words', async () => {
  const outcomes = await deliver([
    create(1, { orderNumber: 'OTHER' }),
    create(900, { releaseNumber: '!bad' }),
  ]);
  expect(outcomes).toMatchObject([
    { kind: 'rejected', code: 'target_rejected', detail: expect.stringContaining('HTTP 409') },
    {
      kind: 'invalid',
      faults: [{ code: 'command_invalid', path: expect.stringContaining('/releaseNumber') }],
    },
  ]);
});

test('an adjustment comes in under its stock position', async () => {
  const before = stored.size;
  const { promise, resolve: arrived } = Promise.withResolvers<void>();
  gateway.on('request', (_request, response) =>
    response.on('finish', () => stored.size > before && arrived()),
  );
  const adjustment = { site: 'DAL', sku: 'P-1', unit: 'EA', delta: '-2', reason: 'damaged' };
  await sim('POST', '/_sim/adjustments', adjustment);
  await promise;
  expect(events().at(-1)).toMatchObject({
    key: 'st_DAL_P_2d_1',
    event: { type: 'inventory.adjusted', site: 'DAL', sku: 'P-1', delta: '-2', reason: 'damaged' },
  });
});
