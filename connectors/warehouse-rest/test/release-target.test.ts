/**
 * The target against a scripted warehouse on a real socket. Real: HTTP, sockets that die, the connector. Doubled: the warehouse,
 * with answers in the words of docs/spec/warehouse-rest.openapi.json. May observe: outcomes and the requests that arrived.
 */
import type { Delivery, JsonObject, Target } from '@trunkline/messaging';
import { afterEach, describe, expect, test } from 'vitest';
import { createWarehouseRestConnector } from '../src/index.ts';
import { closedPort, type Exchange, type Script, startScriptedWarehouse } from './scripted-warehouse.ts';

const signal = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function setUp(script: Script, timeoutMs = 5000) {
  const warehouse = await startScriptedWarehouse(script);
  open.push(warehouse);
  return { warehouse, target: targetAt(warehouse.url, timeoutMs) };
}

function targetAt(url: string, timeoutMs = 5000): Target {
  const webhookSecret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  const connector = createWarehouseRestConnector(
    { url, site: 'DAL', token: 'secret', webhookSecret, timeoutMs },
    { system: 'dallas' },
  );
  open.push(connector);
  if (connector.target === undefined) throw new Error('No target.');
  return connector.target;
}

const numberOf = (n: number) => `DAL/OUT/0000${n}`;

function create(n: number, more: JsonObject = {}): Delivery {
  const release = {
    releaseNumber: numberOf(n),
    revision: 1,
    site: 'DAL',
    orderId: `so_${n}`,
    orderNumber: `S0000${n}`,
    customerPo: '4711',
    priority: 5,
    shipBy: '2026-03-05',
    shipMethod: 'UPS Ground',
    shipTo: { name: 'Acme', lines: ['1 Road'], city: 'Cork', region: '', country: 'IE', phone: '555' },
    lines: [{ line: '1', sku: 'P-1', description: 'd'.repeat(400), quantity: '2.5', unit: 'EA' }],
    ...more,
  };
  const base = { id: String(n), key: `so_${n}`, target: 'dallas', flow: 'order-release', attempt: 1 };
  return { ...base, type: 'release.create', payload: { release }, ambiguous: false };
}

const result = (n: number, status: number, problem?: JsonObject) => ({
  releaseNumber: numberOf(n),
  status,
  ...(problem === undefined ? {} : { problem }),
});
const refused = {
  type: 'about:blank',
  title: 'Refused',
  status: 422,
  detail: 'unknown item',
  errors: [{ path: '/lines/0/sku', detail: 'P-1 is not stocked here' }],
};
const singles = ({ path }: Exchange) => path !== '/v1/releases';

