/**
 * The client against a scripted HTTP server on a real socket. Real: sockets, HTTP, undici. Doubled: Odoo; its
 * answers are shaped as the recordings of 18.0 and 19.0. Observed: requests that arrive, results, error kinds.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { OdooClient, OdooClientOptions } from '../src/client.ts';
import { createOdooClient } from '../src/client.ts';
import { classifyOdooError } from '../src/error-classification.ts';
import type { Failure } from '../src/outcome.ts';
import type { Reply, ScriptedOdoo, SeenRequest } from './scripted-odoo.ts';
import { exception, json2Script, startScriptedOdoo } from './scripted-odoo.ts';

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

async function connect(
  script: (request: SeenRequest) => Reply | Promise<Reply>,
  options: Partial<OdooClientOptions> = {},
): Promise<{ odoo: ScriptedOdoo; client: OdooClient }> {
  const odoo = await startScriptedOdoo(script);
  const client = createOdooClient({ url: odoo.url, database: 'acme', apiKey: 'key-1', ...options });
  opened.push(odoo, client);
  return { odoo, client };
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  return call.then(
    () => expect.fail('the call succeeded'),
    (error: unknown) => classifyOdooError(error),
  );
}

const jsonRpc18 =
  (answer: (params: { service: string; method: string; args: unknown[] }) => unknown) =>
  ({ path, body }: SeenRequest): Reply => {
    // Odoo 18 redirects an unknown path to its login page.
    if (path !== '/jsonrpc')
      return { status: 303, headers: { location: '/web/login' }, html: 'Redirecting...' };
    const params = body['params'] as { service: string; method: string; args: unknown[] };
    if (params.method === 'version')
      return { json: { jsonrpc: '2.0', id: 1, result: { server_version: '18.0' } } };
    if (params.method === 'authenticate') return { json: { jsonrpc: '2.0', id: 1, result: 7 } };
    return { json: { jsonrpc: '2.0', id: 1, ...(answer(params) as object) } };
  };

describe('JSON-2', () => {
  test('is chosen on 19 and sends named arguments, key and database', async () => {
    const { odoo, client } = await connect(json2Script(() => [{ id: 1 }]));
    await client.call('res.partner', 'read', { ids: [1], fields: ['name'], context: { lang: 'en_US' } });
    expect(await client.server()).toEqual({ version: '19.0', major: 19, transport: 'json2' });
    const [, call] = odoo.seen;
    expect(call?.path).toBe('/json/2/res.partner/read');
    expect(call?.headers).toMatchObject({ authorization: 'bearer key-1', 'x-odoo-database': 'acme' });
    expect(call?.body).toEqual({ ids: [1], fields: ['name'], context: { lang: 'en_US' } });
  });

  test('the version is asked once for many calls', async () => {
    const { odoo, client } = await connect(json2Script(() => 3));
    await Promise.all([1, 2, 3].map(() => client.call('res.partner', 'search_count', { domain: [] })));
    expect(odoo.seen.filter(({ path }) => path === '/web/version')).toHaveLength(1);
  });

  test('an exception keeps its name and message and loses its traceback', async () => {
    const { client } = await connect(json2Script(() => exception(422, 'odoo.exceptions.UserError', 'No.')));
    const error: unknown = await client
      .call('sale.order', 'action_confirm', { ids: [1] })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      kind: 'refused',
      name: 'odoo.exceptions.UserError',
      message: 'No.',
      status: 422,
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret path');
  });

  test('null is a result', async () => {
    const { client } = await connect(json2Script(() => null));
    expect(await client.call('stock.quant', 'action_apply_inventory', { ids: [1] })).toBeNull();
  });

  test('a call on no records is refused before anything is sent', async () => {
    const { odoo, client } = await connect(json2Script(() => true));
    expect(await failureOf(client.call('sale.order', 'action_confirm', { ids: [] }))).toMatchObject({
      code: 'odoo-setup',
    });
    expect(odoo.seen).toHaveLength(0);
  });
});

describe('a version that nobody recorded', () => {
  const newer =
    (json2: Reply) =>
    (request: SeenRequest): Reply | Promise<Reply> => {
      if (request.path === '/web/version') return { json: { version: '21.0' } };
      if (request.path === '/json/2/res.users/context_get') return json2;
      return request.path === '/jsonrpc' ? jsonRpc18(() => ({ result: 3 }))(request) : { json: 3 };
    };

  test('goes over JSON-2 when that asks for a key', async () => {
    const asking = exception(401, 'werkzeug.exceptions.Unauthorized', 'User not authenticated').reply;
    const { client } = await connect(newer(asking));
    expect(await client.server()).toEqual({ version: '21.0', major: 21, transport: 'json2' });
  });

  test('goes over /jsonrpc when JSON-2 is a page', async () => {
    const { client } = await connect(newer({ status: 404, html: '<h1>Not Found</h1>' }), { login: 'hub' });
    expect(await client.server()).toEqual({ version: '21.0', major: 21, transport: 'jsonrpc' });
    expect(await client.call('res.partner', 'search_count', { domain: [] })).toBe(3);
  });

  test('that is busy when it is asked for JSON-2 is asked again, and not taken for one without', async () => {
    let json2: Reply = { status: 503, html: '<h1>Service Unavailable</h1>' };
    const { client } = await connect((request) => newer(json2)(request), { login: 'hub' });
    expect(await failureOf(client.server())).toMatchObject({ kind: 'retry' });
    json2 = exception(401, 'werkzeug.exceptions.Unauthorized', 'User not authenticated').reply;
    expect(await client.server()).toEqual({ version: '21.0', major: 21, transport: 'json2' });
  });
});

describe('/jsonrpc', () => {
  test('is chosen before 19; arguments go by name, ids and what is created or written by position', async () => {
    const calls: unknown[][] = [];
    const script = jsonRpc18(({ args }) => {
      calls.push(args);
      return { result: args[4] === 'create' ? 12 : [{ id: 12 }] };
    });
    const { client } = await connect(script, { login: 'hub' });
    expect(await client.server()).toEqual({ version: '18.0', major: 18, transport: 'jsonrpc' });
    expect(
      await client.call('res.partner', 'create', { vals_list: [{ name: 'A' }], context: { tz: 'UTC' } }),
    ).toEqual([12]);
    await client.call('res.partner', 'read', { ids: [12], fields: ['name'] });
    // The order's own override of 16 to 18 calls them `values`.
    await client.call('sale.order', 'write', { ids: [5], vals: { origin: 'A' } });
    expect(calls).toEqual([
      ['acme', 7, 'key-1', 'res.partner', 'create', [[{ name: 'A' }]], { context: { tz: 'UTC' } }],
      ['acme', 7, 'key-1', 'res.partner', 'read', [[12]], { fields: ['name'] }],
      ['acme', 7, 'key-1', 'sale.order', 'write', [[5], { origin: 'A' }], {}],
    ]);
  });

  test('a missing result is null', async () => {
    const { client } = await connect(
      jsonRpc18(() => ({})),
      { login: 'hub' },
    );
    expect(await client.call('stock.picking', 'do_unreserve', { ids: [1] })).toBeNull();
  });

  test('an error inside a 200 is read by its name, whatever its code', async () => {
    const data = {
      name: 'odoo.exceptions.AccessError',
      message: 'You are not allowed to modify.',
      debug: 'Traceback',
    };
    const { client } = await connect(
      jsonRpc18(() => ({ error: { code: 200, message: 'Odoo Server Error', data } })),
      { login: 'hub' },
    );
    expect(await failureOf(client.call('res.partner', 'write', { ids: [1], vals: {} }))).toMatchObject({
      kind: 'rejected',
      code: 'odoo-right-missing',
    });
  });

  test('without a login it says what is missing', async () => {
    const { client } = await connect(jsonRpc18(() => ({})));
    const failure = await failureOf(client.call('res.partner', 'search_count', { domain: [] }));
    expect(failure).toMatchObject({
      code: 'odoo-setup',
      message: expect.stringContaining('login') as string,
    });
  });

  test('a server older than 16 is refused by name', async () => {
    const { client } = await connect(({ path }) =>
      path === '/jsonrpc'
        ? { json: { jsonrpc: '2.0', id: 1, result: { server_version: '15.0' } } }
        : { status: 404, html: '' },
    );
    const failure = await failureOf(client.call('res.partner', 'search_count', { domain: [] }));
    expect(failure).toMatchObject({ code: 'odoo-setup', message: expect.stringContaining('15.0') as string });
  });

  test('a refused login is a refused key', async () => {
    const script = jsonRpc18(() => ({}));
    const refusing = (request: SeenRequest): Reply =>
      (request.body['params'] as { method?: string } | undefined)?.method === 'authenticate'
        ? { json: { jsonrpc: '2.0', id: 1, result: false } }
        : script(request);
    const { client } = await connect(refusing, { login: 'hub' });
    expect(await failureOf(client.call('res.partner', 'search_count', { domain: [] }))).toMatchObject({
      code: 'odoo-key-refused',
    });
  });
});

describe('the connection', () => {
  test('as many requests are in flight as allowed, and no more', async () => {
    const answer = json2Script(() => 1);
    const held: (() => void)[] = [];
    const { odoo, client } = await connect(
      async (request) => {
        if (request.path === '/web/version') return answer(request);
        // Each request waits for a second one: one at a time would never end.
        await new Promise<void>((resolve) => {
          held.push(resolve);
          if (held.length === 2) for (const release of held.splice(0)) release();
        });
        return answer(request);
      },
      { concurrency: 2 },
    );
    await Promise.all(
      Array.from({ length: 12 }, () => client.call('res.partner', 'search_count', { domain: [] })),
    );
    expect(odoo.peak()).toBe(2);
    expect(odoo.seen).toHaveLength(13);
  });

  test('of two calls that touch the same one waits for the other; one that touches something else, or nothing, does not', async () => {
    const first = Promise.withResolvers<void>();
    let confirming = 0;
    const cancelled = Promise.withResolvers<void>();
    const seenTogether: number[] = [];
    const { client } = await connect(async (request) => {
      if (request.path.endsWith('/action_confirm')) {
        confirming += 1;
        seenTogether.push(confirming);
        await first.promise;
        confirming -= 1;
      }
      // Held until calls that came later get through: otherwise this would never end.
      if (request.path.endsWith('/action_cancel')) cancelled.resolve();
      if (request.path.endsWith('/search_count')) void cancelled.promise.then(() => first.resolve());
      return json2Script(() => 1)(request);
    });
    const confirm = (id: number) =>
      client.call('sale.order', 'action_confirm', { ids: [id] }, { touches: ['product 7', `product ${id}`] });
    await Promise.all([
      confirm(1),
      confirm(2),
      client.call('sale.order', 'action_cancel', { ids: [3] }, { touches: ['product 8'] }),
      client.call('sale.order', 'search_count', { domain: [] }),
    ]);
    expect(seenTogether).toEqual([1, 1]);
  });

  test('no answer to a write is unknown, to a read a retry', async () => {
    const { client } = await connect(
      json2Script(() => ({ reply: null })),
      { timeoutMs: 100 },
    );
    // Which a busy machine may not manage at once.
    await expect.poll(() => client.server().catch(() => null), { timeout: 10_000 }).not.toBeNull();
    expect((await failureOf(client.call('sale.order', 'load', { fields: [], data: [] }))).kind).toBe(
      'unknown',
    );
    expect((await failureOf(client.call('sale.order', 'search_read', { domain: [] }))).kind).toBe('retry');
  });

  test('a connection that breaks after the request is unknown for a write', async () => {
    const { odoo, client } = await connect(json2Script(() => 'hang up'));
    expect((await failureOf(client.call('sale.order', 'action_confirm', { ids: [1] }))).kind).toBe('unknown');
    expect(odoo.seen.at(-1)?.path).toBe('/json/2/sale.order/action_confirm');
  });

  test('a server that is not there is a retry, and the next call finds it when it is', async () => {
    const { odoo, client } = await connect(json2Script(() => 1));
    const absent = createOdooClient({ url: 'http://127.0.0.1:9', database: 'acme', apiKey: 'k' });
    opened.push(absent);
    expect((await failureOf(absent.call('sale.order', 'action_confirm', { ids: [1] }))).kind).toBe('retry');
    expect(await client.call('res.partner', 'search_count', { domain: [] })).toBe(1);
    expect(odoo.seen).toHaveLength(2);
  });

  test('a failed detection is not kept', async () => {
    let down = true;
    const script = json2Script(() => 1);
    const { client } = await connect((request) =>
      down ? { status: 503, headers: { 'retry-after': '7' }, html: '<h1>Upgrading</h1>' } : script(request),
    );
    const call = () => client.call('res.partner', 'search_count', { domain: [] });
    expect(await failureOf(call())).toEqual({ kind: 'retry', afterMs: 7000, message: 'HTTP 503: Upgrading' });
    down = false;
    expect(await call()).toBe(1);
  });

  test('a rate limit carries its wait', async () => {
    const { client } = await connect(
      json2Script(() => ({
        reply: { status: 429, headers: { 'retry-after': '3' }, html: 'Too Many Requests' },
      })),
    );
    expect(await failureOf(client.call('sale.order', 'load', {}))).toMatchObject({
      kind: 'retry',
      afterMs: 3000,
    });
  });

  test('the caller can cancel, before and after sending', async () => {
    const controller = new AbortController();
    const { client } = await connect((request) => {
      if (request.path !== '/web/version') controller.abort();
      return request.path === '/web/version' ? json2Script(() => 1)(request) : null;
    });
    const call = () =>
      client.call('sale.order', 'action_confirm', { ids: [1] }, { signal: controller.signal });
    expect((await failureOf(call())).kind).toBe('cancelled');
    expect((await failureOf(call())).kind).toBe('cancelled');
  });

  test('what is no Odoo is named as a wrong address', async () => {
    const { client } = await connect(() => ({ status: 404, html: '<html><h1>Not Found</h1></html>' }));
    expect(await failureOf(client.call('res.partner', 'search_count', { domain: [] }))).toMatchObject({
      kind: 'rejected',
      code: 'odoo-address-wrong',
    });
  });

  test('an unknown database is named', async () => {
    const html =
      '<title>404 Not Found</title><p>No database is selected and the requested URL was not found in the server-wide controllers.</p>';
    const { client } = await connect(json2Script(() => ({ reply: { status: 404, html } })));
    expect(await failureOf(client.call('res.partner', 'search_count', { domain: [] }))).toMatchObject({
      code: 'odoo-database-unknown',
    });
  });
});
