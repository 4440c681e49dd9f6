/**
 * What no stream of changes tells. Real: PostgreSQL, the engine, every flow, the connector, its wire, the simulated Odoo. Doubled: the
 * stream, by polls that a test leaves out. Observed: the order's state, its exceptions, how much each sweep tells.
 */
import type { CanonicalEvent, OrderRecord } from '@trunkline/canonical';
import {
  createOdooClient,
  createOdooConnector,
  type Odoo,
  setStock,
  upsertProducts,
} from '@trunkline/connector-odoo';
import { createFlows } from '@trunkline/flows';
import { Engine, ExceptionDesk, migrate, openDatabase, TargetDesk } from '@trunkline/journal';
import { type Connector, DEFAULT_RETRY, type JsonValue } from '@trunkline/messaging';
import { start } from '@trunkline/simulator-odoo';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { until } from '../../../tests/landscape/until.ts';
import { type AnyFlow, createProcessor } from '../src/composition/processor.ts';
import { OrderSweep } from '../src/sweep/sweep-job.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PARTITIONS = 4;
let database: TestDatabase;
let pool: Pool;
let url: string;
let engine: Engine;
let odoo: Odoo;
let connector: Connector<CanonicalEvent>;
let sweep: OrderSweep;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, PARTITIONS);
  const server = await start({ series: '19.0' });
  url = server.url;
  const connection = { url, database: 'demo', apiKey: 'demo-odoo-api-key' };
  connector = createOdooConnector(connection, { system: 'erp' });
  odoo = { client: createOdooClient(connection), externalIdModule: 'trunkline' };
  const [product] = await upsertProducts(odoo, [
    { externalId: 'p_BOLT', sku: 'BOLT', name: 'Bolt', listPrice: '1' },
  ]);
  if (product?.kind !== 'succeeded') throw new Error('The product was not made.');
  await setStock(odoo, [{ productId: product.productId, locationId: 5, quantity: '1000' }]);
  const process = createProcessor({
    connectors: new Map([['erp', connector]]),
    flows: Object.values(
      createFlows({ routeOrder: () => undefined, knownSites: new Set() }),
    ).flat() as unknown as readonly AnyFlow[],
    route: ({ role }) => (role === 'erp' ? 'erp' : undefined),
  });
  if (connector.target === undefined) throw new Error('The connector has no target.');
  engine = new Engine({
    pool,
    partitions: PARTITIONS,
    process,
    targets: new Map([['erp', { target: connector.target, policy: { retry: DEFAULT_RETRY } }]]),
    onError: (error) => {
      throw error;
    },
  });
  await engine.start(undefined);
  sweep = new OrderSweep({
    pool,
    erp: connector,
    process,
    intake: engine.intake,
    errands: (system, signal) => engine.errandTurn(system, signal),
    configuration: {},
    log: { warn: () => undefined },
  });
  closing.push(
    () => engine.stop(),
    () => connector.close(),
    () => odoo.client.close(),
    () => server.close(),
    () => pool.end(),
    () => database.drop(),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
});

