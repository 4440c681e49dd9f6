/**
 * The demo's reading of the systems' books. Real: the simulators as child processes on real sockets, started and stopped by the demo's own
 * landscape. Doubled: the hub; the test does by hand what it would do with one order, so that nothing of the hub can hide a misreading.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { passed, reportJson } from '../src/demo/accounting/report.ts';
import type { Demand, DemandOrder } from '../src/demo/demand/demand.ts';
import { demandGenerator } from '../src/demo/demand/generate-demand.ts';
import { Landscape } from '../src/demo/landscape/landscape.ts';
import { type Identity, StateFolder } from '../src/demo/landscape/state-folder.ts';
import {
  accountNow,
  calm,
  connectSystems,
  disturb,
  standingNow,
  type Systems,
} from '../src/demo/run/books.ts';
import { fetchJson } from '../src/demo/systems/http.ts';
import { connectOdoo, type OdooRpc } from '../src/demo/systems/odoo-rpc.ts';

let state = '';
let folder: StateFolder;
let identity: Identity;
let landscape: Landscape;
let systems: Systems;
let odoo: OdooRpc;

const { customers, products } = demandGenerator(5, 60);
const buyer = customers[0];
const [plenty, scarce] = products;
if (buyer === undefined || plenty === undefined || scarce === undefined)
  throw new Error('the generator made no masters');

const clean: DemandOrder = {
  id: 'D-1',
  customerId: buyer.id,
  customerPo: 'PO-1',
  date: '2026-01-05',
  backorderPolicy: 'backorder',
  lines: [
    { sku: plenty.sku, description: plenty.name, quantity: '10', unitPrice: '2.5' },
    { sku: scarce.sku, description: scarce.name, quantity: '5', unitPrice: '1' },
  ],
};
const nameless: DemandOrder = {
  ...clean,
  id: 'D-2',
  customerPo: 'PO-2',
  lines: [...clean.lines, { sku: '', description: 'as discussed', quantity: '1', unitPrice: '9' }],
};
const demand: Demand = { customers, products, orders: [clean, nameless], rejections: [] };

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'demo-books-'));
  folder = await StateFolder.open('batch', true, { TRUNKLINE_STATE: state });
  identity = await folder.identity({ erp: false, database: false });
  landscape = await Landscape.start({ folder, identity, seed: 1, say: () => undefined });
  systems = await connectSystems(landscape, identity);
  odoo = await connectOdoo(landscape.erp);
  await systems.crm.seedMasters(demand.customers, demand.products);
  await systems.seeder.seed(demand.products, [
    { sku: plenty.sku, quantity: 100 },
    { sku: scarce.sku, quantity: 2 },
  ]);
}, 60_000);

afterAll(async () => {
  await landscape?.stop();
  await folder?.release();
  await rm(state, { recursive: true, force: true });
}, 60_000);

describe('one order by hand', () => {
  it('is counted at each step as the systems hold it', { timeout: 60_000 }, async () => {
    await systems.crm.winDeals(demand.orders);
    await systems.crm.winDeals(demand.orders);
    const won = await systems.crm.orders();
    expect(
      won.map(
        ({ title, lines }) => `${title} ${lines.map(({ sku, quantity }) => `${quantity} ${sku}`).join(', ')}`,
      ),
    ).toEqual([`PO-1 10 ${plenty.sku}, 5 ${scarce.sku}`, `PO-2 10 ${plenty.sku}, 5 ${scarce.sku}, 1 `]);
    expect(await accountNow(systems)).toMatchObject({ orders: 2, accepted: 0, lost: 2 });

    const [order, refused] = won.map(({ order: id }) => id) as [string, string];
    await tell(refused, { Status__c: 'Rejected', Reason__c: 'line 3 has no product' });
    const saleId = await placeOrder(order);
    expect((await accountNow(systems)).problems).toEqual([
      {
        kind: 'open',
        subject: 'PO-1',
        message: expect.stringContaining('ready and not released; the hub owes'),
      },
    ]);

    const shipped = await release(order);
    await book(saleId, shipped);
    const units = {
      Units_Ordered__c: 15,
      Units_Shipped__c: 12,
      Units_Backordered__c: 2,
      Units_Cancelled__c: 0,
    };
    await tell(order, { Status__c: 'Partially shipped', ...units });
    expect((await accountNow(systems)).problems, 'a status that is one unit off').toMatchObject([
      { kind: 'lost' },
    ]);
    await tell(order, { Status__c: 'Partially shipped', ...units, Units_Backordered__c: 3 });

    const account = await accountNow(systems);
    expect(account.problems).toEqual([]);
    expect(passed(account)).toBe(true);
    expect(reportJson(account, { seconds: 1, readerRejections: [] })).toMatchObject({
      orders: 2,
      accepted: 1,
      rejected: 1,
      shipped: 0,
      partiallyShipped: 1,
      lost: 0,
      duplicated: 0,
      unitsOrdered: 15,
      unitsShipped: 12,
      unitsBackordered: 3,
      unitsCancelled: 0,
    });
    expect(await standingNow(systems)).toMatchObject({
      won: 2,
      byStatus: { Rejected: 1, 'Partially shipped': 1 },
    });
    expect(await systems.crm.threadTimes()).toHaveLength(2);
  });

  it('a rest that was not backordered counts as cancelled', { timeout: 60_000 }, async () => {
    const third: DemandOrder = {
      ...clean,
      id: 'D-3',
      customerPo: 'PO-3',
      lines: clean.lines.slice(0, 1).map((line) => ({ ...line, quantity: '10' })),
    };
    await systems.crm.winDeals([third]);
    const order = (await systems.crm.orders()).find(({ title }) => title === 'PO-3')?.order ?? '';
    const saleId = await placeOrder(order);
    await book(saleId, new Map([[plenty.sku, 3]]), true);
    const erp = (await systems.erp.orders()).find((each) => each.order === order);
    expect(erp?.moves.map(({ state: is, quantity }) => `${quantity} ${is}`).sort()).toEqual([
      '3 done',
      '7 cancelled',
    ]);
  });
});

describe('faults', () => {
  it('are taken by every system and do not hinder the count', { timeout: 60_000 }, async () => {
    const before = await accountNow(systems);
    await disturb(landscape, 7, false);
    for (let round = 0; round < 5; round += 1) expect(await accountNow(systems)).toEqual(before);
    await calm(landscape, false);
  });
});

describe('the landscape', () => {
  it('refuses a folder that another demo uses', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)', 'demo'], { stdio: 'ignore' });
    await once(other, 'spawn');
    try {
      const own = await mkdtemp(join(tmpdir(), 'demo-lock-'));
      const first = await StateFolder.open('demo', false, { TRUNKLINE_STATE: own });
      await first.write('demo.pid', String(other.pid));
      await expect(StateFolder.open('demo', false, { TRUNKLINE_STATE: own })).rejects.toThrow(
        /already runs on .*TRUNKLINE_STATE/,
      );
      await rm(own, { recursive: true });
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('says that it broke when a simulator dies, and its children go when the demo itself is killed', {
    timeout: 60_000,
  }, async () => {
    const own = await mkdtemp(join(tmpdir(), 'demo-kill-'));
    const script = `
      const { Landscape } = await import(${JSON.stringify(join(import.meta.dirname, '../src/demo/landscape/landscape.ts'))});
      const { StateFolder } = await import(${JSON.stringify(join(import.meta.dirname, '../src/demo/landscape/state-folder.ts'))});
      const folder = await StateFolder.open('batch', true, process.env);
      const landscape = await Landscape.start({ folder, identity: await folder.identity({ erp: false, database: false }), seed: 1, say() {} });
      landscape.broken.catch((error) => console.log(error.message));
      console.log(JSON.stringify(landscape.simulatorPids));`;
    const demo = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TRUNKLINE_STATE: own },
    });
    const lines = createInterface({ input: demo.stdout })[Symbol.asyncIterator]();
    const pids = JSON.parse((await lines.next()).value ?? '[]') as number[];
    expect(pids).toHaveLength(4);
    expect(pids.every(lives)).toBe(true);
    process.kill(pids[1] as number, 'SIGKILL');
    expect((await lines.next()).value).toMatch(
      /^The simulated warehouse DAL was ended by SIGKILL\. Its log is in /,
    );
    demo.kill('SIGKILL');
    await expect.poll(() => pids.filter(lives), { timeout: 20_000 }).toEqual([]);
    expect(
      JSON.parse(await readFile(join(own, 'batch/salesforce.json'), 'utf8')),
      'it wrote its state as it went',
    ).toBeTypeOf('object');
    await rm(own, { recursive: true });
  });
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function tell(order: string, fields: Record<string, unknown>): Promise<void> {
  const { access_token: token } = await fetchJson<{ access_token: string }>({
    method: 'POST',
    url: `${landscape.addresses.crm}/services/oauth2/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: identity.crmClientId,
      client_secret: identity.crmClientSecret,
    },
  });
  await fetchJson({
    method: 'PATCH',
    url: `${landscape.addresses.crm}/services/data/v66.0/sobjects/Trunkline_Order__c/Trunkline_Id__c/so_${order}`,
    headers: { authorization: `Bearer ${token}` },
    json: { Opportunity__c: order, ...fields },
  });
}

/** As the connector would: one order under its external id, confirmed. */
async function placeOrder(order: string): Promise<number> {
  const deal = (await systems.crm.orders()).find((each) => each.order === order);
  const codes = await odoo.call<{ id: number; default_code: string }[]>('product.product', 'search_read', {
    domain: [],
    fields: ['default_code'],
  });
  const [partner] = await odoo.call<number[]>('res.partner', 'create', { vals_list: [{ name: 'Buyer' }] });
  const rows = (deal?.lines ?? []).map(({ sku, quantity }, at) => [
    ...(at === 0 ? [`trunkline.so_${order}`, String(partner), deal?.title ?? ''] : ['', '', '']),
    String(codes.find(({ default_code: code }) => code === sku)?.id),
    quantity,
  ]);
  const fields = [
    'id',
    'partner_id/.id',
    'client_order_ref',
    'order_line/product_id/.id',
    'order_line/product_uom_qty',
  ];
  const { ids, messages } = await odoo.call<{ ids: number[]; messages: unknown[] }>('sale.order', 'load', {
    fields,
    data: rows,
  });
  expect(messages).toEqual([]);
  await odoo.call('sale.order', 'action_confirm', { ids });
  return ids[0] as number;
}

