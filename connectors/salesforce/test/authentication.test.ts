/**
 * Tokens against a scripted org on a real socket. Real: HTTP, RS256 with a key made here, the connector. Doubled: Salesforce. May
 * observe: outcomes and what arrived at the token endpoint.
 */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createSalesforceConnector, type SalesforceConfig } from '../src/index.ts';
import { type Script, startScriptedOrg } from './scripted-org.ts';

const signal = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const TOKEN = '/services/oauth2/token';
const credentials = { flow: 'client_credentials', clientId: 'id', clientSecret: 's&cret' } as const;
const expired = {
  status: 401,
  body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
};
/** No rows to a query, no fields to a description. */
const rows = { body: { totalSize: 0, done: true, records: [], fields: [] } };

async function setUp(script: Script, auth: SalesforceConfig['auth'] = credentials) {
  const org = await startScriptedOrg(script);
  open.push(org);
  const now = () => Date.parse('2026-03-01T10:00:00Z');
  const connector = createSalesforceConnector({ instance: org.url, auth }, { system: 'crm', now });
  open.push(connector);
  const poll = async () => connector.pollers?.[0]?.poll(undefined, signal);
  return { org, connector, poll };
}

describe('tokens', () => {
  test('many calls at once mint one token', async () => {
    const { org, poll } = await setUp(({ path }) => (path === TOKEN ? {} : rows));
    await Promise.all(Array.from({ length: 8 }, poll));
    expect(org.minted()).toBe(1);
    expect(org.exchanges.find(({ path }) => path === TOKEN)?.body).toBe(
      'grant_type=client_credentials&client_id=id&client_secret=s%26cret',
    );
  });

  test('an expired session is renewed once for all calls that met it, and each call repeated once', async () => {
    let valid = 'token-1';
    const { org, poll } = await setUp(({ path, headers }) => {
      if (path === TOKEN) return {};
      return headers.authorization === `Bearer ${valid}` ? rows : expired;
    });
    await poll();
    valid = 'token-2';
    await Promise.all(Array.from({ length: 8 }, poll));
    expect(org.minted()).toBe(2);
  });

  test('a call that learns of the expiry after the renewal takes the new token', async () => {
    const renewed = Promise.withResolvers<void>();
    let slow = true;
    const { org, poll } = await setUp(async ({ path, headers }) => {
      if (path === TOKEN) return {};
      if (headers.authorization === 'Bearer token-2') {
        renewed.resolve();
        return rows;
      }
      if (!path.includes('/query')) return rows;
      // Of two calls with the old token one is told at once, the other when the new token is in use.
      if (slow) {
        slow = false;
        await renewed.promise;
      }
      return expired;
    });
    await Promise.all([poll(), poll()]);
    expect(org.minted()).toBe(2);
  });

  test('a session that stays invalid is refused after one repeat', async () => {
    const { org, poll } = await setUp(({ path }) =>
      path === TOKEN ? {} : path.includes('/query') ? expired : rows,
    );
    await expect(poll()).rejects.toThrow(/INVALID_SESSION_ID/);
    expect(org.exchanges.filter(({ path }) => path.includes('/query')).length).toBe(2);
    expect(org.minted()).toBe(2);
  });

  test('the instance that the token names is where calls go', async () => {
    const other = await startScriptedOrg(() => rows);
    open.push(other);
    const { org, poll } = await setUp(({ path }) =>
      path === TOKEN ? { body: { access_token: 'a', instance_url: `${other.url}/` } } : rows,
    );
    await poll();
    expect(org.exchanges.map(({ path }) => path)).toEqual([TOKEN]);
    expect(other.exchanges.some(({ path }) => path.includes('/query'))).toBe(true);
  });

  test('a refused grant is a person’s, with Salesforce’s words; a busy endpoint is a retry', async () => {
    const refused = {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'user hasn’t approved this consumer' },
    };
    const payload = {
      orderId: 'so_1',
      source: { system: 'crm', id: '1' },
      status: 'Received',
      trackingNumbers: [],
      unitsOrdered: '1',
      unitsShipped: '0',
      unitsBackordered: '0',
      unitsCancelled: '0',
      updatedAt: '2026-03-01T10:00:00Z',
    };
    const delivery = {
      id: '1',
      key: 'so_1',
      target: 'crm',
      type: 'order-status.publish',
      flow: 'order-status',
      payload,
      attempt: 1,
      ambiguous: false,
    };
    for (const [answer, outcome] of [
      [
        refused,
        { kind: 'retry', code: 'credentials_refused', detail: expect.stringContaining('hasn’t approved') },
      ],
      [
        { status: 503, headers: { 'retry-after': '3' } },
        { kind: 'retry', code: 'target_unavailable', afterMs: 3000 },
      ],
      [{ destroy: true }, { kind: 'retry', code: 'target_unavailable' }],
      // What refuses no credentials: a limit that is used up, too many logins, a proxy's page.
      [
        {
          status: 403,
          body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
        },
        { kind: 'retry', detail: expect.stringContaining('REQUEST_LIMIT_EXCEEDED') },
      ],
      [
        { status: 400, body: { error: 'invalid_grant', error_description: 'login rate exceeded' } },
        { kind: 'retry', code: 'target_unavailable' },
      ],
      [
        { status: 400, body: { error: 'unknown_error', error_description: 'retry your request' } },
        { kind: 'retry', code: 'target_unavailable' },
      ],
      [
        { status: 403, body: 'Forbidden' },
        { kind: 'retry', code: 'target_unavailable' },
      ],
      [
        { status: 401, body: { error: 'invalid_client', error_description: 'invalid client credentials' } },
        { kind: 'retry', code: 'credentials_refused' },
      ],
    ] as const) {
      const { connector } = await setUp(() => answer);
      expect(await connector.target?.deliver([delivery], signal)).toMatchObject([outcome]);
    }
  });

  test('a failed mint is not remembered', async () => {
    let broken = true;
    const { poll } = await setUp(({ path }) => {
      if (path !== TOKEN) return rows;
      return broken ? { status: 500, body: {} } : {};
    });
    await expect(poll()).rejects.toThrow(/gave no token: HTTP 500/);
    broken = false;
    expect(await poll()).toMatchObject({ messages: [] });
  });
});

describe('JWT bearer', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  test.each(['pkcs8', 'pkcs1'] as const)('signs a short assertion with a %s key', async (type) => {
    const pem = privateKey.export({ type, format: 'pem' }).toString();
    const auth = {
      flow: 'jwt',
      clientId: 'consumer',
      username: 'hub@acme.example',
      privateKey: pem,
    } as const;
    const { org, poll } = await setUp(({ path }) => (path === TOKEN ? {} : rows), auth);
    await poll();
    const form = new URLSearchParams(org.exchanges[0]?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(read(claims)).toEqual({
      iss: 'consumer',
      sub: 'hub@acme.example',
      aud: 'https://login.salesforce.com',
      exp: Date.parse('2026-03-01T10:02:00Z') / 1000,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
    expect(verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('what is no key is said so', async () => {
    const auth = { flow: 'jwt', clientId: 'c', username: 'u', privateKey: 'not a key' } as const;
    const { poll } = await setUp(() => ({}), auth);
    await expect(poll()).rejects.toThrow(/auth.privateKey is not a private key in PEM form/);
  });
});
