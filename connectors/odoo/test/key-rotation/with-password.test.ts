/**
 * Renewing the API key where Odoo asks for the account's password, on the simulated Odoo, which asks as live servers of 19.0 (over JSON-2)
 * and 18.0 (in a web session) do. Real: sockets, the client, the simulator as a process of its own. Doubled: Odoo, the store, the clock.
 * Observed: the keys that the account has, what is kept, findings.
 */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createOdooClient } from '../../src/client.ts';
import { createOdooConnector } from '../../src/connector.ts';
import { listKeys, removeKey } from '../../src/key-rotation/account-keys.ts';
import { createKeyRing, type KeptKey } from '../../src/key-rotation/key-ring.ts';
import { asThePerson, newKey, rotateKey, type RotationOptions } from '../../src/key-rotation/rotate-key.ts';
import { openWebSession } from '../../src/transport/web-session.ts';
import { startScriptedOdoo } from '../scripted-odoo.ts';
import { ACCOUNT, startSimulatedOdoo } from '../simulated-odoo.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const resource of opened.splice(0).reverse()) await resource.close();
});

const DAY_S = 86_400;
const signal = AbortSignal.timeout(60_000);

function memory() {
  const store = {
    kept: undefined as KeptKey | undefined,
    read: () => Promise.resolve(store.kept),
    write: (next: KeptKey) => {
      store.kept = next;
      return Promise.resolve();
    },
  };
  return store;
}

/** An account whose only key was made today and ends in three months. */
async function accountOf(series: '19.0' | '18.0') {
  const odoo = await startSimulatedOdoo(series);
  opened.push(odoo);
  let days = 0;
  const node = (apiKey: string, store: ReturnType<typeof memory>, password?: string): RotationOptions => {
    const connection = { ...ACCOUNT, url: odoo.url, apiKey };
    const ring = createKeyRing(apiKey, store);
    const client = createOdooClient({ ...connection, keys: ring });
    opened.push(client);
    const known = password === undefined ? {} : { password };
    return {
      system: 'erp',
      connection,
      ring,
      client,
      ...known,
      nowMs: () => Date.now() + days * DAY_S * 1000,
    };
  };
  const keys = async (apiKey: string) => {
    const { client } = node(apiKey, memory());
    return (await listKeys(client, Number.parseInt(series, 10), signal)).map(({ name }) => name);
  };
  const start = node(ACCOUNT.apiKey, memory(), 'hub');
  const server = await start.client.server();
  const first = await newKey(start, 'by hand', signal);
  const [given] = await listKeys(start.client, server.major, signal);
  await asThePerson(start, server, 'hub', signal, (call) =>
    removeKey(call, server.major, 'hub', given?.id ?? 0),
  );
  return {
    url: odoo.url,
    first,
    node,
    keys,
    fault: (plan: Readonly<Record<string, unknown>>) => odoo.fault(plan),
    another: (name: string) => newKey(node(first, memory(), 'hub'), name, signal),
    async pass(more: number) {
      days += more;
      await odoo.advance(more * DAY_S);
    },
  };
}

const count = ({ client }: RotationOptions) => client.call('res.partner', 'search_count', { domain: [] });

