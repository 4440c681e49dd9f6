/**
 * Real: the hub as a process with its embedded PostgreSQL, HTTP, SIGKILL. Doubled: Salesforce, Odoo and two warehouses, by the simulators
 * as processes. Observed: the systems' own books at the end, what the journal has left, and which processes live.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { planStock } from '../../apps/hub/src/demo/demand/prepare.ts';
import { generateDemand } from '../../apps/hub/src/demo/demand/generate-demand.ts';
import { Random } from '../../apps/hub/src/demo/demand/random.ts';
import { HUB_STATE } from '../../apps/hub/src/demo/landscape/state-folder.ts';
import { standingNow } from '../../apps/hub/src/demo/run/books.ts';
import { untilAllAgree } from '../landscape/conclusion.ts';
import { type RunningLandscape, startLandscape } from '../landscape/running-landscape.ts';
import { until } from '../landscape/until.ts';

const SEED = Number(process.env['TRUNKLINE_TEST_SEED'] ?? 11);
let running: RunningLandscape | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** A landscape with a generated demand whose deals are all won at once. */
async function withOrders(orders: number, seed: number): Promise<RunningLandscape> {
  const started = await startLandscape({ seed });
  running = started;
  const demand = generateDemand({ orders, seed });
  const { crm, seeder } = started.systems;
  await Promise.all([
    crm.seedMasters(demand.customers, demand.products),
    seeder.seed(demand.products, planStock(demand, seed).filter(inStock)),
    started.landscape.startHub(),
  ]);
  await crm.winDeals(demand.orders);
  return started;
}

const inStock = ({ quantity }: { readonly quantity: number }) => quantity > 0;

/** How far a run is: releases made and shipments sent, which only grow. */
async function progress({ systems }: RunningLandscape): Promise<number> {
  const { warehouse } = await standingNow(systems);
  return warehouse.releases + warehouse.shipments;
}

async function untilProgress(landscape: RunningLandscape, wanted: number): Promise<void> {
  await until(`${wanted} releases and shipments`, async () => (await progress(landscape)) >= wanted, {
    withinMs: 60_000,
    seen: () => progress(landscape),
  });
}

/** Kills a process and waits until the landscape has the next hub up. */
async function kill(landscape: RunningLandscape, pid: number): Promise<void> {
  const before = landscape.said.length;
  process.kill(pid, 'SIGKILL');
  await until(
    'the hub is back',
    () => landscape.said.slice(before).some((one) => one.startsWith('The hub is back')),
    {
      withinMs: 60_000,
      seen: () => landscape.said.slice(before),
    },
  );
}

function postmasterPid({ folder }: RunningLandscape): number {
  const file = join(folder.file(HUB_STATE), 'postgres', 'data', 'postmaster.pid');
  return Number(readFileSync(file, 'utf8').split('\n')[0]);
}

test('kill -9 of the hub, four times in a run of 120 orders: nothing lost, nothing twice, nothing left', async () => {
  const landscape = await withOrders(120, SEED);
  const random = new Random(SEED);
  // Of some 220 releases and shipments; the first one early, while orders are still being placed.
  const moments = [random.below(10), 20 + random.below(40), 80 + random.below(40), 140 + random.below(40)];
  console.log(`killed at ${moments.join(', ')} releases and shipments`);
  for (const moment of moments) {
    await untilProgress(landscape, moment);
    await kill(landscape, landscape.landscape.hubPid ?? 0);
  }
  const { orders } = await untilAllAgree(landscape, 90_000);
  expect(orders).toBe(120);
}, 240_000);

test('kill -9 of the embedded postmaster in a run: the hub starts it again, and the run completes', async () => {
  const landscape = await withOrders(40, SEED + 1);
  await untilProgress(landscape, 5 + new Random(SEED + 1).below(30));
  const pid = postmasterPid(landscape);
  await kill(landscape, pid);
  expect(postmasterPid(landscape)).not.toBe(pid);
  const { orders } = await untilAllAgree(landscape, 60_000);
  expect(orders).toBe(40);
}, 180_000);
