/**
 * Real: the hub as a process, PostgreSQL, HTTP between all of them, the command line as a process. Doubled: Salesforce, Odoo and two
 * warehouses, by the simulators as processes. Observed: the systems' own books, and the hub's answers to `trunkline`.
 */
import { readFile } from 'node:fs/promises';
import type { ExceptionCase, Thread } from '@trunkline/gateway';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkLive } from '../../apps/hub/src/commands/check-live.ts';
import { thread as describedThread } from '../../apps/hub/src/commands/thread.ts';
import { createTestDatabase, type TestDatabase } from '../../packages/journal/test/support/database.ts';
import {
  erpOrders,
  opportunityId,
  releasesOf,
  statusRecords,
  unitsBySku,
  untilStatus,
} from '../landscape/books.ts';
import { untilAllAgree } from '../landscape/conclusion.ts';
import { FROM_DALLAS, FROM_RENO, line, order, product, seedMasters } from '../landscape/demand.ts';
import { setFloors } from '../landscape/faults.ts';
import { lookAtHub } from '../landscape/hub-view.ts';
import { type RunningLandscape, startLandscape } from '../landscape/running-landscape.ts';
import { trunkline } from '../landscape/trunkline-command.ts';
import { until } from '../landscape/until.ts';

let database: TestDatabase;
let running: RunningLandscape;

beforeAll(async () => {
  database = await createTestDatabase();
  const warehouses = { DAL: 'WH', RNO: 'WH2' };
  running = await startLandscape({ seed: 41, databaseUrl: database.url, warehouses });
  const codes = Object.values(warehouses);
  await Promise.all([seedMasters(running, { MORELS: 6 }, codes), running.landscape.startHub()]);
  await setFloors(running, { shortRate: 0, splitRate: 0 });
});
afterAll(async () => {
  await running?.stop();
  await database?.drop();
});

test('an order whole: won, confirmed, released, picked, shipped, and the CRM has the tracking number', async () => {
  const wanted = { CHAI: 12, TOFU: 3 };
  await running.systems.crm.winDeals([order('PO-WHOLE', wanted)]);
  const status = await untilStatus(running, 'PO-WHOLE', 'Shipped');

  const id = await opportunityId(running, 'PO-WHOLE');
  const [sale, ...otherSales] = await erpOrders(running, id);
  expect(otherSales).toEqual([]);
  expect(sale).toMatchObject({ number: status.Order_Number__c, state: 'confirmed' });
  expect(unitsBySku(sale?.lines ?? [], (each) => each.quantity)).toEqual(wanted);
  expect(sale?.moves.every(({ state }) => state === 'done')).toBe(true);
  expect(sale?.moves.map(({ plan }) => plan?.split('/')[0])).toEqual(['WH', 'WH']);
  expect(unitsBySku(sale?.moves ?? [], (each) => each.quantity)).toEqual(wanted);

  const [release, ...otherReleases] = await releasesOf(running, id);
  expect(otherReleases).toEqual([]);
  expect(release).toMatchObject({ site: 'DAL', state: 'shipped', releaseNumber: `${sale?.number}-1` });
  expect(unitsBySku(release?.lines ?? [], (each) => each.picked)).toEqual(wanted);
  expect(unitsBySku(release?.lines ?? [], (each) => each.shipped)).toEqual(wanted);

  expect(await statusRecords(running, id)).toHaveLength(1);
  expect(status).toMatchObject({
    Tracking_Numbers__c: expect.stringContaining(release?.shipments[0]?.trackingNumber ?? 'none'),
    Units_Ordered__c: 15,
    Units_Shipped__c: 15,
    Units_Backordered__c: 0,
    Units_Cancelled__c: 0,
  });
});

test('the thread is found by every identifier of the order, and says that nobody owes a move', async () => {
  const id = await opportunityId(running, 'PO-WHOLE');
  const [sale] = await erpOrders(running, id);
  const [release] = await releasesOf(running, id);
  const identifiers = [
    id,
    'PO-WHOLE',
    sale?.number,
    release?.releaseNumber,
    release?.shipments[0]?.shipmentNumber,
  ];
  // One as a process, the others by the command's own code: a process for each would cost seconds of start-up.
  const threads = [await trunkline<Thread>(running, 'thread', release?.shipments[0]?.trackingNumber ?? '')];
  await lookAtHub(running, async (hub) => {
    for (const identifier of identifiers)
      threads.push((await describedThread(hub, identifier ?? 'missing')).json as Thread);
  });
  for (const thread of threads) {
    expect(thread.id).toBe(`so_${id}`);
    expect(thread.nextMove.owner).toBe('nobody');
    expect(new Set(thread.steps.map(({ system }) => system))).toEqual(
      new Set(['crm', 'hub', 'erp', 'dallas']),
    );
    expect(thread.lines.map(({ sku, ordered, shipped }) => [sku, ordered, shipped])).toEqual([
      ['CHAI', '12', '12'],
      ['TOFU', '3', '3'],
    ]);
  }
});

