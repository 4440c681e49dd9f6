/** `check` against a scripted warehouse on a real socket. Real: HTTP, the connector. Doubled: the warehouse. */
import { afterEach, describe, expect, test } from 'vitest';
import { createWarehouseRestConnector } from '../src/index.ts';
import { closedPort, type Script, startScriptedWarehouse } from './scripted-warehouse.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function check(url: string) {
  const webhookSecret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
  const config = { url, site: 'DAL', token: 't', webhookSecret };
  const connector = createWarehouseRestConnector(config, { system: 'dallas' });
  open.push(connector);
  return connector.check(new AbortController().signal);
}

const healthy = { body: { status: 'ok', sites: ['DAL', 'RNO'] } };
const on =
  (health: Awaited<ReturnType<Script>>, release: Awaited<ReturnType<Script>>): Script =>
  ({ path }) =>
    path === '/v1/health' ? health : release;

describe('check', () => {
  test('a sound warehouse passes', async () => {
    const warehouse = await startScriptedWarehouse(on(healthy, { status: 404 }));
    open.push(warehouse);
    expect((await check(`${warehouse.url}/`)).map(({ ok }) => ok)).toEqual([true, true]);
  });

  test.each([
    ['another web server', on({ body: 'hello' }, {}), 'reachable', /not as the contract says/],
    [
      'a closed warehouse',
      on({ status: 503, body: { title: 'Stock-taking' } }, {}),
      'reachable',
      /Stock-taking/,
    ],
    [
      'another site',
      on({ body: { status: 'ok', sites: ['RNO'] } }, {}),
      'reachable',
      /not serve site DAL, but RNO/,
    ],
    [
      'a wrong token',
      on(healthy, { status: 401, body: { title: 'Unauthorized' } }),
      'authorised',
      /refused the token/,
    ],
    ['a broken warehouse', on(healthy, { status: 500 }), 'authorised', /HTTP 500/],
  ])('%s is named with a remedy', async (_case, script, name, detail) => {
    const warehouse = await startScriptedWarehouse(script);
    open.push(warehouse);
    const last = (await check(warehouse.url)).at(-1);
    expect(last).toMatchObject({ name, ok: false, remedy: expect.any(String) });
    expect(last?.detail).toMatch(detail);
  });

  test('nobody listening is named with a remedy', async () => {
    expect(await check(await closedPort())).toMatchObject([
      { name: 'reachable', ok: false, remedy: expect.any(String) },
    ]);
  });
});