/** Releases what is reserved to Dallas and waits until it has left. */
async function release(order: string): Promise<Map<string, number>> {
  const url = landscape.addresses.warehouses['DAL'] ?? '';
  const lines = [
    { line: '1', sku: plenty?.sku, quantity: '10', unit: 'EA' },
    { line: '2', sku: scarce?.sku, quantity: '2', unit: 'EA' },
  ];
  await fetchJson({
    method: 'POST',
    url: `${url}/v1/releases`,
    headers: { authorization: `Bearer ${identity.warehouseToken}` },
    json: {
      releases: [
        {
          releaseNumber: 'WH-OUT-1',
          revision: 1,
          site: 'DAL',
          orderNumber: 'S00001',
          reference: `so_${order}`,
          priority: 5,
          shipTo: { name: 'Buyer', lines: ['1 Mill Road'], city: 'Leeds', country: 'GB' },
          lines,
        },
      ],
    },
  });
  for (;;) {
    const [dallas] = systems.warehouses;
    const [found] = (await dallas?.releases()) ?? [];
    if (found?.ended) return new Map(found.lines.map(({ sku, shipped }) => [sku, Number(shipped)]));
    await pause(20);
  }
}

async function book(saleId: number, shipped: ReadonlyMap<string, number>, cancelRest = false): Promise<void> {
  const [picking] = await odoo.call<{ id: number; move_ids: number[] }[]>('stock.picking', 'search_read', {
    domain: [['sale_id', '=', saleId]],
    fields: ['move_ids'],
  });
  const moves = await odoo.call<{ id: number; product_id: [number, string] }[]>('stock.move', 'read', {
    ids: picking?.move_ids,
    fields: ['product_id'],
  });
  for (const move of moves) {
    const sku = /^\[(.+?)\]/.exec(move.product_id[1])?.[1] ?? '';
    await odoo.call('stock.move', 'write', { ids: [move.id], vals: { quantity: shipped.get(sku) ?? 0 } });
  }
  const context = {
    skip_backorder: true,
    ...(cancelRest ? { picking_ids_not_to_backorder: [picking?.id] } : {}),
  };
  expect(await odoo.call('stock.picking', 'button_validate', { ids: [picking?.id], context })).toBe(true);
}
