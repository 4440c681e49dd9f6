/** Real: HTTP on real sockets, the client. Doubled: the org, by script. Observed: what the client reports of each exchange. */
import type { Exchange } from '@trunkline/messaging';
import { afterEach, expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { settingsOf } from '../src/config.ts';
import { startScriptedOrg } from './scripted-org.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

test('authorised calls are reported, answered or not; the exchange that mints the token is not', async () => {
  const org = await startScriptedOrg(({ path }) =>
    path === '/services/oauth2/token'
      ? {}
      : path.endsWith('/cut')
        ? { destroy: true }
        : { body: { ok: true } },
  );
  const told: Exchange[] = [];
  const auth = { flow: 'client_credentials', clientId: 'id', clientSecret: 'hunter22' } as const;
  const client = createClient(settingsOf({ instance: org.url, auth }), Date.now, (exchange) =>
    told.push(exchange),
  );
  open.push(client, org);
  const signal = new AbortController().signal;
  await client.call({ method: 'PATCH', path: '/services/data/x', body: { records: [1] } }, signal);
  await expect(client.call({ method: 'GET', path: '/services/data/cut' }, signal)).rejects.toThrow();
  expect(told).toMatchObject([
    {
      method: 'PATCH',
      url: `${org.url}/services/data/x`,
      request: '{"records":[1]}',
      status: 200,
      response: { ok: true },
    },
    { method: 'GET', failure: expect.stringContaining('gave no answer') as string },
  ]);
  expect(JSON.stringify(told)).not.toContain('hunter22');
  expect(JSON.stringify(told)).not.toContain('token-1');
});
