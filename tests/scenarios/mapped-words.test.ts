/**
 * Real: the hub as a process, PostgreSQL, HTTP between all of them, the command line as a process. Doubled: Salesforce, Odoo and two
 * warehouses, by the simulators as processes. Observed: what the command line tells of a product that Odoo does not know, and the
 * systems' own books after one mapping, one edit and one replay.
 */
import type { Bulk, Case, ExceptionCase } from '@trunkline/gateway';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../packages/journal/test/support/database.ts';
import { erpOrders, opportunityIds, untilStatus } from '../landscape/books.ts';
import { order, product, seedMasters } from '../landscape/demand.ts';
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
  await Promise.all([seedMasters(running), running.landscape.startHub()]);
  // The CRM sells them under old names; Odoo has never heard of those.
  await running.systems.crm.seedMasters([], [OLD, OLDER]);
});
afterAll(async () => {
  await running?.stop();
  await database?.drop();
});

const POS = ['PO-M1', 'PO-M2', 'PO-M3'];

test('C4: one mapping lets go every order that waits for it, and new ones do not wait at all', async () => {
  await running.systems.crm.winDeals(POS.map((po) => order(po, { [OLD.sku]: 4, TOFU: 1 })));
  const [found] = await until('the three are one case', async () => {
    const { items } = await trunkline<{ items: Case[] }>(running, 'exceptions', 'cases');
    return items[0]?.open === 3 ? items : undefined;
  });
  expect(found).toMatchObject({
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
  expect(await trunkline(running, 'exceptions', 'cases')).toMatchObject({ total: 0 });
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
  expect(await trunkline(running, 'exceptions', 'cases')).toMatchObject({ total: 0 });
});
