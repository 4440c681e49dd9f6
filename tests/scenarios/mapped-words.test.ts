/**
 * Real: the hub as a process, PostgreSQL, HTTP between all of them, the command line as a process. Doubled: Salesforce, Odoo and two
 * warehouses, by the simulators as processes. Observed: what the command line tells of a product that Odoo does not know, and the
 * systems' own books after one mapping of each kind, one edit and one replay.
 */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Bulk, BulkDetail, Case, ExceptionCase, ReplayChoices } from '@trunkline/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/journal/test/support/database.ts';
import { erpOrders, opportunityIds, releasesOf, untilStatus } from '../landscape/books.ts';
import { FROM_DALLAS, order, product, seedMasters } from '../landscape/demand.ts';
import { lookAtHub } from '../landscape/hub-view.ts';
import { type RunningLandscape, startLandscape } from '../landscape/running-landscape.ts';
import { trunkline } from '../landscape/trunkline-command.ts';
import { until } from '../landscape/until.ts';

let database: TestDatabase;
let running: RunningLandscape;

const OLD = { ...product('CHAI'), sku: 'CHAI-1994' };
const OLDER = { ...product('CHAI'), sku: 'CHAI-1964' };

beforeAll(async () => {
  database = await createTestDatabase();
  running = await startLandscape({ seed: 77, databaseUrl: database.url });
  // The demo's last route takes every country; here Germany alone.
  const { folder } = running;
  const configuration = await readFile(folder.file('trunkline.yaml'), 'utf8');
  const lastRoute = '  - site: DAL\n';
  expect(configuration).toContain(lastRoute);
  await folder.write(
    'trunkline.yaml',
    configuration.replace(lastRoute, `${lastRoute}    when: { country: [DE] }\n`),
  );
  await Promise.all([seedMasters(running), running.landscape.startHub()]);
  // The CRM sells them under old names; Odoo has never heard of those.
  await running.systems.crm.seedMasters([], [OLD, OLDER]);
});
afterAll(async () => {
  await running?.stop();
  await database?.drop();
});

/** As `trunkline exceptions cases` lists them, without a process for each look. */
function activeCases(): Promise<{ readonly items: readonly Case[]; readonly total: number }> {
  return lookAtHub(running, ({ cases }) =>
    cases.cases({ status: 'active', sort: 'oldest', limit: 20, offset: 0 }),
  );
}

const POS = ['PO-M1', 'PO-M2', 'PO-M3'];

test('C4: one mapping lets go every order that waits for it, and new ones do not wait at all', async () => {
  await running.systems.crm.winDeals(POS.map((po) => order(po, { [OLD.sku]: 4, TOFU: 1 })));
  await until('the three are one case', async () => (await activeCases()).items[0]?.open === 3);
  const { items } = await trunkline<{ items: Case[] }>(running, 'exceptions', 'cases');
  expect(items[0]).toMatchObject({
    code: 'line_product_unknown',
    system: 'erp',
    units: '15',
    missing: [{ kind: 'product', system: 'erp', value: OLD.sku, waiting: 3 }],
    next: { act: 'map' },
  });
  await trunkline(running, 'exceptions', 'map', OLD.sku, 'CHAI', '--why', 'renamed');
  for (const po of POS) await untilStatus(running, po, 'Shipped');
  const ids = await opportunityIds(running, POS);
  for (const id of ids) {
    const [sale, ...more] = await erpOrders(running, id);
    expect(more).toEqual([]);
    expect(sale?.lines.map(({ sku }) => sku).sort()).toEqual(['CHAI', 'TOFU']);
  }
  await running.systems.crm.winDeals([order('PO-M4', { [OLD.sku]: 2 })]);
  await untilStatus(running, 'PO-M4', 'Shipped');
  expect(await activeCases()).toMatchObject({ total: 0 });
});