let runs = 0;
/** A minute after the one before; what happens within a second is left to one test. */
async function sweepOnce({ passes = 60 } = {}): Promise<number> {
  await fetch(`${url}/_sim/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds: passes }) });
  runs += 1;
  const at = new Date(Date.UTC(2026, 2, 1, 0, runs)).toISOString();
  return sweep.run(at, AbortSignal.timeout(30_000));
}

async function recordOf(key: string): Promise<OrderRecord | undefined> {
  const { rows } = await pool.query<{ body: OrderRecord }>(
    'select body from canonical_state where key = $1',
    [key],
  );
  return rows[0]?.body;
}

const planOf = async (key: string) => (await recordOf(key))?.plans[0];

/** An order that Odoo has confirmed, and of whose delivery document the hub knows nothing yet. */
async function ordered(key: string, quantity: string): Promise<number> {
  const address = { name: 'Dock', lines: ['1 Dock Rd'], city: 'Dallas', region: 'TX', country: 'US' };
  const event = {
    type: 'order.submitted',
    order: {
      id: key,
      source: { system: 'crm', id: key },
      currency: 'USD',
      backorderPolicy: 'backorder',
      customer: { id: `cu_${key}`, name: 'Acme', billTo: address },
      shipTo: address,
      lines: [{ line: '1', path: 'lines/0', sku: 'BOLT', quantity, unitPrice: '2' }],
    },
  } satisfies JsonValue;
  await engine.intake.accept([
    { source: 'hub', sourceId: `submit:${key}`, key, type: event.type, payload: event },
  ]);
  return Number((await until(`${key} is placed`, async () => (await recordOf(key))?.erp)).id);
}

/** The stream's polls up to here; those that a test leaves out stand for a stream that missed something. */
async function poll(): Promise<void> {
  const polled = await connector.pollers?.[0]?.poll(undefined, AbortSignal.timeout(30_000));
  await engine.intake.accept(polled?.messages ?? []);
}

async function exceptionsOf(key: string, status: 'open' | 'resolved' = 'open') {
  const { items } = await new ExceptionDesk(pool, PARTITIONS).list({ status }, 100, 0);
  return items.filter((item) => item.key === key).map(({ code, summary }) => ({ code, summary }));
}

const call = (model: string, method: string, args: Record<string, unknown>) =>
  odoo.client.call<{ id: number }[]>(model, method, args);
const found = (model: string, domain: readonly unknown[]) =>
  call(model, 'search_read', { domain, fields: ['id'] }).then(([row]) => row?.id ?? 0);

it('tells nothing of what the hub knows, and what the stream missed when two sweeps saw it', async () => {
  const orderId = await ordered('so_moved', '4');
  await poll();
  await until('the plan is known', () => planOf('so_moved'));
  expect([await sweepOnce(), await sweepOnce(), await sweepOnce()]).toEqual([0, 0, 0]);

  const move = await found('stock.move', [['sale_line_id.order_id', '=', orderId]]);
  await call('stock.move', 'write', { ids: [move], vals: { quantity: 3 } });
  expect([await sweepOnce(), await sweepOnce()]).toEqual([0, 1]);
  await until('3 are reserved', async () => (await planOf('so_moved'))?.lines[0]?.reserved === '3');
  expect([await sweepOnce(), await sweepOnce()]).toEqual([0, 0]);
  // Back to a content that was handed out before: no repeat.
  await call('stock.move', 'write', { ids: [move], vals: { quantity: 4 } });
  expect([await sweepOnce(), await sweepOnce()]).toEqual([0, 1]);
  await until('4 are reserved', async () => (await planOf('so_moved'))?.lines[0]?.reserved === '4');
});

it('finds a change in the very second of a sweep', async () => {
  const orderId = await ordered('so_second', '4');
  await poll();
  await until('the plan is known', () => planOf('so_second'));
  const move = await found('stock.move', [['sale_line_id.order_id', '=', orderId]]);
  const reserve = (quantity: number) => call('stock.move', 'write', { ids: [move], vals: { quantity } });
  await reserve(4);
  expect(await sweepOnce({ passes: 0 })).toBe(0);
  await reserve(3);
  await sweepOnce();
  await sweepOnce();
  await until('3 are reserved', async () => (await planOf('so_second'))?.lines[0]?.reserved === '3');
});

it('finds a delivery document whose beginning the stream missed', async () => {
  await ordered('so_unseen', '2');
  expect(await planOf('so_unseen')).toBeUndefined();
  await sweepOnce();
  await sweepOnce();
  await until('the plan is known', () => planOf('so_unseen'));
  expect([await sweepOnce(), await sweepOnce()]).toEqual([0, 0]);
});

it('opens an exception on the order whose delivery document was deleted, once', async () => {
  const orderId = await ordered('so_deleted', '2');
  await poll();
  const plan = await until('the plan is known', () => planOf('so_deleted'));
  await sweepOnce();
  await call('stock.picking', 'unlink', { ids: [await found('stock.picking', [['sale_id', '=', orderId]])] });
  expect([await sweepOnce(), await sweepOnce()]).toEqual([0, 1]);
  const [gone] = await until('the exception', async () => {
    const open = (await exceptionsOf('so_deleted')).filter(({ code }) => code === 'erp_record_gone');
    return open.length > 0 && open;
  });
  const { orderNumber } = (await recordOf('so_deleted')) as OrderRecord;
  expect(gone?.summary).toBe(
    `Delivery document ${plan.planNumber} of order ${orderNumber} stands in the ERP no more.`,
  );
  expect([await sweepOnce(), await sweepOnce()]).toEqual([0, 0]);
});

it('opens an exception on an order that was changed by hand, and ends it when it was put back', async () => {
  const orderId = await ordered('so_changed', '5');
  await poll();
  await until('the plan is known', () => planOf('so_changed'));
  await sweepOnce();
  const line = await found('sale.order.line', [['order_id', '=', orderId]]);
  await call('sale.order.line', 'write', { ids: [line], vals: { product_uom_qty: 7 } });
  await sweepOnce();
  await sweepOnce();
  await until('the exception', async () =>
    (await exceptionsOf('so_changed')).some(({ code }) => code === 'order_changed_in_erp'),
  );
  await call('sale.order.line', 'write', { ids: [line], vals: { product_uom_qty: 5 } });
  await sweepOnce();
  await sweepOnce();
  await until('its end', async () =>
    (await exceptionsOf('so_changed', 'resolved')).some(({ code }) => code === 'order_changed_in_erp'),
  );
});

it('leaves an ERP alone that a person paused, and one that asks for a pause is left alone by all that goes there', async () => {
  await ordered('so_paused', '2');
  const calls = async () =>
    ((await (await fetch(`${url}/_sim/calls`)).json()) as { calls: readonly unknown[] }).calls;
  const desk = new TargetDesk(pool);
  await desk.pause('erp', 'ada', 'upgrade');
  const held = 'It is left for its next time: a person paused it.';
  await until('it is paused', () =>
    sweepOnce().then(
      () => false,
      (error: Error) => error.message === held,
    ),
  );
  const before = await calls();
  await expect(sweepOnce()).rejects.toThrow(held);
  expect(await calls()).toEqual(before);
  await desk.resume('erp', 'ada');
  await until('it goes on', () =>
    sweepOnce().then(
      () => true,
      () => false,
    ),
  );

  // Longer than what is sat out where the call is.
  await fetch(`${url}/_sim/faults`, {
    method: 'POST',
    body: JSON.stringify({ rateLimit: { perSecond: 1, retryAfterSeconds: 60 } }),
  });
  await expect(sweepOnce()).rejects.toMatchObject({ name: 'SystemRefusal', code: 'target_busy' });
  await fetch(`${url}/_sim/faults`, { method: 'DELETE' });
  const { rows } = await until('it is told', async () => {
    const told = await pool.query<{ held_reason: string | null }>('select held_reason from target_control');
    return told.rows[0]?.held_reason !== null && told;
  });
  expect(rows[0]?.held_reason).toContain('429');
});
