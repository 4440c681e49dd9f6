/**
 * Odoo Online's manners: what fifty orders cost in calls, from customer to shipped. Real: the connector, its wire, the simulated Odoo,
 * which refuses what comes faster than the rate. The rate is five times Odoo Online's, to bound the test; calls do not depend on it.
 * Observed: calls at the server, refusals, and what one call per second would move in an hour.
 */
import { createOdooClient, createOdooConnector, setStock, upsertProducts } from '@trunkline/connector-odoo';
import type { JsonObject, Outcome, Target } from '@trunkline/messaging';
import { start } from '@trunkline/simulator-odoo';
import { expect, it, onTestFinished, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000 });

const BATCH = 50;
const CALLS_PER_SECOND = 5;
const SKU = 'BOLT-8';
const address = {
  name: 'Dock',
  lines: ['1 Dock Rd'],
  city: 'Dallas',
  region: 'TX',
  postalCode: '75001',
  country: 'US',
};

let next = 0;
async function deliver(
  target: Target,
  type: string,
  payloads: readonly JsonObject[],
): Promise<readonly Outcome[]> {
  const deliveries = payloads.map((payload) => {
    next += 1;
    return {
      id: String(next),
      key: `k${next}`,
      target: 'erp',
      type,
      flow: 'f',
      payload,
      attempt: 1,
      ambiguous: false,
    };
  });
  const outcomes = await target.deliver(deliveries, AbortSignal.timeout(60_000));
  expect(outcomes.filter(({ kind }) => kind !== 'succeeded')).toEqual([]);
  return outcomes;
}

it('moves more than two thousand orders an hour at one call per second', async () => {
  const odoo = await start({ series: '19.0' });
  onTestFinished(() => odoo.close());
  const connection = { url: odoo.url, database: 'demo', apiKey: 'demo-odoo-api-key' };
  const seeding = { client: createOdooClient(connection), externalIdModule: 'trunkline' };
  const [product] = await upsertProducts(seeding, [
    { externalId: 'p_bolt', sku: SKU, name: 'Bolt', listPrice: '1' },
  ]);
  if (product?.kind !== 'succeeded') throw new Error('The product was not made.');
  await setStock(seeding, [{ productId: product.productId, locationId: 5, quantity: '100000' }]);
  await seeding.client.close();
  const control = (method: string, path: string, body?: object) =>
    fetch(`${odoo.url}/_sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  await control('POST', 'faults', { rateLimit: { perSecond: CALLS_PER_SECOND } });
  const calls = async (): Promise<number> => {
    const told = (await (await control('GET', 'calls')).json()) as {
      calls: Record<string, { calls: number }>;
    };
    return Object.values(told.calls).reduce((sum, row) => sum + row.calls, 0);
  };

  const connector = createOdooConnector(
    // A little below: the simulator counts by whole seconds.
    { ...connection, profile: 'online', limits: { callsPerSecond: CALLS_PER_SECOND * 0.8 } },
    { system: 'erp' },
  );
  onTestFinished(() => connector.close());
  const { target, pollers } = connector;
  if (target === undefined || pollers?.[0] === undefined)
    throw new Error('The connector has no target or poller.');

  const before = await calls();
  const orders = Array.from({ length: BATCH }, (_, index) => index + 1);
  await deliver(
    target,
    'customer.upsert',
    orders.map((n) => ({ customer: { id: `cu_${n}`, name: `Customer ${n}`, billTo: address }, revision: 1 })),
  );
  const placed = await deliver(
    target,
    'order.place',
    orders.map((n) => ({
      order: {
        id: `so_${n}`,
        source: { system: 'crm', id: String(n) },
        customerId: `cu_${n}`,
        customerPo: `PO-${n}`,
        currency: 'USD',
        backorderPolicy: 'backorder',
        shipTo: address,
        lines: [{ line: '1', sku: SKU, quantity: '2', unit: 'EA', unitPrice: '1.00' }],
      },
    })),
  );
  expect(placed).toHaveLength(BATCH);
  const { messages } = await pollers[0].poll(undefined, AbortSignal.timeout(60_000));
  expect(messages).toHaveLength(BATCH);
  await deliver(
    target,
    'shipment.post',
    messages.map((message, index) => ({
      orderId: message.key,
      planId: String((message.payload as { id: number }).id),
      shipment: {
        shipmentNumber: `SH-${index}`,
        releaseNumber: `R-${index}`,
        trackingNumber: `1Z${index}`,
        shippedAt: '2026-11-24T10:00:00Z',
        lines: [{ line: '1', sku: SKU, quantity: '2' }],
        packages: [],
      },
      remainder: 'backorder',
    })),
  );
  const spent = (await calls()) - before;
  const injected = (await (await control('GET', 'faults')).json()) as { injected?: Record<string, number> };
  expect(injected.injected?.['rateLimit'] ?? 0).toBe(0);
  // Four looks for changes a minute cost a call each of the sixty.
  const perHour = ((3600 - 240) / spent) * BATCH;
  console.info(
    `${spent} calls for ${BATCH} orders: ${Math.floor(perHour)} orders an hour at one call per second`,
  );
  expect(perHour).toBeGreaterThan(2000);
});
