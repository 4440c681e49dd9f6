/** Logging in, sessions and limits, over real sockets. Real: HTTP, RSA keys, JWTs signed by jose. Doubled: nothing. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { Client } from './client.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwtPublicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
let client: Client;

afterEach(() => client.org.close());

interface Claims {
  iss?: string;
  sub?: string | undefined;
  aud?: string;
  lifeSeconds?: number;
  key?: KeyObject;
}

async function assertion(claims: Claims = {}): Promise<string> {
  const {
    iss = 'trunkline',
    aud = 'https://login.salesforce.com',
    lifeSeconds = 180,
    key = pair.privateKey,
  } = claims;
  const sub = 'sub' in claims ? claims.sub : 'integration@trunkline.example';
  const jwt = new SignJWT().setProtectedHeader({ alg: 'RS256' }).setIssuer(iss).setAudience(aud);
  if (sub !== undefined) jwt.setSubject(sub);
  return jwt.setExpirationTime(Math.floor(Date.now() / 1000) + lifeSeconds).sign(key);
}

const bearer = (jwt: string) =>
  client.grant({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });

describe('client credentials', () => {
  it('give a token and the address to go on with, and neither a refresh token nor a life time', async () => {
    client = await Client.of();
    const { status, body } = await client.grant({
      grant_type: 'client_credentials',
      client_id: 'trunkline',
      client_secret: 'trunkline-secret',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', instance_url: client.org.url });
    expect(Object.keys(body).sort()).toEqual([
      'access_token',
      'id',
      'instance_url',
      'issued_at',
      'scope',
      'token_type',
    ]);
  });

  it.each([
    [{ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' }, 400, 'invalid_client_id'],
    [{ grant_type: 'client_credentials', client_id: 'trunkline', client_secret: 'x' }, 401, 'invalid_client'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ username: 'x' }, 400, 'invalid_request'],
  ])('are refused: %j', async (form, status, error) => {
    client = await Client.of();
    const answer = await client.grant(form as unknown as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error, error_description: expect.any(String) });
  });
});

describe('a JWT bearer', () => {
  it('signed by the registered key gets a session', async () => {
    client = await Client.of({ jwtPublicKey });
    const { status, body } = await bearer(await assertion());
    expect(status).toBe(200);
    client.token = String(body['access_token']);
    expect((await client.call('GET', '/limits')).status).toBe(200);
  });

  it.each<[string, Claims, string]>([
    ['another key', { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }, 'invalid_grant'],
    ['another client', { iss: 'nobody' }, 'invalid_client_id'],
    ['no user', { sub: undefined }, 'invalid_grant'],
    ['another audience', { aud: 'https://elsewhere.example' }, 'invalid_grant'],
    ['a life of an hour', { lifeSeconds: 3600 }, 'invalid_grant'],
    ['an end in the past', { lifeSeconds: -60 }, 'invalid_grant'],
  ])('is refused for %s', async (_what, claims, error) => {
    client = await Client.of({ jwtPublicKey });
    const { status, body } = await bearer(await assertion(claims));
    expect(status).toBe(400);
    expect(body['error']).toBe(error);
  });

  it('is refused where no key is registered, and where it is no JWT', async () => {
    client = await Client.of();
    expect((await bearer(await assertion())).body).toMatchObject({ error: 'invalid_grant' });
    await client.org.close();
    client = await Client.of({ jwtPublicKey });
    expect((await bearer('nonsense')).body).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('a session', () => {
  it('can end at any time: 401 until the next login', async () => {
    client = await Client.of();
    expect((await client.call('GET', '/sobjects')).status).toBe(200);
    expect((await client.sim('POST', '/expire-tokens')).body).toEqual({ expired: 1 });
    const { status, body } = await client.call('GET', '/sobjects');
    expect(status).toBe(401);
    expect(body).toEqual([{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }]);
    await client.login();
    expect((await client.call('GET', '/sobjects')).status).toBe(200);
  });
});

describe('the daily limit', () => {
  it('is told on every answer, and refuses what goes beyond', async () => {
    client = await Client.of({ dailyLimit: 2 });
    const answers = [
      await client.call('GET', '/limits'),
      await client.call('GET', '/nowhere'),
      await client.call('GET', '/limits'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 403]);
    expect(answers.map(({ headers }) => headers.get('sforce-limit-info'))).toEqual([
      'api-usage=1/2',
      'api-usage=2/2',
      'api-usage=3/2',
    ]);
    expect(answers[2]?.body).toMatchObject([{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]);
  });
});
