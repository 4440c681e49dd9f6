/**
 * Calls that last as long as on a real server, and transactions that began long before they are seen. Real: the simulator's HTTP
 * server. What is compared are orders of events and factors of ten, never a machine's speed.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { start } from '../src/index.ts';
import type { RunningSimulator } from '../src/index.ts';
import { Client, readOne } from './client.ts';

let running: RunningSimulator;
let client: Client;

beforeAll(async () => {
  running = await start({ serviceTimes: {} });
  client = new Client(running.url);
});

beforeEach(async () => {
  await fetch(`${running.url}/_sim/service-times`, { method: 'DELETE' });
  await client.clearFaults();
});

afterAll(() => running.close());

const times = (plan: Record<string, unknown>) => client.control('service-times', plan);
const count = () => client.call<number>('res.partner', 'search_count', { domain: [] });
const make = (names: string[]) =>
  client.call<number[]>('res.partner', 'create', { vals_list: names.map((name) => ({ name })) });

async function lasts(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

test('the measured times are what a plan leaves out, and an unknown member is refused by name', async () => {
  expect(await times({ scale: 0.5 })).toMatchObject({
    plan: { workers: 2, scale: 0.5, calls: { 'sale.order.action_confirm': { recordMs: 130 } } },
  });
  expect(await times({ explode: 1 })).toMatchObject({ error: expect.stringContaining('explode') });
});

test('a call lasts its own time, its records’ time and that of the cells that it reads', async () => {
  await times({ calls: { 'res.partner.create': { callMs: 50, recordMs: 100 } } });
  expect(await lasts(() => make(['A']))).toBeGreaterThanOrEqual(149);
  expect(await lasts(() => make(['B', 'C', 'D']))).toBeGreaterThanOrEqual(349);
  await times({ calls: { '*': { callMs: 1, cellMs: 100 } } });
  const two = { domain: [['name', 'in', ['A', 'B']]], fields: ['name'] };
  expect(await lasts(() => client.call('res.partner', 'search_read', two))).toBeGreaterThanOrEqual(199);
});

test('a call that writes one field alone may have a time of its own', async () => {
  const [id] = await make(['Renamed']);
  await times({ calls: { 'res.partner.write': { callMs: 200 }, 'res.partner.write(name)': { callMs: 10 } } });
  const written = (vals: Record<string, string>) =>
    lasts(() => client.call('res.partner', 'write', { ids: [id], vals }));
  expect(await written({ name: 'Anew' })).toBeLessThan(await written({ name: 'Again', city: 'Ghent' }));
});

test('more calls than workers wait their turn, in order of arrival', async () => {
  await times({ workers: 1, calls: { '*': { callMs: 60 } } });
  const ended: number[] = [];
  const took = await lasts(() => Promise.all([0, 1, 2].map((each) => count().then(() => ended.push(each)))));
  expect(took).toBeGreaterThanOrEqual(179);
  expect(ended).toHaveLength(3);
});

test('of two calls that move stock of one product at once the later one sleeps and comes after; other products go side by side', async () => {
  const templates = await client.call<number[]>('product.product', 'create', {
    vals_list: ['One', 'Two'].map((name) => ({ name, type: 'consu', is_storable: true })),
  });
  const [one = 0, two = 0] = templates;
  const stocked = (product_id: number) => () =>
    client.call('stock.quant', 'create', {
      vals_list: [{ product_id, location_id: 5, inventory_quantity: 3 }],
      context: { inventory_mode: true },
    });
  await times({ calls: { 'stock.quant.create': { callMs: 20 } }, conflictMs: 4000 });
  const both = (first: number, second: number) =>
    lasts(() => Promise.all([stocked(first)(), stocked(second)()]));
  expect(await both(one, two)).toBeLessThan(4000);
  await times({ calls: { 'stock.quant.create': { callMs: 20 } }, conflictMs: 200 });
  expect(await both(one, one)).toBeGreaterThanOrEqual(239);
});

test('a write is seen at its end and stamped with its beginning', async () => {
  await times({ calls: { 'res.partner.create': { callMs: 1200 } } });
  const slow = make(['Slow']);
  const found = await client.call<number>('res.partner', 'search_count', { domain: [['name', '=', 'Slow']] });
  expect(found).toBe(0);
  const [quick = 0] = await client
    .call<number[]>('res.partner', 'load', {
      fields: ['name'],
      data: [['Quick']],
    })
    .then((loaded) => (loaded as unknown as { ids: number[] }).ids);
  const [id = 0] = await slow;
  const stamp = async (of: number) =>
    String((await readOne(client, 'res.partner', of, ['write_date']))['write_date']);
  expect((await stamp(id)) <= (await stamp(quick))).toBe(true);
});

test('a late transaction’s rows appear now with a stamp of long ago', async () => {
  const [now = 0] = await make(['Now']);
  await client.control('faults', { lateSeconds: 10, only: { method: 'create' } });
  const [late = 0] = await make(['Late']);
  await client.clearFaults();
  const at = async (id: number) =>
    Date.parse(`${String((await readOne(client, 'res.partner', id, ['write_date']))['write_date'])}Z`);
  const behind = (await at(now)) - (await at(late));
  expect(behind).toBeGreaterThanOrEqual(9000);
  expect(behind).toBeLessThanOrEqual(11_000);
});
