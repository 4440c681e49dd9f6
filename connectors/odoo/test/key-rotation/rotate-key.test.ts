/**
 * Renewing the API key against a scripted Odoo that keeps keys as a later 19.0 does (generate and revoke of `res.users.apikeys`). Real:
 * sockets, the client. Doubled: Odoo, the store, the clock. Observed: the keys that Odoo has, what is kept, findings.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createOdooClient, type OdooClient } from '../../src/client.ts';
import { createKeyRing, type KeptKey, type KeyStore } from '../../src/key-rotation/key-ring.ts';
import { daysLeftWhenDue, keyInUse, keyForSure, type ListedKey } from '../../src/key-rotation/plan.ts';
import { rotateKey } from '../../src/key-rotation/rotate-key.ts';
import { exception, startScriptedOdoo, version19, type Reply, type SeenRequest } from '../scripted-odoo.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

const NOW = Date.parse('2026-11-24T12:00:00Z');

function monthsBefore(end: string, months: number): string {
  const at = new Date(`${end.replace(' ', 'T')}Z`);
  at.setUTCMonth(at.getUTCMonth() - months);
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

/** An Odoo of one account, whose keys are a map from key to name and end. */
async function odooWith(
  keys: Map<string, { name: string; end: string }>,
  answer?: (call: string, body: Record<string, unknown>) => Reply | undefined,
) {
  let made = 0;
  const odoo = await startScriptedOdoo((request: SeenRequest): Reply => {
    if (request.path === '/web/version') return version19;
    const call = request.path.replace('/json/2/', '');
    const key = String(request.headers.authorization).replace('bearer ', '');
    if (!keys.has(key)) return exception(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey').reply;
    const own = answer?.(call, request.body);
    if (own !== undefined) return own;
    if (call === 'res.users/context_get') return { json: { uid: 7 } };
    if (call === 'res.users.apikeys/search_read')
      return {
        json: [...keys.values()].map(({ name, end }, id) => ({
          id,
          name,
          create_date: monthsBefore(end, 3),
          expiration_date: end,
        })),
      };
    if (call === 'res.users.apikeys/generate') {
      made += 1;
      keys.set(`made-${made}`, {
        name: String(request.body['name']),
        end: String(request.body['expiration_date']),
      });
      return { json: `made-${made}` };
    }
    if (call === 'res.users.apikeys/revoke') return { json: keys.delete(String(request.body['key'])) };
    return { json: 3 };
  });
  opened.push(odoo);
  return odoo;
}

function memory(): KeyStore & { kept: KeptKey | undefined } {
  const store: KeyStore & { kept: KeptKey | undefined } = {
    kept: undefined,
    read: () => Promise.resolve(store.kept),
    write: (kept) => {
      store.kept = kept;
      return Promise.resolve();
    },
  };
  return store;
}

function node(url: string, configured: string, store: KeyStore, password?: string) {
  const ring = createKeyRing(configured, store);
  const connection = { url, database: 'acme', apiKey: configured };
  const client: OdooClient = createOdooClient({ ...connection, keys: ring });
  opened.push(client);
  const rotate = (nowMs = NOW) =>
    rotateKey(
      {
        system: 'erp',
        connection,
        ring,
        client,
        ...(password === undefined ? {} : { password }),
        nowMs: () => nowMs,
      },
      AbortSignal.timeout(10_000),
    );
  return { ring, client, rotate };
}

const ending = () => new Map([['configured', { name: 'by hand', end: '2026-12-10 00:00:00' }]]);

describe('a key that nears its end', () => {
  test('is renewed, kept and revoked, and every node goes on with the new one', async () => {
    const keys = ending();
    const { url } = await odooWith(keys);
    const store = memory();
    const [first, second] = [node(url, 'configured', store), node(url, 'configured', store)];
    expect(await second.client.call('res.partner', 'search_count', { domain: [] })).toBe(3);
    expect(await first.rotate()).toEqual([]);
    expect([...keys.keys()]).toEqual(['made-1']);
    expect(keys.get('made-1')?.end).toBe('2027-02-22 11:00:00');
    expect(store.kept).toMatchObject({ key: 'made-1', revoke: null });
    // The other node still has the old key in hand.
    expect(await second.client.call('res.partner', 'search_count', { domain: [] })).toBe(3);
    // A restart with the configured key, which is gone from Odoo.
    const restarted = node(url, 'configured', store);
    expect(await restarted.client.call('res.partner', 'search_count', { domain: [] })).toBe(3);
    expect(await restarted.rotate()).toEqual([]);
    expect([...keys.keys()]).toEqual(['made-1']);
  });

  test('is revoked by the next run when this one ended before that', async () => {
    const keys = ending();
    let cut = true;
    const { url } = await odooWith(keys, (call) =>
      cut && call.endsWith('/revoke') ? { status: 503, html: 'Upgrading' } : undefined,
    );
    const store = memory();
    await expect(node(url, 'configured', store).rotate()).rejects.toThrow('503');
    expect(store.kept).toMatchObject({ key: 'made-1', revoke: 'configured' });
    cut = false;
    expect(await node(url, 'configured', store).rotate()).toEqual([]);
    expect([...keys.keys()]).toEqual(['made-1']);
  });

  test('that a person replaced in the configuration gives way to theirs', async () => {
    const keys = ending();
    const { url } = await odooWith(keys);
    const store = memory();
    await node(url, 'configured', store).rotate();
    keys.set('new by hand', { name: 'by hand', end: '2027-02-20 00:00:00' });
    expect(await node(url, 'new by hand', store).ring.current()).toBe('new by hand');
  });

  test('asks for less when the account may not have three months', async () => {
    const keys = ending();
    const { url } = await odooWith(keys, (call, body) =>
      call.endsWith('/generate') && String(body['expiration_date']) > '2027'
        ? // In the words of the account’s language.
          exception(422, 'odoo.exceptions.ValidationError', 'Sie können 30.0 Tage nicht überschreiten.').reply
        : undefined,
    );
    await node(url, 'configured', memory()).rotate();
    expect(keys.get('made-1')?.end).toBe('2026-12-24 11:00:00');
  });

  test('is renewed with the password where the key alone is not let, and the old one is removed all the same', async () => {
    const keys = ending();
    let asked = '';
    const notLet = exception(422, 'odoo.exceptions.UserError', 'Programmatic API keys are not enabled').reply;
    const dialog: Reply = { json: { res_model: 'res.users.identitycheck', res_id: 5 } };
    const { url } = await odooWith(keys, (call, body) => {
      const [, method = ''] = call.split('/');
      if (method === 'generate' || method === 'revoke') return notLet;
      if (call === 'res.users.apikeys.description/create') return { json: [1] };
      if (method === 'make_key' || method === 'remove') asked = method;
      if (method === 'make_key' || method === 'remove') return dialog;
      if (method !== 'run_check') return undefined;
      expect(body['context']).toEqual({ password: 'secret' });
      if (asked === 'remove') keys.delete('configured');
      else keys.set('made-by-dialog', { name: 'Trunkline erp', end: '2027-02-22 11:00:00' });
      const context = asked === 'remove' ? {} : { default_key: 'made-by-dialog' };
      return { json: { type: 'ir.actions.act_window', context } };
    });
    const store = memory();
    expect(await node(url, 'configured', store, 'secret').rotate()).toEqual([]);
    expect([...keys.keys()]).toEqual(['made-by-dialog']);
    expect(store.kept).toMatchObject({ key: 'made-by-dialog', revoke: null });
  });

  test.each([
    [
      exception(
        404,
        'werkzeug.exceptions.NotFound',
        "The method 'res.users.apikeys.generate' does not exist",
      ),
      'only for somebody who gives the account’s password',
    ],
    [exception(422, 'odoo.exceptions.UserError', 'Programmatic API keys are not enabled'), 'not enabled'],
  ])('that cannot be renewed is told with the days left, and stays in use (%#)', async (answer, words) => {
    const keys = ending();
    const { url } = await odooWith(keys, (call) => (call.endsWith('/generate') ? answer.reply : undefined));
    const { rotate, client } = node(url, 'configured', memory());
    expect(await rotate()).toMatchObject([
      { code: 'target_key_expiring', message: expect.stringMatching(`ends in 15 days.*${words}`) as string },
    ]);
    expect(await client.call('res.partner', 'search_count', { domain: [] })).toBe(3);
  });
});

test('a wrong key is refused once, not for ever', async () => {
  const { url } = await odooWith(new Map());
  await expect(
    node(url, 'nobody', memory()).client.call('res.partner', 'search_count', { domain: [] }),
  ).rejects.toThrow('Invalid apikey');
});

const key = (name: string, createdAt: string, expiresAt: string | null): ListedKey => ({
  id: name.length,
  name,
  createdAt: `${createdAt}T12:00:00Z`,
  expiresAt: expiresAt === null ? null : `${expiresAt}T12:00:00Z`,
});

test('a key is due a month before its end, a shorter one in its last third', () => {
  const left = (createdAt: string, expiresAt: string | null) =>
    daysLeftWhenDue(key('a', createdAt, expiresAt), NOW);
  expect(left('2026-11-20', '2027-02-18')).toBeNull();
  expect(left('2026-09-01', '2026-12-01')).toBe(7);
  expect(left('2026-08-01', '2026-11-01')).toBe(0);
  expect(left('2026-08-01', null)).toBeNull();
  // Made yesterday for a week: a month ahead it would be due each hour.
  expect(left('2026-11-23', '2026-11-30')).toBeNull();
  expect(left('2026-11-18', '2026-11-25')).toBe(1);
  expect(daysLeftWhenDue(undefined, NOW)).toBeNull();
});

test('which key is in use is known by its name, else guessed with care, and removed only without doubt', () => {
  const [far, near, ended, endless] = [
    key('far', '2026-10-10', '2027-01-01'),
    key('nearer', '2026-09-10', '2026-12-01'),
    key('ended', '2026-08-10', '2026-11-01'),
    key('endless', '2026-08-10', null),
  ];
  expect(keyInUse([near, far], 'far', NOW)).toBe(far);
  expect(keyInUse([far, near, ended, endless], undefined, NOW)).toBe(near);
  expect(keyInUse([ended], undefined, NOW)).toBe(ended);
  expect(keyInUse([endless], undefined, NOW)).toBeUndefined();
  expect(keyForSure([near, far], 'far', NOW)).toBe(far);
  expect(keyForSure([near, far], undefined, NOW)).toBeUndefined();
  expect(keyForSure([near, ended], undefined, NOW)).toBe(near);
});
