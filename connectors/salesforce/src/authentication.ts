import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { SalesforceAuth } from './config.ts';
import { type Answer, type Call, CallFailure, retryAfterMs, send } from './http.ts';
import { errorsOf, wordsOf } from './reported-errors.ts';
import { asRecord, textOf } from './json-shape.ts';

export interface Token {
  readonly accessToken: string;
  /** Where the API of this org answers, as the token endpoint said; without a trailing slash. */
  readonly instanceUrl: string;
}

/** The token endpoint answered and gave no token. */
export class AuthenticationFailure extends Error {
  override readonly name = 'AuthenticationFailure';
  /** True: the endpoint is busy or broken, which passes; false: a person must mend the app, the user or the key. */
  readonly transient: boolean;
  readonly afterMs: number | undefined;

  constructor(message: string, transient: boolean, afterMs: number | undefined) {
    super(message);
    this.transient = transient;
    this.afterMs = afterMs;
  }
}

export interface TokenSource {
  /** The current token; mints one when there is none. */
  current(signal: AbortSignal): Promise<Token>;
  /** A token that is not `stale`. However many calls find the same token expired, one mint serves them all. */
  replace(stale: Token, signal: AbortSignal): Promise<Token>;
}

export interface TokenSourceOptions {
  readonly instance: string;
  readonly auth: SalesforceAuth;
  readonly agent: Dispatcher;
  readonly now: () => number;
}

/** Neither flow gives a refresh token, and often no expiry: a token is good until a 401 says otherwise (facts of the platform). */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  let token: Token | undefined;
  let minting: Promise<Token> | undefined;

  // Not the caller's signal: a caller that gives up must not take the token from those who wait for the same mint.
  const mintOnce = (): Promise<Token> => {
    minting ??= mint(options).then(
      (minted) => {
        token = minted;
        minting = undefined;
        return minted;
      },
      (error: unknown) => {
        minting = undefined;
        throw error;
      },
    );
    return minting;
  };

  return {
    async current(signal) {
      return token ?? (await abortable(mintOnce(), signal));
    },
    async replace(stale, signal) {
      if (token !== undefined && token.accessToken !== stale.accessToken) return token;
      token = undefined;
      return abortable(mintOnce(), signal);
    },
  };
}

async function mint(options: TokenSourceOptions): Promise<Token> {
  const answer = await askForToken(options);
  const body = asRecord(answer.body);
  const accessToken = textOf(body['access_token']);
  if (answer.status !== 200 || accessToken === undefined) throw refusal(options.instance, answer);
  return {
    accessToken,
    instanceUrl: (textOf(body['instance_url']) ?? options.instance).replace(/\/$/, ''),
  };
}

async function askForToken(options: TokenSourceOptions): Promise<Answer> {
  const call: Call = {
    method: 'POST',
    url: `${options.instance}/services/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(grantOf(options)).toString(),
  };
  try {
    return await send(options.agent, call, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    // Sent or not is no matter here: a token that got lost has no effect, and the call that wanted it was never made.
    throw new AuthenticationFailure(`No token: ${error.message}`, true, undefined);
  }
}

function grantOf({ auth, instance, now }: TokenSourceOptions): Record<string, string> {
  if (auth.flow === 'client_credentials') {
    return {
      grant_type: 'client_credentials',
      client_id: auth.clientId,
      client_secret: auth.clientSecret,
    };
  }
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertionOf(auth, instance, now()),
  };
}

/** RS256, valid for two minutes: Salesforce takes at most about three. */
function assertionOf(auth: SalesforceAuth & { flow: 'jwt' }, instance: string, nowMs: number): string {
  const audience = auth.audience ?? defaultAudience(instance);
  const claims = {
    iss: auth.clientId,
    sub: auth.username,
    aud: audience,
    exp: Math.floor(nowMs / 1000) + 120,
  };
  const signed = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url(claims)}`;
  const signature = sign('RSA-SHA256', Buffer.from(signed), privateKeyOf(auth.privateKey));
  return `${signed}.${signature.toString('base64url')}`;
}

/** A sandbox's My Domain has `--name.sandbox.` in it, and its assertions are for test.salesforce.com. */
function defaultAudience(instance: string): string {
  return /(\.sandbox\.|^https:\/\/test\.)/.test(instance)
    ? 'https://test.salesforce.com'
    : 'https://login.salesforce.com';
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const message =
      'auth.privateKey is not a private key in PEM form. Give the whole file, with its BEGIN and END lines.';
    throw new AuthenticationFailure(`${message} (${(cause as Error).message})`, false, undefined);
  }
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function refusal(instance: string, answer: Answer): AuthenticationFailure {
  const body = asRecord(answer.body);
  const code = textOf(body['error']);
  const words = textOf(body['error_description']) ?? '';
  const said = code === undefined ? wordsOf(errorsOf(answer.body)) : `${code} ${words}`;
  return new AuthenticationFailure(
    `${instance} gave no token: HTTP ${answer.status} ${said}`.trim(),
    passes(answer, code, words),
    retryAfterMs(answer),
  );
}

/** Of RFC 6749 (5.2, 4.1.2.1) and Salesforce, those that say nothing of who asks. */
const PASSING = new Set([
  'login_rate_exceeded',
  'temporarily_unavailable',
  'server_error',
  'unknown_error',
  'rate_limit_exceeded',
]);

/**
 * Only an error of OAuth refuses a grant. A call limit that is used up (403 with REQUEST_LIMIT_EXCEEDED) or a proxy's page says nothing of
 * the credentials, and must not park what a minute later goes through.
 */
function passes({ status }: Answer, code: string | undefined, words: string): boolean {
  if (status >= 500 || status === 429) return true;
  return code === undefined || PASSING.has(code) || /rate exceeded|retry your request/i.test(words);
}

/** Leaves `work` running for others. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () =>
    reject(new CallFailure('The call was cancelled before it was sent.', false, signal.reason));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
