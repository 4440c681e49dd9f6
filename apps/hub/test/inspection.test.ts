/**
 * Inspections from the systems to the exceptions. Real: PostgreSQL, the simulated Odoo and its wire, the command line as a process in
 * one test. Doubled: a connector whose findings a test sets. Observed: rows of exceptions, what the command prints.
 */
import { createHash } from 'node:crypto';
import type { CanonicalEvent } from '@trunkline/canonical';
import { createOdooConnector } from '@trunkline/connector-odoo';
import { ExceptionDesk, migrate, notePollProgress, openDatabase, TargetDesk } from '@trunkline/journal';
import { type Connector, type Finding, SystemRefusal } from '@trunkline/messaging';
import { start } from '@trunkline/simulator-odoo';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { atOnce, type Errands } from '../src/composition/errand.ts';
import { keyInForce, keyStoreOf } from '../src/composition/key-store.ts';
import { keyRenewalJob } from '../src/inspection/key-renewal-job.ts';
import { inspectAndReport } from '../src/inspection/inspection-job.ts';
import { ordersAtRisk } from '../src/inspection/orders-at-risk.ts';
import { exceptionsOf } from '../src/inspection/report-findings.ts';
import { streamWatchJob } from '../src/inspection/stream-watch-job.ts';
import { configurationFile, RIGHT } from './support/configuration-file.ts';
import { trunkline } from './support/trunkline.ts';

vi.setConfig({ testTimeout: 60_000 });

const PARTITIONS = 4;
let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, PARTITIONS);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const lostField: Finding = {
  code: 'target_field_missing',
  path: 'sale.order.client_order_ref',
  message: 'Odoo has no field client_order_ref on sale.order.',
  remedy: 'Put back the field.',
  flows: ['order-acceptance'],
};

function connector(
  inspect: Connector<CanonicalEvent>['inspect'],
): ReadonlyMap<string, Connector<CanonicalEvent>> {
  const stub: Connector<CanonicalEvent> = {
    system: 'erp',
    translate: () => ({ kind: 'ignored', reason: 'a double' }),
    check: () => Promise.resolve([]),
    close: () => Promise.resolve(),
    ...(inspect === undefined ? {} : { inspect }),
  };
  return new Map([['erp', stub]]);
}

describe('orders at risk', () => {
  const stages = new Map([
    ['validating', 3],
    ['confirmed', 4],
    ['released', 5],
    ['shipped', 900],
  ]);

  it('are those that still have the step before them', () => {
    expect(ordersAtRisk(['order-acceptance'], stages)).toBe(3);
    expect(ordersAtRisk(['order-release', 'order-acceptance'], stages)).toBe(7);
    expect(ordersAtRisk(['fulfilment-events'], stages)).toBe(12);
    expect(ordersAtRisk(['inventory-adjustments'], stages)).toBe(0);
  });

  it('are told in the exception, of several findings of one kind the most', () => {
    const findings = [
      { ...lostField, orders: 3 },
      { ...lostField, path: 'sale.order.commitment_date', message: 'Another.', orders: 7 },
    ];
    expect(exceptionsOf({ system: 'erp', asked: 60, findings })).toMatchObject([
      {
        code: 'target_field_missing',
        summary: `${lostField.message} And 1 more of this kind. It would hold 7 open orders (order-acceptance).`,
        faults: [{ path: 'sale.order.client_order_ref' }, { path: 'sale.order.commitment_date' }],
      },
    ]);
  });
});

describe('an inspection in the hub', () => {
  it('opens an exception, renews it, and ends it when the matter is mended', async () => {
    const desk = new ExceptionDesk(pool, PARTITIONS);
    const unasked: string[] = [];
    const look = (answer: () => readonly Finding[]) =>
      inspectAndReport(
        {
          pool,
          partitions: PARTITIONS,
          connectors: connector(() => Promise.resolve({ asked: 60, findings: answer() })),
          errands: atOnce,
          log: { warn: (about: unknown) => unasked.push((about as { error: string }).error) },
        },
        new AbortController().signal,
      );
    await look(() => [lostField]);
    await look(() => [lostField]);
    const open = await desk.list({ status: 'open' }, 10, 0);
    expect(open.items).toMatchObject([
      { key: 'sy_erp', code: 'target_field_missing', target: 'erp', owner: 'integration' },
    ]);
    // Who cannot be asked has not mended anything.
    await look(() => {
      throw new Error('502');
    });
    expect(unasked).toEqual(['502']);
    expect((await desk.list({ status: 'open' }, 10, 0)).total).toBe(1);
    await look(() => []);
    expect((await desk.list({ status: 'open' }, 10, 0)).total).toBe(0);
    expect((await desk.list({ status: 'resolved' }, 10, 0)).items).toMatchObject([
      { code: 'target_field_missing' },
    ]);
    await look(() => [lostField]);
    expect((await desk.list({ status: 'open' }, 10, 0)).total).toBe(1);
    await look(() => []);
  });
});

