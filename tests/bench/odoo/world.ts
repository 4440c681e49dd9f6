import type { Address, SalesOrder } from '@trunkline/canonical';
import {
  createOdooClient,
  createOdooConnector,
  datetimeFromOdoo,
  type Odoo,
  readWarehouses,
  setStock,
  upsertProducts,
} from '@trunkline/connector-odoo';
import type { Delivery, Poller, Target } from '@trunkline/messaging';
import { type OdooServer, type RawOdoo, rawOdoo } from './server.ts';

/** What the three ways work on: one server with products, stock and a customer of this run's own. */
export interface World {
  readonly server: OdooServer;
  readonly raw: RawOdoo;
  readonly odoo: Odoo;
  readonly target: Target;
  readonly partnerStream: Poller;
  /** Before anything of this run was made; RFC 3339, the server's own stamp. */
  readonly since: string;
  readonly run: string;
  readonly skus: readonly string[];
  readonly products: readonly number[];
  readonly location: number;
  close(): Promise<void>;
}

const PLENTY = '1000000';

export async function prepare(server: OdooServer, productCount: number): Promise<World> {
  const { url, database, apiKey, login } = server;
  const account = { url, database, apiKey, ...(login === undefined ? {} : { login }) };
  const client = createOdooClient(account);
  const odoo: Odoo = { client, externalIdModule: 'trunkline' };
  const connector = createOdooConnector({ ...account, follow: ['partners'] }, { system: 'erp' });
  const { target } = connector;
  if (target === undefined) throw new Error('The connector has no target.');
  const partnerStream = connector.pollers?.find(({ stream }) => stream === 'partners');
  if (partnerStream === undefined) throw new Error('The connector follows no partners.');
  const run = `b${Date.now().toString(36)}`;
  const skus = Array.from({ length: productCount }, (_, at) => `${run}-${at}`);
  const made = await upsertProducts(
    odoo,
    skus.map((sku) => ({ externalId: `p_${sku}`, sku, name: `Bench ${sku}`, listPrice: '10' })),
  );
  const products = made.map((outcome) => {
    if (outcome.kind !== 'succeeded') throw new Error(outcome.message);
    return outcome.productId;
  });
  const [warehouse] = (await readWarehouses(odoo)).values();
  if (warehouse === undefined) throw new Error('This Odoo has no warehouse.');
  const location = warehouse.stockLocationId;
  for (let at = 0; at < products.length; at += 100)
    await setStock(
      odoo,
      products
        .slice(at, at + 100)
        .map((productId) => ({ productId, locationId: location, quantity: PLENTY })),
    );
  const raw = await rawOdoo(server);
  await raw.call('res.partner', 'load', {
    fields: ['id', 'name', 'is_company'],
    data: [[`trunkline.cu_${run}`, `Bench ${run}`, 'True']],
  });
  const [customer] = await raw.call<{ write_date: string }[]>('res.partner', 'search_read', {
    domain: [['name', '=', `Bench ${run}`]],
    fields: ['write_date'],
  });
  return {
    server,
    raw,
    odoo,
    target,
    partnerStream,
    since: datetimeFromOdoo(customer?.write_date ?? ''),
    run,
    skus,
    products,
    location,
    async close() {
      await connector.close();
      await client.close();
    },
  };
}

const LINES = 3;
let placed = 0;

/** An order of three lines to a place of its own, as the hub hands it to the ERP. */
export function nextOrder({ run, skus }: World): SalesOrder {
  const number = ++placed;
  const shipTo: Address = {
    name: `Dock ${number}`,
    lines: [`${number} Bench Street`],
    city: 'Dallas',
    postalCode: '75201',
    country: 'US',
  };
  return {
    id: `so_${run}x${number}`,
    source: { system: 'crm', id: `${run}-${number}` },
    customerId: `cu_${run}`,
    customerPo: `${run}-${number}`,
    currency: 'USD',
    backorderPolicy: 'backorder',
    shipTo,
    lines: Array.from({ length: LINES }, (_, line) => ({
      line: String(line + 1),
      sku: skus[(number + line) % skus.length] ?? '',
      quantity: '2',
      unit: 'EA',
      unitPrice: '9.50',
    })),
  };
}

export function delivery(type: string, key: string, payload: unknown): Delivery {
  return {
    id: `${type}:${key}`,
    key,
    target: 'erp',
    type,
    flow: 'bench',
    payload: payload as Delivery['payload'],
    attempt: 1,
    ambiguous: false,
  };
}

/** As the hub calls a target: batches of its size, as many at once as it allows. */
export async function deliverAll(target: Target, deliveries: readonly Delivery[]): Promise<void> {
  const batches = inBatches(deliveries, target.batch);
  await Promise.all(
    Array.from({ length: target.concurrency }, async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        const outcomes = await target.deliver(batch, AbortSignal.timeout(600_000));
        const failed = outcomes.find(({ kind }) => kind !== 'succeeded');
        if (failed !== undefined) throw new Error(`The connector failed: ${JSON.stringify(failed)}`);
      }
    }),
  );
}

export function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