test('C4: a country and a ship method that nobody knows are asked for once, and all that waited goes on', async () => {
  const abroad = { ...FROM_DALLAS, id: 'ABROAD', address: { ...FROM_DALLAS.address, country: 'Westalia' } };
  await running.systems.crm.seedMasters([abroad], []);
  const pos = ['PO-W1', 'PO-W2'];
  const more = { customerId: abroad.id, shipMethod: 'Standard' };
  await running.systems.crm.winDeals(pos.map((po) => order(po, { TOFU: 2 }, more)));
  const asked = (missing: object) =>
    until(`two orders wait for ${JSON.stringify(missing)}`, async () => {
      const { items } = await activeCases();
      return items.length === 1 && items[0]?.open === 2 && isDeepStrictEqual(items[0].missing, [missing])
        ? items[0]
        : undefined;
    });
  const country = await asked({ kind: 'country', system: 'hub', value: 'Westalia', waiting: 2 });
  expect(country).toMatchObject({ code: 'mapping_missing', next: { act: 'map' } });
  expect(await trunkline(running, 'exceptions', 'mappings')).toMatchObject({
    waiting: [{ kind: 'country', value: 'Westalia', waiting: 2 }],
  });
  await expect(
    trunkline(running, 'exceptions', 'map', 'Westalia', 'Germany', '--kind', 'country'),
  ).rejects.toThrow('ISO 3166-1');
  await trunkline(running, 'exceptions', 'map', 'Westalia', 'DE', '--kind', 'country');
  const method = await asked({ kind: 'ship_method', system: 'dallas', value: 'Standard', waiting: 2 });
  expect(method).toMatchObject({ code: 'mapping_missing', system: 'dallas' });
  const way = ['--kind', 'ship_method', '--system', 'dallas'];
  await trunkline(running, 'exceptions', 'map', 'Standard', 'UPS Ground', ...way);
  for (const po of pos) await untilStatus(running, po, 'Shipped');
  const [id] = await opportunityIds(running, pos);
  expect(await releasesOf(running, id ?? '')).toMatchObject([{ carrierService: 'UPS Ground' }]);
  expect(await activeCases()).toMatchObject({ total: 0 });
});

test('C4: an order that no route takes is asked about before the ERP has it, and goes on once its site is said', async () => {
  const remote = { ...FROM_DALLAS, id: 'REMOTE', address: { ...FROM_DALLAS.address, country: 'Iceland' } };
  await running.systems.crm.seedMasters([remote], []);
  await running.systems.crm.winDeals([order('PO-R1', { TOFU: 2 }, { customerId: remote.id })]);
  const [found] = await until('it is a case', async () => {
    const { items } = await activeCases();
    return items.length === 1 ? items : undefined;
  });
  expect(found).toMatchObject({
    code: 'no_route',
    open: 1,
    missing: [{ kind: 'site', system: 'hub', value: 'IS', waiting: 1 }],
    next: { act: 'map', what: 'Say which site fulfils IS; the order goes on by itself.' },
  });
  await expect(trunkline(running, 'exceptions', 'map', 'IS', 'NUUK', '--kind', 'site')).rejects.toThrow(
    'There is no site NUUK',
  );
  await trunkline(running, 'exceptions', 'map', 'IS', 'DAL', '--kind', 'site');
  await untilStatus(running, 'PO-R1', 'Shipped');
  const [id] = await opportunityIds(running, ['PO-R1']);
  expect((await releasesOf(running, id ?? '')).map(({ site }) => site)).toEqual(['DAL']);
  expect(await activeCases()).toMatchObject({ total: 0 });
});

test('C3: a command that is edited goes on, and one that would be another order is refused with the path', async () => {
  await running.systems.crm.winDeals([order('PO-E1', { [OLDER.sku]: 4 })]);
  const [one] = await until('it is open', async () => {
    const { items } = await trunkline<{ items: ExceptionCase[] }>(running, 'exceptions');
    return items.length === 1 ? items : undefined;
  });
  const command = await trunkline<{ order: { lines: { sku: string }[] } }>(
    running,
    'exceptions',
    'edit',
    one?.id ?? '',
  );
  const lines = command.order.lines.map((line) => ({ ...line, sku: 'CHAI' }));
  const edit = (change: object) =>
    trunkline(
      running,
      'exceptions',
      'edit',
      one?.id ?? '',
      '--why',
      'agreed',
      '--patch',
      JSON.stringify({ order: change }),
    );
  await expect(edit({ lines: lines.map((line) => ({ ...line, quantity: '3' })) })).rejects.toThrow(
    '/order/lines/0/quantity',
  );
  await expect(edit({ lines: [] })).rejects.toThrow('/order/lines');
  await edit({ lines });
  await untilStatus(running, 'PO-E1', 'Shipped');
});

