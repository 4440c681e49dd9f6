/** What every target promises, of the order status. Real: HTTP, OAuth. Doubled: Salesforce, by the simulated org as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describeTarget } from '@trunkline/messaging/conformance';
import type { Delivery } from '@trunkline/messaging';
import { createSalesforceConnector } from '../src/index.ts';

const MAIN = resolve(import.meta.dirname, '../../../simulators/salesforce/src/main.ts');
const ORDERS = 4;

function publish(n: number, source: string): Delivery {
  const orderId = `so_${source}`;
  const payload = {
    orderId,
    source: { system: 'crm', id: source },
    status: 'Shipped',
    trackingNumbers: ['1Z1'],
    unitsOrdered: '10.5',
    unitsShipped: '10.5',
    unitsBackordered: '0',
    unitsCancelled: '0',
    updatedAt: '2026-03-01T10:00:00.250Z',
  };
  const base = { id: String(n), key: orderId, target: 'crm', flow: 'order-status', attempt: 1 };
  return { ...base, type: 'order-status.publish', payload, ambiguous: false };
}

describeTarget('Salesforce, for order statuses', async () => {
  const flags = ['--client-id', 'consumer', '--client-secret', 'secret'];
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  const { listening: instance } = JSON.parse(String(line)) as { listening: string };
  const opportunities = Array.from({ length: ORDERS }, (_, n) => ({ externalId: `D${n}`, Name: `D${n}` }));
  const headers = { 'content-type': 'application/json' };
  await fetch(`${instance}/_sim/seed`, { method: 'POST', headers, body: JSON.stringify({ opportunities }) });
  const seeded = await fetch(`${instance}/_sim/records/Opportunity`);
  const { records } = (await seeded.json()) as { records: { Id: string }[] };
  const auth = { flow: 'client_credentials', clientId: 'consumer', clientSecret: 'secret' } as const;
  const connector = createSalesforceConnector({ instance, auth }, { system: 'crm' });
  if (connector.target === undefined) throw new Error('No target.');
  return {
    target: connector.target,
    deliveries: (count) => records.slice(0, count).map(({ Id }, n) => publish(n, Id)),
    refused: () => publish(99, '006000000000001AAA'),
    malformed: () => [publish(97, 'no-id'), { ...publish(98, 'x'), payload: { orderId: 'so_x' } }],
    effects: async () => {
      const answer = await fetch(`${instance}/_sim/orders?limit=1`);
      return ((await answer.json()) as { total: number }).total;
    },
    close: async () => {
      await connector.close();
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
    },
  };
});