describe('a short pick', () => {
  const wanted = { CHAI: 20, CHANG: 20, TOFU: 20, IKURA: 20 };

  beforeAll(() => setFloors(running, { shortRate: 1 }));
  afterAll(() => setFloors(running, { shortRate: 0 }));

  /** What the warehouse shipped and missed of an order, by its own books. */
  async function floorUnits(id: string): Promise<{ shipped: number; short: number }> {
    const lines = (await releasesOf(running, id)).flatMap((release) => release.lines);
    const total = (of: 'shipped' | 'short') => lines.reduce((sum, each) => sum + Number(each[of]), 0);
    return { shipped: total('shipped'), short: total('short') };
  }

  test('under the backorder policy: what was found ships, the rest stays backordered everywhere', async () => {
    await running.systems.crm.winDeals([order('PO-SHORT-BACK', wanted, { backorderPolicy: 'backorder' })]);
    const id = await opportunityId(running, 'PO-SHORT-BACK');
    const status = await untilStatus(running, 'PO-SHORT-BACK', 'Partially shipped');
    const { shipped, short } = await floorUnits(id);
    expect(shipped).toBeGreaterThan(0);
    expect(short).toBe(80 - shipped);
    await until('the CRM has the units', async () => {
      const [record] = await statusRecords(running, id);
      return record?.Units_Backordered__c === short && record.Units_Shipped__c === shipped;
    });
    expect(status.Units_Cancelled__c).toBe(0);
    // The CRM hears of a shipment when the warehouse reports it, which may be before Odoo has booked it.
    await until('Odoo has booked what left', async () => {
      const moves = (await erpOrders(running, id)).flatMap((sale) => sale.moves);
      const units = (...states: readonly string[]) =>
        moves
          .filter(({ state }) => states.includes(state))
          .reduce((sum, move) => sum + Number(move.quantity), 0);
      return units('done') === shipped && units('cancelled') === 0 && units('waiting', 'ready') === short;
    });
    expect(await releasesOf(running, id)).toHaveLength(1);
  });

  test('under the cancel policy: what was found ships, the rest is given up everywhere', async () => {
    await running.systems.crm.winDeals([
      order('PO-SHORT-CANCEL', wanted, { backorderPolicy: 'cancel', customerId: FROM_RENO.id }),
    ]);
    const id = await opportunityId(running, 'PO-SHORT-CANCEL');
    await untilStatus(running, 'PO-SHORT-CANCEL', 'Shipped');
    const { shipped, short } = await floorUnits(id);
    expect(shipped).toBeGreaterThan(0);
    expect(short).toBe(80 - shipped);
    expect((await statusRecords(running, id))[0]).toMatchObject({
      Units_Shipped__c: shipped,
      Units_Cancelled__c: short,
      Units_Backordered__c: 0,
    });
    const moves = (await erpOrders(running, id)).flatMap((sale) => sale.moves);
    expect(moves.filter(({ state }) => state === 'waiting' || state === 'ready')).toEqual([]);
    expect((await releasesOf(running, id)).map(({ site }) => site)).toEqual(['RNO']);
    expect(new Set(moves.map(({ plan }) => plan?.split('/')[0]))).toEqual(new Set(['WH2']));
  });
});

test('a site’s warehouse that Odoo does not have is told by check --live', async () => {
  const right = running.folder.file('trunkline.yaml');
  expect((await checkLive(right)).exitCode).toBe(0);
  await running.folder.write(
    'wrong.yaml',
    (await readFile(right, 'utf8')).replace('odooWarehouse: WH2', 'odooWarehouse: RENO'),
  );
  const { exitCode, text } = await checkLive(running.folder.file('wrong.yaml'));
  expect(exitCode).toBe(1);
  expect(text).toContain('Odoo shows no warehouse “RENO” to this account, which the site RNO names.');
});

test('a split shipment: two shipments, two tracking numbers, every unit once', async () => {
  await setFloors(running, { splitRate: 1 });
  await running.systems.crm.winDeals([order('PO-SPLIT', { CHAI: 5, CHANG: 7 })]);
  const status = await untilStatus(running, 'PO-SPLIT', 'Shipped');
  await setFloors(running, { splitRate: 0 });
  const id = await opportunityId(running, 'PO-SPLIT');
  const [release] = await releasesOf(running, id);
  const tracking = release?.shipments.map(({ trackingNumber }) => trackingNumber) ?? [];
  expect(new Set(tracking).size).toBe(2);
  for (const number of tracking) expect(status.Tracking_Numbers__c).toContain(number);
  expect(status.Units_Shipped__c).toBe(12);
  // The CRM hears of a shipment when it leaves; the ERP may still have to book it.
  const done = async () => {
    const [sale] = await erpOrders(running, id);
    return (sale?.moves ?? []).filter(({ state }) => state === 'done');
  };
  await until('the ERP has both', async () => (await done()).length === 2);
  expect(unitsBySku(await done(), ({ quantity }) => quantity)).toEqual({ CHAI: 5, CHANG: 7 });
  expect(new Set((await done()).map(({ plan }) => plan)).size).toBe(2);
});