describe('the watch over streams', () => {
  it('opens one exception on a system that is not read for minutes, and ends it when it is', async () => {
    const desk = new ExceptionDesk(pool, PARTITIONS);
    const [plain] = connector(undefined).values();
    if (plain === undefined) throw new Error('There is no double.');
    const pollers = ['won-opportunities', 'accounts'].map((stream) => ({
      stream,
      intervalMs: 1000,
      poll: () => Promise.reject(new Error('The watch polls nothing.')),
    }));
    const connectors = new Map([['crm', { ...plain, system: 'crm', pollers }]]);
    const { signal } = new AbortController();
    const watch = () =>
      streamWatchJob({ pool, partitions: PARTITIONS, connectors }).run({
        dueAt: new Date().toISOString(),
        signal,
      });
    const note = (stream: string, caughtUpAgoMs: number, failingForMs?: number) =>
      notePollProgress(pool, {
        source: 'crm',
        stream,
        caughtUpAgoMs,
        ...(failingForMs === undefined
          ? {}
          : { failing: { sinceAgoMs: failingForMs, reason: 'INVALID_FIELD: No such column' } }),
      });
    const open = async () => (await desk.list({ status: 'open' }, 10, 0)).items;

    await note('won-opportunities', 200_000, 200_000);
    await note('accounts', 1000);
    await note('once configured', 9_000_000, 9_000_000);
    await watch();
    expect(await open()).toEqual([]);

    await note('won-opportunities', 400_000, 360_000);
    await pool.query("insert into target_control (target) values ('crm')");
    const desks = new TargetDesk(pool);
    await desks.pause('crm', 'ada', 'upgrade');
    await watch();
    expect(await open(), 'of one that a person paused').toEqual([]);
    await desks.resume('crm', 'ada');
    await watch();
    await watch();
    expect(await open()).toMatchObject([
      {
        key: 'sy_crm',
        code: 'source_unreadable',
        target: 'crm',
        owner: 'integration',
        summary:
          'won-opportunities of crm: No poll has been answered for 6 minutes: INVALID_FIELD: No such column',
      },
    ]);

    await note('won-opportunities', 1_200_000);
    await note('accounts', 1_800_000);
    await watch();
    expect(await open()).toMatchObject([
      { summary: expect.stringMatching(/^accounts of crm: It was last read to its end 30 minutes ago/) },
    ]);

    await note('won-opportunities', 500);
    await note('accounts', 500);
    await watch();
    expect(await open()).toEqual([]);
  });
});

describe('the renewal of keys', () => {
  it('keeps a key for every node, and opens an exception until it can be renewed', async () => {
    const store = keyStoreOf(pool, 'erp');
    expect(await store.read()).toBeUndefined();
    const kept = { key: 'made-1', name: 'Trunkline erp', bootstrap: 'digest', revoke: 'configured' };
    await store.write(kept);
    await store.write({ ...kept, revoke: null });
    expect(await keyStoreOf(pool, 'erp').read()).toEqual({ ...kept, revoke: null });

    // What commands call with while the hub runs, or with another one that a person configured since.
    const bootstrap = createHash('sha256').update('configured').digest('hex');
    await store.write({ ...kept, bootstrap, revoke: null });
    expect(await keyInForce(pool, 'erp', 'configured')).toBe('made-1');
    expect(await keyInForce(pool, 'erp', 'newer by hand')).toBe('newer by hand');
    expect(await keyInForce(undefined, 'erp', 'configured')).toBe('configured');

    let findings: readonly Finding[] = [
      { ...lostField, code: 'target_key_expiring', path: 'res.users.apikeys' },
    ];
    const [plain] = connector(undefined).values();
    if (plain === undefined) throw new Error('There is no double.');
    const job = keyRenewalJob({
      pool,
      partitions: PARTITIONS,
      connectors: new Map([['erp', { ...plain, renewCredentials: () => Promise.resolve(findings) }]]),
      errands: atOnce,
      log: { warn: () => undefined },
    });
    const run = () => job.run({ dueAt: '2026-11-24T00:17:00Z', signal: new AbortController().signal });
    const desk = new ExceptionDesk(pool, PARTITIONS);
    await run();
    expect((await desk.list({ status: 'open' }, 10, 0)).items).toMatchObject([
      { code: 'target_key_expiring' },
    ]);
    findings = [];
    await run();
    expect((await desk.list({ status: 'open' }, 10, 0)).total).toBe(0);
  });
});