describe.each(['19.0', '18.0'] as const)('the key of an account on %s', (series) => {
  test('is renewed with the password a month before its end, and every node goes on', async () => {
    const { first, node, keys, pass } = await accountOf(series);
    const store = memory();
    const [one, other, idle] = [
      node(first, store, 'hub'),
      node(first, store, 'hub'),
      node(first, store, 'hub'),
    ];
    // Has the key in hand and no login yet; over /jsonrpc Odoo goes on taking a removed key of one who had.
    expect(await idle.ring.current()).toBe(first);
    expect(await keys(first)).toEqual(['by hand']);
    await count(other);
    await pass(55);
    expect(await rotateKey(one, signal)).toEqual([]);
    expect(store.kept).toBeUndefined();
    await pass(10);
    expect(await rotateKey(one, signal)).toEqual([]);
    const made = store.kept?.key ?? '';
    expect(await keys(made)).toEqual([store.kept?.name]);
    expect(store.kept).toMatchObject({ revoke: null });
    for (const each of [other, idle]) expect(await count(each)).toBeGreaterThan(0);
    // The configured key, which is gone, leads to the one that is kept.
    const restarted = node(first, store, 'hub');
    expect(await count(restarted)).toBeGreaterThan(0);
    await pass(65);
    expect(await rotateKey(restarted, signal)).toEqual([]);
    expect(await keys(store.kept?.key ?? '')).toEqual([store.kept?.name]);
    expect(store.kept?.key).not.toBe(made);
    await expect(count(node(made, memory()))).rejects.toThrow();
  });

  test('is told a month ahead without the password, with a wrong one, and stays as it is', async () => {
    const { url, first, node, keys, pass } = await accountOf(series);
    await pass(70);
    const [menu, words] =
      series === '19.0'
        ? ['My Preferences > Security > Add API Key', 'Incorrect Password']
        : ['Preferences > Account Security > New API Key', 'refuses the password of hub'];
    const health = async (password?: string) => {
      const connection = { ...ACCOUNT, url, apiKey: first };
      const connector = createOdooConnector(
        { ...connection, ...(password === undefined ? {} : { password }) },
        { system: 'erp', keyStore: memory() },
      );
      opened.push(connector);
      return (await connector.check?.(signal))?.find(({ name }) => name === 'API key');
    };
    expect(await health()).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/^ends 20.* a person renews/) as string,
    });
    expect(await health('hub')).toMatchObject({
      ok: true,
      detail: expect.stringContaining('the hub renews it') as string,
    });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 70 * DAY_S * 1000 });
    expect(await health()).toMatchObject({ ok: false, remedy: expect.stringContaining(menu) as string });
    vi.useRealTimers();
    const store = memory();
    const [without] = await rotateKey(node(first, store), signal);
    expect(without?.message).toMatch(/ends in 19 days .*only for somebody who gives the account’s password/);
    expect(without?.remedy).toContain(menu);
    expect(without?.remedy).toContain('`password`');
    const [wrong] = await rotateKey(node(first, store, 'nonsense'), signal);
    expect(wrong?.message).toContain(words);
    expect(wrong?.remedy).toContain('mend what the reason names: `password`');
    expect([await keys(first), store.kept]).toEqual([['by hand'], undefined]);
  });

  test('is told when it could not be renewed for half of the time there was, whatever stood in the way', async () => {
    const { first, node, fault, pass } = await accountOf(series);
    await fault({ failRate: 1, failStatus: 503, only: { model: 'res.users.apikeys.description' } });
    const hub = node(first, memory(), 'hub');
    await pass(65);
    await expect(rotateKey(hub, signal)).rejects.toThrow('503');
    await pass(12);
    const [finding] = await rotateKey(hub, signal);
    expect(finding?.message).toMatch(/ends in 12 days .*503/);
    expect(finding?.remedy).toContain('tries again');
  });

  test('is left to its own end where the account has others and nobody knows which it is', async () => {
    const { first, node, keys, another, pass } = await accountOf(series);
    await another('of somebody else');
    await pass(70);
    const store = memory();
    expect(await rotateKey(node(first, store, 'hub'), signal)).toEqual([]);
    expect(await keys(first)).toEqual(['by hand', 'of somebody else', store.kept?.name]);
    expect(store.kept?.key).not.toBe(first);
  });
});

test('an account with two-factor authentication does not log in by its password alone', async () => {
  const odoo = await startScriptedOdoo(() => ({ json: { jsonrpc: '2.0', id: 1, result: { uid: null } } }));
  opened.push(odoo);
  const given = { url: odoo.url, database: 'acme', login: 'hub', password: 'hub' };
  await expect(openWebSession(given, signal)).rejects.toThrow('asks for a second factor');
});
