/**
 * An Odoo that is upgraded under a client that goes on living. Real: the client, HTTP. Doubled: Odoo, by the simulated one of one series
 * in place of another at the same address, and by a script where calls are counted. Observed: what the client takes the server for.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createConnections } from '../src/client/connections.ts';
import { createOdooClient, type OdooClient, type OdooClientOptions } from '../src/client.ts';
import { classifyOdooError } from '../src/error-classification.ts';
import { OdooError } from '../src/errors.ts';
import { fieldsOf } from '../src/field-catalogue.ts';
import { paymentTermsOf } from '../src/payment-terms.ts';
import { json2Script, type Reply, type SeenRequest, startScriptedOdoo } from './scripted-odoo.ts';
import { type Series, startSimulatedOdoo } from './simulated-odoo.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

const kindOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'succeeded',
    (error: unknown) => classifyOdooError(error).kind,
  );

function keep(options: Pick<OdooClientOptions, 'url'>): OdooClient {
  const client = createOdooClient({
    database: 'demo',
    apiKey: 'demo-odoo-api-key',
    login: 'hub',
    ...options,
  });
  opened.push(client);
  return client;
}

const count = (client: OdooClient) => client.call<number>('res.partner', 'search_count', { domain: [] });

/** A client of a server of one series, and the change to another at the same address, which another process may see through. */
async function upgradable(from: Series) {
  const before = await startSimulatedOdoo(from);
  const client = keep({ url: before.url });
  await count(client);
  return {
    odoo: { client, externalIdModule: 'trunkline' },
    client,
    async become(series: Series, meanwhile?: () => Promise<void>) {
      await before.close();
      await meanwhile?.();
      opened.push(await startSimulatedOdoo(series, new URL(before.url).port));
    },
  };
}

describe('a server that is upgraded', () => {
  test('while calls fail is known as what it is by the first call that it answers, with its fields and terms', async () => {
    const { odoo, client, become } = await upgradable('18.0');
    expect(await client.server()).toMatchObject({ major: 18, transport: 'jsonrpc' });
    expect(await fieldsOf(odoo, 'sale.order.line')).toContain('product_uom');
    const named = (name: string) =>
      client.call<number[]>('account.payment.term', 'create', { vals_list: [{ name }] });
    const ids = await named('As of 18');
    await paymentTermsOf(odoo, { ids });
    await become('19.0', async () => expect(await kindOf(count(client))).toBe('retry'));
    expect(await count(client)).toBeGreaterThan(0);
    expect(client.knownServer()).toEqual({ version: '19.0', major: 19, transport: 'json2' });
    expect(await fieldsOf(odoo, 'sale.order.line')).toContain('product_uom_id');
    expect(await fieldsOf(odoo, 'sale.order.line')).not.toContain('product_uom');
    expect(await named('As of 19')).toEqual(ids);
    expect([...(await paymentTermsOf(odoo, { ids })).names]).toEqual([[ids[0], 'As of 19']]);
  });

  test('in a pause between two calls is known after the first that names what is not there any more', async () => {
    const { client, become } = await upgradable('18.0');
    await become('19.0');
    // The account has another id in the database that came in its place.
    expect(await kindOf(count(client))).toBe('rejected');
    const fields = ['product_uom'];
    expect(await kindOf(client.call('sale.order.line', 'search_read', { domain: [], fields }))).toBe(
      'rejected',
    );
    expect(await client.server()).toMatchObject({ major: 19, transport: 'json2' });
  });

  test('and set back is talked to as before', async () => {
    const { client, become } = await upgradable('19.0');
    await become('18.0', async () => expect(await kindOf(count(client))).toBe('retry'));
    expect(await count(client)).toBeGreaterThan(0);
    expect(client.knownServer()).toEqual({ version: '18.0', major: 18, transport: 'jsonrpc' });
  });
});

