/** Real: HTTP on real sockets, the client. Doubled: the warehouse, by script. Observed: what the client reports of each exchange. */
import type { Exchange } from '@trunkline/messaging';
import { afterEach, expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { settingsOf } from '../src/config.ts';
import { closedPort, startScriptedWarehouse } from './scripted-warehouse.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const signal = new AbortController().signal;

function clientAt(url: string, told: Exchange[]) {
  const webhookSecret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  const settings = settingsOf({ url, site: 'DAL', token: 'secret', webhookSecret });
  const client = createClient(settings, (exchange) => told.push(exchange));
  open.push(client);
  return client;
}

test('an answer is reported with request, status and body, and without headers', async () => {
  const warehouse = await startScriptedWarehouse(() => ({ status: 422, body: { detail: 'no' } }));
  open.push(warehouse);
  const told: Exchange[] = [];
  await clientAt(warehouse.url, told).call({ method: 'POST', path: '/v1/releases', body: { a: 1 } }, signal);
  expect(told).toMatchObject([
    {
      method: 'POST',
      url: `${warehouse.url}/v1/releases`,
      request: { a: 1 },
      status: 422,
      response: { detail: 'no' },
    },
  ]);
  expect(JSON.stringify(told)).not.toContain('secret');
});

test('a call without an answer is reported with why', async () => {
  const told: Exchange[] = [];
  const call = clientAt(await closedPort(), told).call({ method: 'GET', path: '/v1/health' }, signal);
  await expect(call).rejects.toThrow('could not be reached');
  expect(told).toMatchObject([{ method: 'GET', failure: expect.stringContaining('ECONNREFUSED') as string }]);
  expect(told[0]?.status).toBeUndefined();
});
