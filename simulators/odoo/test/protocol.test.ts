/**
 * The two transports where they differ, without the recordings: status codes, names, None, lists and ids. Real: the
 * simulator's HTTP servers of both series. Doubled: nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, LIMITED_KEY, start } from '../src/index.ts';
import type { RunningSimulator } from '../src/index.ts';
import { Client } from './client.ts';
import type { Json } from './client.ts';

let servers: RunningSimulator[];
let v19: Client;
let v18: Client;

beforeAll(async () => {
  servers = [await start(), await start({ series: '18.0' })];
  [v19, v18] = servers.map((server) => new Client(server.url)) as [Client, Client];
});

afterAll(() => Promise.all(servers.map((server) => server.close())));

const execute = (
  client: Client,
  uid: number,
  model: string,
  method: string,
  args: unknown[],
  keywords: Json = {},
) =>
  client.rpc('object', 'execute_kw', [
    DEFAULTS.database,
    uid,
    DEFAULTS.apiKey,
    model,
    method,
    args,
    keywords,
  ]);

test('a product’s packs are packagings until 18 and units of measure from 19 on', async () => {
  const there = async (client: Client, model: string) => {
    const { error } = (await execute(client, client === v18 ? 8 : 7, model, 'search_count', [[]])) as {
      error?: { data: { name: string } };
    };
    return error === undefined;
  };
  for (const [model, on18, on19] of [
    ['product.packaging', true, false],
    ['product.uom', false, true],
  ] as const) {
    expect([model, await there(v18, model), await there(v19, model)]).toEqual([model, on18, on19]);
  }
});

describe('JSON-2', () => {
  test.each([
    ['an unknown model', 'res.nope', 'search_count', { domain: [] }, 404, 'werkzeug.exceptions.NotFound'],
    ['an unknown method', 'res.partner', 'frobnicate', {}, 404, 'werkzeug.exceptions.NotFound'],
    ['a private method', 'res.partner', '_write', {}, 403, 'odoo.exceptions.AccessError'],
    ['a missing argument', 'res.partner', 'search_count', {}, 422, 'werkzeug.exceptions.UnprocessableEntity'],
    [
      'ids on a model method',
      'res.partner',
      'search_count',
      { domain: [], ids: [1] },
      422,
      'werkzeug.exceptions.UnprocessableEntity',
    ],
    ['an unknown field', 'res.partner', 'read', { ids: [1], fields: ['nope'] }, 500, 'builtins.ValueError'],
    [
      'a missing record',
      'res.partner',
      'write',
      { ids: [999_999], vals: {} },
      404,
      'odoo.exceptions.MissingError',
    ],
    [
      'a required value left out',
      'sale.order',
      'create',
      { vals_list: [{}] },
      422,
      'odoo.exceptions.ValidationError',
    ],
  ])('answers %s', async (_case, model, method, body, status, name) => {
    const answer = await v19.ask(model, method, body);
    expect(answer).toMatchObject({ status, body: { name } });
  });

  test('needs a key that it knows and a user that may', async () => {
    expect((await v19.ask('res.partner', 'search_count', { domain: [] }, 'wrong')).status).toBe(401);
    const denied = await v19.ask('sale.order', 'create', { vals_list: [{}] }, LIMITED_KEY);
    expect(denied).toMatchObject({ status: 403, body: { name: 'odoo.exceptions.AccessError' } });
  });

  test('a failing call leaves nothing of its earlier records', async () => {
    const answer = await v19.ask('res.partner', 'create', {
      vals_list: [{ name: 'Half done' }, { name: 'Bad', type: 'zzz' }],
    });
    expect(answer.status).toBe(500);
    expect(await v19.call('res.partner', 'search_count', { domain: [['name', '=', 'Half done']] })).toBe(0);
  });

  test('is not there on 18', async () => {
    const answer = await fetch(`${v18.url}/json/2/res.partner/search`, {
      method: 'POST',
      redirect: 'manual',
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      expect.stringContaining('/web/login'),
    ]);
  });
});

describe('/jsonrpc', () => {
  test('logs in by password or key, and answers false for a wrong one', async () => {
    const login = (secret: string) =>
      v18.rpc('common', 'authenticate', [DEFAULTS.database, DEFAULTS.login, secret, {}]);
    expect((await login(DEFAULTS.password))['result']).toBe(8);
    expect((await login(DEFAULTS.apiKey))['result']).toBe(8);
    expect((await login('wrong'))['result']).toBe(false);
  });

  test('answers an id for one dictionary and leaves out the result of a method without one', async () => {
    const { result } = await execute(v18, 8, 'res.partner', 'create', [{ name: 'One' }]);
    expect(typeof result).toBe('number');
    expect(await execute(v18, 8, 'stock.picking', 'do_unreserve', [[]])).toEqual({ jsonrpc: '2.0', id: 7 });
  });

  test('carries its failures inside a 200, with the code of the series', async () => {
    const broken = [['name', '~~', 'x']];
    const [old, recent] = await Promise.all([
      execute(v18, 8, 'res.partner', 'search', [broken]),
      execute(v19, 7, 'res.partner', 'search', [broken]),
    ]);
    expect(old['error']).toMatchObject({
      code: 200,
      data: { name: 'builtins.ValueError', message: expect.stringContaining('Invalid leaf') },
    });
    expect(recent['error']).toMatchObject({
      code: 0,
      data: { message: expect.stringContaining('Invalid operator') },
    });
  });
});