describe('the question what the server is', () => {
  async function scripted(answer: (request: SeenRequest) => Reply | undefined) {
    const script = json2Script(() => 3);
    const odoo = await startScriptedOdoo((request) => answer(request) ?? script(request));
    opened.push(odoo);
    const client = keep({ url: odoo.url });
    return { client, asked: () => odoo.seen.filter(({ path }) => path === '/web/version').length, odoo };
  }

  test('is put once after an outage, and not while calls succeed', async () => {
    let down = false;
    const { client, asked, odoo } = await scripted(() =>
      down ? { status: 502, html: '<h1>Bad Gateway</h1>' } : undefined,
    );
    await count(client);
    await count(client);
    expect(asked()).toBe(1);
    down = true;
    const calls = odoo.seen.length;
    for (let n = 0; n < 4; n++) expect(await kindOf(count(client))).toBe('retry');
    // In place of the call, not besides it.
    expect(odoo.seen.length - calls).toBe(4);
    down = false;
    const before = asked();
    await Promise.all([count(client), count(client), count(client)]);
    await count(client);
    expect(asked() - before).toBe(1);
  });

  test('is not put again and again when calls fail that it does not', async () => {
    let failing = false;
    const { client, asked } = await scripted(({ path }) =>
      failing && path !== '/web/version' ? { status: 500, html: '<h1>Error</h1>' } : undefined,
    );
    await count(client);
    failing = true;
    for (let n = 0; n < 5; n++) expect(await kindOf(count(client))).toBe('retry');
    expect(asked()).toBe(2);
  });

  test('is not put because the server asks for a pause', async () => {
    let busy = false;
    const { client, asked } = await scripted(() =>
      busy ? { status: 429, headers: { 'retry-after': '60' }, html: '' } : undefined,
    );
    await count(client);
    busy = true;
    expect(await kindOf(count(client))).toBe('retry');
    busy = false;
    await count(client);
    expect(asked()).toBe(1);
  });

  test('that got no answer leaves a write undone, and not in question', async () => {
    let silent = false;
    const { client } = await scripted(() => (silent ? 'hang up' : undefined));
    await count(client);
    silent = true;
    const write = () => kindOf(client.call('sale.order', 'action_confirm', { ids: [1] }));
    expect(await write()).toBe('unknown');
    expect(await write()).toBe('retry');
  });
});

describe('what is known', () => {
  const gone = new OdooError({ kind: 'unreachable', message: 'gone' });
  function kept() {
    let nowMs = 0;
    let opens = 0;
    let failure: OdooError | undefined;
    const connections = createConnections<{ readonly n: number }>({
      nowMs: () => nowMs,
      open: () => (failure === undefined ? Promise.resolve({ n: ++opens }) : Promise.reject(failure)),
    });
    return {
      connections,
      opens: () => opens,
      pass: (minutes: number) => (nowMs += minutes * 60_000),
      fail: (error: OdooError | undefined) => (failure = error),
    };
  }

  test('is asked for anew after a quarter of an hour', async () => {
    const { connections, pass } = kept();
    expect(await connections.current()).toEqual({ n: 1 });
    pass(14);
    expect(await connections.current()).toEqual({ n: 1 });
    pass(1);
    expect(await connections.current()).toEqual({ n: 2 });
  });

  test('holds when the server could not say, until it can', async () => {
    const { connections, pass, fail } = kept();
    await connections.current();
    pass(15);
    fail(gone);
    expect(await connections.current()).toEqual({ n: 1 });
    fail(undefined);
    expect(await connections.current()).toEqual({ n: 2 });
  });

  test('is asked for once a minute while calls fail, and a failure of a call from before says nothing', async () => {
    const { connections, opens, pass } = kept();
    const first = await connections.current();
    connections.failed(first, gone);
    const second = await connections.current();
    expect(opens()).toBe(2);
    connections.failed(first, gone);
    pass(2);
    await connections.current();
    expect(opens()).toBe(2);
    connections.failed(second, gone);
    const third = await connections.current();
    expect(opens()).toBe(3);
    connections.failed(third, gone);
    await connections.current();
    expect(opens()).toBe(3);
    pass(1);
    await connections.current();
    expect(opens()).toBe(4);
  });

  test('is asked for by the next one when who asked for it was cancelled', async () => {
    const controller = new AbortController();
    let opens = 0;
    const connections = createConnections<number>({
      open: (signal) =>
        ++opens > 1
          ? Promise.resolve(opens)
          : new Promise((_, reject) =>
              signal?.addEventListener('abort', () =>
                reject(new OdooError({ kind: 'cancelled', message: 'cancelled' })),
              ),
            ),
    });
    const first = connections.current(controller.signal);
    const second = connections.current();
    controller.abort();
    await expect(first).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await second).toBe(2);
  });
});
