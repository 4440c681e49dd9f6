import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { CanonicalEvent } from '@trunkline/canonical';
import type { Connector } from '@trunkline/messaging';
import {
  createOdooClient,
  createOdooConnector,
  type Odoo,
  readWarehouses,
  setStock,
  upsertProducts,
} from '../src/index.ts';

const MAIN = resolve(import.meta.dirname, '../../../simulators/odoo/src/main.ts');
export const ACCOUNT = { database: 'demo', apiKey: 'demo-odoo-api-key', login: 'hub' };

/** The simulated Odoo as a process of its own that shares nothing with the connector, and a client to look into it with. */
export interface SimulatedOdoo {
  readonly url: string;
  readonly odoo: Odoo;
  readonly connector: Connector<CanonicalEvent>;
  fault(plan: Readonly<Record<string, unknown>>): Promise<void>;
  calm(): Promise<void>;
  /** Moves the server's clock on. */
  advance(seconds: number): Promise<void>;
  /** Calls by `model.method`. */
  calls(): Promise<Readonly<Record<string, { calls: number }>>>;
  /** How many answers were cut after their commit. */
  cuts(): Promise<number>;
  close(): Promise<void>;
}

export type Series = '19.0' | '18.0' | '17.0' | '16.0';

export async function startSimulatedOdoo(series: Series = '19.0', port = '0'): Promise<SimulatedOdoo> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, '--port', port, '--series', series], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  const { listening: url } = JSON.parse(String(line)) as { listening: string };
  const client = createOdooClient({ url, ...ACCOUNT });
  const connector = createOdooConnector({ url, ...ACCOUNT }, { system: 'erp' });
  const faults = `${url}/_sim/faults`;
  return {
    url,
    odoo: { client, externalIdModule: 'trunkline' },
    connector,
    async fault(plan) {
      const answer = await fetch(faults, { method: 'POST', body: JSON.stringify(plan) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async calm() {
      await fetch(faults, { method: 'DELETE' });
    },
    async advance(advanceSeconds) {
      await fetch(`${url}/_sim/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });
    },
    async calls() {
      const answer = await fetch(`${url}/_sim/calls`);
      return ((await answer.json()) as { calls: Record<string, { calls: number }> }).calls;
    },
    async cuts() {
      const { injected } = (await (await fetch(faults)).json()) as { injected: Record<string, number> };
      return injected['dropAfterCommit'] ?? 0;
    },
    async close() {
      await connector.close();
      await client.close();
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
    },
  };
}

/** Products that can be sold, each with as many in stock. */
export async function stockProducts(odoo: Odoo, skus: readonly string[], quantity: string): Promise<void> {
  const made = await upsertProducts(
    odoo,
    skus.map((sku) => ({ externalId: `p_${sku}`, sku, name: sku, listPrice: '10' })),
  );
  const [warehouse] = (await readWarehouses(odoo)).values();
  if (warehouse === undefined) throw new Error('The simulated Odoo has no warehouse.');
  await setStock(
    odoo,
    made.map((outcome) => {
      if (outcome.kind !== 'succeeded') throw new Error(outcome.message);
      return { productId: outcome.productId, locationId: warehouse.stockLocationId, quantity };
    }),
  );
}