test('a stock-out: what is there ships, the rest is backordered; stock arrives and the rest ships', async () => {
  await running.systems.crm.winDeals([order('PO-STOCK', { MORELS: 10, CHAI: 1 })]);
  const id = await opportunityId(running, 'PO-STOCK');
  await untilStatus(running, 'PO-STOCK', 'Partially shipped');
  await until('the CRM has 4 backordered', async () => {
    const [record] = await statusRecords(running, id);
    return record?.Units_Shipped__c === 7 && record.Units_Backordered__c === 4;
  });
  const [sale] = await erpOrders(running, id);
  const rest = sale?.moves.find(({ state }) => state === 'waiting');
  expect(rest).toMatchObject({ sku: 'MORELS', quantity: '4' });

  await running.systems.seeder.seed([product('MORELS')], [{ sku: 'MORELS', quantity: 50 }]);
  const [picking] = await running.odoo.call<{ id: number }[]>('stock.picking', 'search_read', {
    domain: [['name', '=', rest?.plan]],
    fields: ['id'],
  });
  await running.odoo.call('stock.picking', 'action_assign', { ids: [picking?.id] });

  expect(await untilStatus(running, 'PO-STOCK', 'Shipped')).toMatchObject({
    Units_Shipped__c: 11,
    Units_Backordered__c: 0,
    Units_Cancelled__c: 0,
  });
  const releases = await releasesOf(running, id);
  expect(releases.map(({ releaseNumber }) => releaseNumber)).toEqual([
    `${sale?.number}-1`,
    `${sale?.number}-2`,
  ]);
  expect(
    unitsBySku(
      releases.flatMap((release) => release.lines),
      (each) => each.shipped,
    ),
  ).toEqual({
    MORELS: 10,
    CHAI: 1,
  });
});

test('a dirty order: one exception with every fault, refused in the CRM; corrected there, it goes through', async () => {
  const nowhere = { ...FROM_DALLAS, id: 'NOWHERE', name: 'Nowhere GmbH' };
  const dirty = order(
    'PO-DIRTY',
    {},
    {
      customerId: nowhere.id,
      lines: [line('CHAI', -3), line('CHANG', 2, '0'), line('TOFU', 4)],
    },
  );
  await running.systems.crm.seedMasters(
    [{ ...nowhere, address: { ...nowhere.address, city: '', street: '' } }],
    [],
  );
  await running.systems.crm.winDeals([dirty]);
  const id = await opportunityId(running, 'PO-DIRTY');
  const refused = await untilStatus(running, 'PO-DIRTY', 'Rejected');
  for (const reason of [
    'no street',
    'no city',
    'Line 1 has the quantity -3: a return',
    'Line 2 has the price 0',
  ])
    expect(refused.Reason__c).toContain(reason);
  expect(await erpOrders(running, id)).toEqual([]);
  const open = await exceptionsOf(id);
  expect(open).toMatchObject([{ code: 'order_rejected', status: 'open' }]);
  expect(open[0]?.faults.map(({ code }) => code).sort()).toEqual([
    'address_invalid',
    'address_invalid',
    'line_is_return',
    'line_price_invalid',
  ]);

  await running.systems.crm.seedMasters([nowhere], []);
  await running.systems.crm.winDeals([
    { ...dirty, lines: [line('CHAI', 3), line('CHANG', 2), line('TOFU', 4)] },
  ]);
  expect(await untilStatus(running, 'PO-DIRTY', 'Shipped')).toMatchObject({
    Reason__c: null,
    Units_Shipped__c: 9,
  });
  expect(await exceptionsOf(id)).toMatchObject([{ code: 'order_rejected', status: 'resolved' }]);
});

async function exceptionsOf(opportunity: string): Promise<readonly ExceptionCase[]> {
  return lookAtHub(running, async ({ operations }) => {
    const { items } = await operations.exceptions({ status: 'all', limit: 100, offset: 0 });
    return items.filter(({ thread }) => thread === `so_${opportunity}`);
  });
}

test('in the end all three systems agree on every order, and nothing is left to do', async () => {
  const { ends } = await untilAllAgree(running);
  expect(ends).toMatchObject({ shipped: 4, 'partially shipped': 2, rejected: 0, open: 0 });
  const overview = await lookAtHub(running, ({ operations }) => operations.overview());
  expect(overview).toMatchObject({ backlog: 0, openExceptions: 0 });
  const erp = overview.targets.find(({ system }) => system === 'erp');
  expect(erp?.server).toEqual({ product: 'Odoo', version: '19.0', transport: 'JSON-2' });
});
