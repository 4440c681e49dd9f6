/** Real: HTTP on real sockets, the client. Doubled: Odoo, by script. Observed: what the client reports of each exchange. */
import type { Exchange } from '@trunkline/messaging';
import { afterEach, expect, test } from 'vitest';
import { createOdooClient } from '../src/client.ts';
import { json2Script, startScriptedOdoo } from './scripted-odoo.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

test('every exchange is reported, answered or not, and the server’s version is known after the first', async () => {
  const odoo = await startScriptedOdoo(json2Script((call) => (call.endsWith('/unlink') ? 'hang up' : [7])));
  const told: Exchange[] = [];
  const client = createOdooClient({
    url: odoo.url,
    database: 'acme',
    apiKey: 'key-1',
    onExchange: (exchange) => told.push(exchange),
  });
  open.push(client, odoo);
  expect(client.knownServer()).toBeUndefined();
  await client.call('res.partner', 'create', { vals_list: [{ name: 'Acme' }] });
  await expect(client.call('res.partner', 'unlink', { ids: [7] })).rejects.toThrow();
  expect(client.knownServer()?.version).toBe('19.0');
  expect(told).toMatchObject([
    { method: 'GET', url: `${odoo.url}/web/version`, status: 200 },
    {
      method: 'POST',
      url: `${odoo.url}/json/2/res.partner/create`,
      request: '{"vals_list":[{"name":"Acme"}]}',
      status: 200,
      response: '[7]',
    },
    { method: 'POST', failure: expect.stringContaining('broke the connection') as string },
  ]);
  expect(JSON.stringify(told)).not.toContain('key-1');
});

test('the key stands in no report of /jsonrpc either, whose arguments it is among', async () => {
  const odoo = await startScriptedOdoo(({ path, body }) => {
    if (path !== '/jsonrpc') return { status: 404, html: 'Not Found' };
    const { method } = body['params'] as { method: string };
    const version = { server_version: '18.0', server_version_info: [18, 0, 0, 'final', 0, ''] };
    return { json: { jsonrpc: '2.0', id: 1, result: method === 'version' ? version : 7 } };
  });
  const told: Exchange[] = [];
  const client = createOdooClient({
    url: odoo.url,
    database: 'acme',
    login: 'hub',
    apiKey: 'key-1',
    onExchange: (exchange) => told.push(exchange),
  });
  open.push(client, odoo);
  await client.call('res.partner', 'search_count', { domain: [['name', '=', 'Acme']] });
  const said = JSON.stringify(told);
  expect(said).toContain('search_count');
  expect(said).not.toContain('key-1');
  const sent = odoo.seen.map(({ body }) => JSON.stringify(body)).filter((body) => body.includes('key-1'));
  expect(sent).toHaveLength(2);
});