test('C3: one edit of a whole case: previewed with what it changes, refused where it would be another order', async () => {
  const pos = ['PO-E2', 'PO-E3'];
  await running.systems.crm.winDeals(pos.map((po) => order(po, { [OLDER.sku]: 4 })));
  const [found] = await until('the two are one case', async () => {
    const { items } = await activeCases();
    return items[0]?.open === 2 ? items : undefined;
  });
  const bulk = (...words: string[]) => trunkline<BulkDetail>(running, 'exceptions', 'bulk', ...words);
  const edit = (...change: string[]) => bulk('edit', '--case', found?.id ?? '', '--why', 'agreed', ...change);
  await expect(edit('--path', '/order/lines/*/quantity', '--value', '3')).rejects.toThrow(
    '/order/lines/0/quantity  must stay "4"',
  );
  const preview = await edit('--path', '/order/lines/*/sku', '--was', OLDER.sku, '--value', 'CHAI');
  const change = { path: '/order/lines/0/sku', before: OLDER.sku, after: 'CHAI' };
  expect(preview).toMatchObject({ act: 'edit', total: 2, refused: 0, pending: 2 });
  expect(preview.edits?.map(({ differences }) => differences)).toEqual([[change], [change]]);
  expect(await bulk('try', preview.id, '--wait')).toMatchObject({ state: 'finished', mended: 2 });
  for (const po of pos) await untilStatus(running, po, 'Shipped');
});

test('R1: replaying the orders changes nothing in any system: all of it is known', async () => {
  const before = await running.systems.erp.orders();
  const { id, total } = await trunkline<Bulk>(
    running,
    'replay',
    'preview',
    '--from',
    '2020-01-01',
    '--source',
    'crm',
  );
  expect(total).toBeGreaterThanOrEqual(5);
  expect(await trunkline(running, 'replay', 'try', id, '--wait')).toMatchObject({ failed: 0 });
  if (total > 5) await trunkline(running, 'replay', 'start', id, '--wait');
  expect(await trunkline(running, 'replay', 'show', id)).toMatchObject({
    state: 'finished',
    mended: total,
    failed: 0,
  });
  expect(await running.systems.erp.orders()).toEqual(before);
  expect(await activeCases()).toMatchObject({ total: 0 });
});

test('what a replay can be narrowed by has every type that the systems sent and every flow that acted', async () => {
  const { token } = await trunkline<{ token: string }>(running, 'login', '--renew');
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const response = await fetch(`${running.hub}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    expect(response.ok, `${path}: ${response.status}`).toBe(true);
    return (await response.json()) as T;
  };
  const { flows, types } = await ask<ReplayChoices>('/replay-choices');
  const { sent, acted } = await lookAtHub(running, async ({ pool }) => {
    const systems = ['crm', 'erp', 'dallas', 'reno'];
    const [messages, deliveries] = await Promise.all([
      pool.query<{ system: string; type: string }>(
        "select distinct source as system, type from message where source = any ($1) and type not like 'reply:%'",
        [systems],
      ),
      pool.query<{ flow: string }>('select distinct flow from delivery_done'),
    ]);
    return { sent: messages.rows, acted: deliveries.rows.map(({ flow }) => flow) };
  });
  expect(sent.map(({ system }) => system)).toEqual(expect.arrayContaining(['crm', 'erp', 'dallas']));
  expect(types).toEqual(expect.arrayContaining(sent));
  expect(acted).toContain('order-release');
  expect(flows).toEqual(expect.arrayContaining(acted));
  // What is offered is what a replay takes.
  const type = types.find(({ system }) => system === 'crm')?.type;
  const messages = { from: '2020-01-01T00:00:00Z', source: 'crm', type, flow: 'order-acceptance' };
  const { total } = await ask<Bulk>('/bulk', { act: 'replay', messages });
  expect(total).toBeGreaterThan(0);
});
