/**
 * Real: the gateway on a loopback socket, scrypt, HMAC, cookies as they travel.
 * Doubled: the credential rows and the operations, in memory.
 * Observed: answers on the wire, what the rows hold.
 */
import { describe, expect, it } from 'vitest';
import { createFirstCredentials, renewCredentials, storedCredentials } from '../src/index.ts';
import { MemoryRows } from './in-memory-ports.ts';
import { cookieOf, problemOf, signIn, startGateway } from './running-gateway.ts';

describe('the first credentials', () => {
  it('are given once, and neither is kept in the clear', async () => {
    const rows = new MemoryRows();
    const [one, two] = await Promise.all([createFirstCredentials(rows), createFirstCredentials(rows)]);
    expect([one, two].filter((given) => given !== undefined)).toHaveLength(1);
    expect(await createFirstCredentials(rows)).toBeUndefined();
    const given = one ?? two;
    const kept = JSON.stringify([...rows.records.values()]);
    expect(kept).not.toContain(given?.password);
    expect(kept).not.toContain(given?.token);
  });

  it('open the hub', async () => {
    const { url, first } = await startGateway();
    const session = await signIn(url, first.user, first.password);
    expect([session.status, await session.json()]).toEqual([
      200,
      { user: 'admin', hub: 'acme', expiresAt: expect.any(String) },
    ]);
    const byToken = await fetch(`${url}/api/v1/overview`, {
      headers: { authorization: `Bearer ${first.token}` },
    });
    expect(byToken.status).toBe(200);
  });

  it('can be renewed, which ends sessions and the old token', async () => {
    const { url, first, rows } = await startGateway();
    const cookie = cookieOf(await signIn(url, first.user, first.password));
    const renewed = await renewCredentials(rows);
    const ask = (headers: Record<string, string>) => fetch(`${url}/api/v1/overview`, { headers });
    expect((await ask({ cookie })).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${first.token}` })).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${renewed.token}` })).status).toBe(200);
  });
});

describe('a session', () => {
  it('rides in a cookie that scripts and other sites cannot use', async () => {
    const { url, first } = await startGateway();
    const cookie = (await signIn(url, first.user, first.password)).headers.getSetCookie()[0];
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).toMatch(/Max-Age=43(?:200|199);/);
  });

  it('ends at sign-out, and the cookie kept aside is worth nothing', async () => {
    const { url, first } = await startGateway();
    const cookie = cookieOf(await signIn(url, first.user, first.password));
    const other = cookieOf(await signIn(url, first.user, first.password));
    const ask = (method: string, with_: string) =>
      fetch(`${url}/api/v1/session`, { method, headers: { cookie: with_, origin: url } });
    expect((await ask('GET', cookie)).status).toBe(200);
    expect((await ask('DELETE', cookie)).status).toBe(204);
    expect((await ask('GET', cookie)).status).toBe(204);
    expect((await ask('GET', other)).status).toBe(200);
  });

  it('expires, and cannot be forged or stretched', async () => {
    const rows = new MemoryRows();
    await createFirstCredentials(rows);
    let clock = Date.UTC(2026, 0, 5);
    const store = storedCredentials({ rows, now: () => clock, sessionMs: 1000 });
    const { token } = await store.issueSession('admin');
    const [, mac] = token.split('.');
    const stretched = Buffer.from(JSON.stringify(['x', 'admin', clock + 9e9])).toString('base64url');
    expect(await store.verifySession(token)).toMatchObject({ user: 'admin' });
    expect(await store.verifySession(`${stretched}.${mac}`)).toBeUndefined();
    expect(await store.verifySession('e30.x')).toBeUndefined();
    expect(await store.verifySession('')).toBeUndefined();
    clock += 1000;
    expect(await store.verifySession(token)).toBeUndefined();
  });

  it('is good on every node that shares the rows', async () => {
    const rows = new MemoryRows();
    await createFirstCredentials(rows);
    const [one, two] = [storedCredentials({ rows }), storedCredentials({ rows })];
    const { token } = await one.issueSession('admin');
    expect(await two.verifySession(token)).toMatchObject({ user: 'admin' });
    await two.revokeSession(token);
    expect(await one.verifySession(token)).toBeUndefined();
  });
});

describe('who is refused', () => {
  it('everybody without a session or token, with a problem', async () => {
    const { url, operations } = await startGateway();
    const asks: [string, string][] = [
      ['GET', '/overview'],
      ['GET', '/threads'],
      ['GET', '/threads/order%2F1'],
      ['GET', '/exceptions'],
      ['POST', '/exceptions/7/retry'],
      ['POST', '/exceptions/7/discard'],
      ['GET', '/invalid-messages'],
      ['GET', '/events'],
    ];
    for (const [method, path] of asks) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: 'Bearer tlk_cli_no' },
      });
      expect([path, await problemOf(answer)]).toMatchObject([path, { status: 401 }]);
    }
    expect(operations.acts).toEqual([]);
  });

  it('a wrong password and an unknown user, in the same words', async () => {
    const { url } = await startGateway();
    const wrong = await (await signIn(url, 'admin', 'guess')).text();
    const unknown = await (await signIn(url, 'nobody', 'guess')).text();
    expect(unknown).toBe(wrong);
  });

  it('who guesses, after ten tries from one address, even in parallel', async () => {
    // Without scrypt: what counts here is the number of tries, and twelve hashes on a busy machine outlast a test.
    const credentials = {
      ...storedCredentials({ rows: new MemoryRows() }),
      verifyPassword: async () => false,
    };
    const { url, first } = await startGateway({ credentials });
    const tries = await Promise.all(Array.from({ length: 12 }, () => signIn(url, 'admin', 'guess')));
    const statuses = tries.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
    const held = await signIn(url, first.user, first.password);
    expect(held.status).toBe(429);
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('another site that rides on the cookie', async () => {
    const { url, first, operations } = await startGateway();
    const cookie = cookieOf(await signIn(url, first.user, first.password));
    const retry = (headers: Record<string, string>) =>
      fetch(`${url}/api/v1/exceptions/7/retry`, { method: 'POST', headers: { cookie, ...headers } });
    expect((await retry({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await retry({ origin: 'null' })).status).toBe(403);
    expect((await retry({})).status).toBe(403);
    expect(operations.acts).toEqual([]);
    expect((await retry({ origin: url })).status).toBe(200);
    expect(operations.acts).toEqual(['retry 7 by admin']);
  });

  it('another site that signs the browser in', async () => {
    const { url, first } = await startGateway();
    const answer = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
      body: JSON.stringify({ user: first.user, password: first.password }),
    });
    expect(answer.status).toBe(403);
  });
});