describe('D14: an inspection and the renewal of a key', () => {
  const refusedLogin: Finding = {
    ...lostField,
    code: 'credentials_refused',
    message: 'Odoo refuses the key.',
  };
  const busy = new SystemRefusal('target_busy', 'HTTP 429', 7000);

  /** What each of the two says of the system when it has a turn, and whether it called when it has none. */
  async function heard(answer: () => Promise<readonly Finding[]>, held?: string) {
    const said: unknown[] = [];
    const calls: string[] = [];
    const errands: Errands = async (system) =>
      held === undefined ? { ended: (one) => said.push([system, one]) } : { held };
    const ask = (call: string) => () => {
      calls.push(call);
      return answer();
    };
    const [plain] = connector(async () => ({ asked: 1, findings: await ask('inspect')() })).values();
    if (plain === undefined) throw new Error('There is no double.');
    const warned: unknown[] = [];
    const options = {
      pool,
      partitions: PARTITIONS,
      connectors: new Map([['erp', { ...plain, renewCredentials: ask('renew') }]]),
      errands,
      log: { warn: (about: unknown) => warned.push((about as { error: string }).error) },
    };
    const { signal } = new AbortController();
    await inspectAndReport(options, signal);
    await keyRenewalJob(options).run({ dueAt: '2026-11-24T00:17:00Z', signal });
    return { said, calls, warned };
  }

  it('are left for their next time while the system is held', async () => {
    const { said, calls, warned } = await heard(() => Promise.resolve([]), 'a person paused it');
    expect({ said, calls }).toEqual({ said: [], calls: [] });
    const why = 'It is left for its next time: a person paused it.';
    expect(warned).toEqual([why, why]);
  });

  it('say what they are answered that every call would be', async () => {
    expect((await heard(() => Promise.resolve([]))).said).toEqual([
      ['erp', 'well'],
      // Nothing to renew may have been told without asking anything.
      ['erp', undefined],
    ]);
    expect((await heard(() => Promise.reject(busy))).said).toEqual([
      ['erp', busy],
      ['erp', busy],
    ]);
    expect((await heard(() => Promise.reject(new Error('502')))).said).toEqual([
      ['erp', undefined],
      ['erp', undefined],
    ]);
    const [inspected] = (await heard(() => Promise.resolve([refusedLogin]))).said;
    expect(inspected).toMatchObject([
      'erp',
      { name: 'SystemRefusal', code: 'credentials_refused', message: 'Odoo refuses the key.' },
    ]);
  });

  it('do not take a login for good that they did not try: keys have no end before Odoo 18', async () => {
    const odoo = await start({ series: '17.0' });
    onTestFinished(() => odoo.close());
    const connection = { url: odoo.url, database: 'demo', login: 'hub', apiKey: 'revoked' };
    const erp = createOdooConnector(connection, { system: 'erp', keyStore: keyStoreOf(pool, 'erp') });
    onTestFinished(() => erp.close());
    const said: unknown[] = [];
    const job = keyRenewalJob({
      pool,
      partitions: PARTITIONS,
      connectors: new Map([['erp', erp]]),
      errands: () => Promise.resolve({ ended: (heard) => said.push(heard) }),
      log: { warn: () => undefined },
    });
    await job.run({ dueAt: '2026-11-24T00:17:00Z', signal: new AbortController().signal });
    expect(said.map((one) => (one instanceof SystemRefusal ? one.code : one))).toEqual([undefined]);
  });
});

describe('check --live', () => {
  const file = (url: string, key: string) =>
    configurationFile(
      RIGHT.replace('https://acme.odoo.com', url)
        .replace('database: acme', 'database: demo')
        .replace('hunter3', key)
        .replaceAll(/https:\/\/[\w.-]+/g, 'http://127.0.0.1:1'),
    );

  it.each(['19.0', '18.0'] as const)(
    'of a whole Odoo %s says so, and of the other systems whether they answer',
    async (series) => {
      const odoo = await start({ series });
      onTestFinished(() => odoo.close());
      const configuration = file(odoo.url, 'demo-odoo-api-key\n    login: hub');
      const { code, stdout } = await trunkline(['check', '--live', '-c', configuration], {
        DATABASE_URL: database.url,
      });
      const over = series === '19.0' ? 'JSON-2' : '/jsonrpc';
      expect(stdout).toMatch(
        /^ok {4}erp: Odoo [\d.]+ over \S+; \d\d things asked, all as the flows need them\.\n/,
      );
      expect(stdout).toMatch(/^fail {2}crm: /m);
      expect(stdout).toContain(`Odoo ${series} over ${over};`);
      expect(code).toBe(1);
    },
  );

  it('tells a wrong key and a closed port in a sentence with the remedy', async () => {
    const odoo = await start({ series: '19.0' });
    onTestFinished(() => odoo.close());
    const wrong = await trunkline(['check', '--live', '--json', '-c', file(odoo.url, 'nobody')], {
      DATABASE_URL: database.url,
    });
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      ok: false,
      ordersCounted: true,
      systems: expect.arrayContaining([
        expect.objectContaining({
          system: 'erp',
          findings: [expect.objectContaining({ code: 'credentials_refused', orders: 0 })],
        }),
        expect.objectContaining({
          system: 'crm',
          checks: expect.arrayContaining([expect.objectContaining({ ok: false })]),
        }),
      ]),
    });
    const closed = await trunkline(['check', '--live', '-c', file('http://127.0.0.1:1', 'k')]);
    expect(closed).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("it could not be asked: http://127.0.0.1:1 can't be reached") as string,
    });
  });
});