describe('release.create', () => {
  test('goes as the contract writes it, with the order as reference', async () => {
    const { warehouse, target } = await setUp(() => ({ body: { results: [result(1, 201)] } }));
    expect(await target.deliver([create(1)], signal)).toEqual([
      {
        kind: 'succeeded',
        reply: { releaseNumber: numberOf(1) },
        identifiers: [{ kind: 'release', value: numberOf(1), system: 'dallas' }],
      },
    ]);
    const [call] = warehouse.exchanges;
    expect(call).toMatchObject({
      method: 'POST',
      path: '/v1/releases',
      headers: { authorization: 'Bearer secret' },
    });
    expect(call?.body).toEqual({
      releases: [
        {
          releaseNumber: numberOf(1),
          revision: 1,
          site: 'DAL',
          orderNumber: 'S00001',
          reference: 'so_1',
          customerPurchaseOrder: '4711',
          carrierService: 'UPS Ground',
          priority: 5,
          shipBy: '2026-03-05T23:59:59Z',
          shipTo: { name: 'Acme', lines: ['1 Road'], city: 'Cork', country: 'IE' },
          lines: [{ line: '1', sku: 'P-1', description: 'd'.repeat(250), quantity: '2.5', unit: 'EA' }],
        },
      ],
    });
  });

  test('each release’s own result decides, in order, although the call is a 200', async () => {
    const conflict = { type: 'about:blank', title: 'Other content', status: 409 };
    const { target } = await setUp(() => ({
      body: { results: [result(1, 201), result(2, 409, conflict), result(3, 422, refused), result(4, 200)] },
    }));
    const outcomes = await target.deliver(
      [1, 2, 3, 4].map((n) => create(n)),
      signal,
    );
    expect(outcomes).toMatchObject([
      { kind: 'succeeded' },
      { kind: 'rejected', code: 'target_rejected', detail: 'HTTP 409 Other content' },
      {
        kind: 'invalid',
        detail: 'HTTP 422 Refused: unknown item',
        faults: [{ code: 'command_invalid', path: '/lines/0/sku', message: 'P-1 is not stocked here' }],
      },
      { kind: 'succeeded', adopted: true },
    ]);
    expect(outcomes[0]).not.toHaveProperty('adopted');
  });

  test.each([
    ['too few results', { results: [result(1, 201)] }],
    ['results of others', { results: [result(2, 201), result(1, 201)] }],
    ['no results', { ok: true }],
    ['no status', { results: [{ releaseNumber: numberOf(1) }, { releaseNumber: numberOf(2) }] }],
  ])('a 200 with %s is nobody’s success', async (_case, body) => {
    const { target } = await setUp(() => ({ body }));
    const outcomes = await target.deliver([create(1), create(2)], signal);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
  });

  test.each([
    [429, { 'retry-after': '2' }, { kind: 'retry', code: 'target_busy', afterMs: 2000 }],
    [503, { 'retry-after': '9' }, { kind: 'retry', code: 'target_unavailable', afterMs: 9000 }],
    [500, {}, { kind: 'retry', code: 'target_unavailable' }],
    [401, {}, { kind: 'retry', code: 'credentials_refused' }],
    [403, {}, { kind: 'rejected', code: 'target_unauthorised' }],
    [302, {}, { kind: 'rejected', code: 'target_misconfigured' }],
  ])('HTTP %i for the whole call is every delivery’s', async (status, headers, outcome) => {
    const { target } = await setUp(() => ({ status, headers }));
    expect(await target.deliver([create(1), create(2)], signal)).toMatchObject([outcome, outcome]);
  });

  test.each([404, 405])(
    'where the batch call answers %i, releases are put one by one, from then on',
    async (status) => {
      const { warehouse, target } = await setUp((exchange) =>
        singles(exchange) ? { status: 201, body: {} } : { status },
      );
      const deliveries = [1, 2, 3, 4, 5, 6].map((n) => create(n));
      const outcomes = await target.deliver(deliveries, signal);
      expect(outcomes.map((outcome) => outcome.kind === 'succeeded' && outcome.reply)).toEqual(
        [1, 2, 3, 4, 5, 6].map((n) => ({ releaseNumber: numberOf(n) })),
      );
      await target.deliver([create(7)], signal);
      const paths = warehouse.exchanges.map(({ method, path }) => `${method} ${path}`);
      expect(paths.filter((path) => path === 'POST /v1/releases')).toHaveLength(1);
      expect(paths.at(-1)).toBe('PUT /v1/releases/DAL%2FOUT%2F00007');
    },
  );

  test('one release that spoils the whole call does not park the others', async () => {
    const { target } = await setUp((exchange) => {
      if (!singles(exchange)) return { status: 413 };
      return exchange.path.endsWith('2') ? { status: 422, body: refused } : { status: 201, body: {} };
    });
    const outcomes = await target.deliver(
      [1, 2, 3].map((n) => create(n)),
      signal,
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['succeeded', 'invalid', 'succeeded']);
  });

  test('an answer that got lost is unknown; verify finds the effect; sending again adopts it', async () => {
    const taken = new Map<string, string>();
    let losing = true;
    const { target } = await setUp(({ method, path, body }) => {
      if (method === 'GET') {
        const releaseNumber = decodeURIComponent(path.replace('/v1/releases/', ''));
        const reference = taken.get(releaseNumber);
        return reference === undefined
          ? { status: 404 }
          : { body: { releaseNumber, reference, state: 'accepted' } };
      }
      const { releases } = body as { releases: { releaseNumber: string; reference: string }[] };
      const results = releases.map(({ releaseNumber, reference }) => {
        const status = taken.has(releaseNumber) ? 200 : 201;
        taken.set(releaseNumber, reference);
        return { releaseNumber, status };
      });
      return losing ? { destroy: true } : { body: { results } };
    });
    expect(await target.deliver([create(1)], signal)).toMatchObject([
      { kind: 'unknown', code: 'outcome_unknown' },
    ]);
    taken.set(numberOf(3), 'so_of_somebody_else');
    const verdicts = await target.verify?.([create(1), create(2), create(3)], signal);
    expect(verdicts).toMatchObject([
      { kind: 'present', reply: { releaseNumber: numberOf(1) }, identifiers: [{ kind: 'release' }] },
      { kind: 'absent' },
      { kind: 'absent' },
    ]);
    losing = false;
    const again = await target.deliver([{ ...create(1), ambiguous: true, attempt: 2 }], signal);
    expect(again).toMatchObject([
      { kind: 'succeeded', adopted: true, reply: { releaseNumber: numberOf(1) } },
    ]);
  });

  test('a time-out after the request was sent is unknown', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { target } = await setUp(async () => {
      await promise;
      return {};
    }, 300);
    expect(await target.deliver([create(1)], signal)).toMatchObject([{ kind: 'unknown' }]);
    resolve();
  });

  test('nobody listening is a retry; verify is undecided', async () => {
    const target = targetAt(await closedPort());
    expect(await target.deliver([create(1)], signal)).toMatchObject([
      { kind: 'retry', code: 'target_unavailable' },
    ]);
    expect(await target.verify?.([create(1)], signal)).toMatchObject([{ kind: 'undecided' }]);
  });

  test('verify is undecided when the warehouse cannot say', async () => {
    const { target } = await setUp(() => ({ status: 503 }));
    expect(await target.verify?.([create(1)], signal)).toMatchObject([{ kind: 'undecided' }]);
  });

  test('verify that is refused what every call is refused says so', async () => {
    for (const [answer, refusal] of [
      [{ status: 401 }, { code: 'credentials_refused' }],
      [
        { status: 429, headers: { 'retry-after': '7' } },
        { code: 'target_busy', afterMs: 7000 },
      ],
    ] as const) {
      const { target } = await setUp(() => answer);
      expect(await target.verify?.([create(1)], signal)).toMatchObject([{ kind: 'undecided', refusal }]);
    }
  });

  test('other commands and broken ones are refused without a call, the sound one goes', async () => {
    const { warehouse, target } = await setUp(() => ({ body: { results: [result(3, 201)] } }));
    const outcomes = await target.deliver(
      [{ ...create(1), type: 'order.place' }, create(2, { priority: 0 }), create(3)],
      signal,
    );
    expect(outcomes).toMatchObject([
      { kind: 'rejected', code: 'target_misconfigured' },
      { kind: 'invalid', faults: [{ path: '/release/priority' }] },
      { kind: 'succeeded' },
    ]);
    expect(warehouse.exchanges).toHaveLength(1);
  });
});
