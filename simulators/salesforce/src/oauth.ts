import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { recordId } from './record-id.ts';

export interface OAuthOptions {
  clientId: string;
  clientSecret: string;
  /** PEM of a public key or certificate, as uploaded to the External Client App. Absent = no JWT bearer flow. */
  jwtPublicKey?: string;
}

export type OAuthAnswer =
  | { status: 200; body: Record<string, string> }
  | { status: number; body: OAuthError };

interface OAuthError {
  error: string;
  error_description: string;
}

const ORG_ID = recordId('00D', 1);
const USER_ID = recordId('005', 1);
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Salesforce refuses an assertion that would live longer. */
const LONGEST_ASSERTION_S = 5 * 60;

/** Mints access tokens by client credentials and JWT bearer, and can expire them all. */
export class OAuth {
  readonly #options: OAuthOptions;
  readonly #key: KeyObject | undefined;
  readonly #tokens = new Set<string>();
  minted = 0;

  /** @throws Error when the public key is no PEM. */
  constructor(options: OAuthOptions) {
    this.#options = options;
    this.#key = options.jwtPublicKey === undefined ? undefined : createPublicKey(options.jwtPublicKey);
  }

  accepts(token: string): boolean {
    return this.#tokens.has(token);
  }

  expireAll(): number {
    const expired = this.#tokens.size;
    this.#tokens.clear();
    return expired;
  }

  /** @param instanceUrl the address that the caller is told to go on with. */
  async token(
    form: Record<string, string>,
    basic: string | undefined,
    instanceUrl: string,
  ): Promise<OAuthAnswer> {
    switch (form['grant_type']) {
      case 'client_credentials':
        return this.#clientCredentials(form, basic, instanceUrl);
      case JWT_BEARER:
        return this.#jwtBearer(form['assertion'] ?? '', instanceUrl);
      case undefined:
        return refused('invalid_request', 'missing required parameter: grant_type');
      default:
        return refused('unsupported_grant_type', 'grant type not supported');
    }
  }

  #clientCredentials(
    form: Record<string, string>,
    basic: string | undefined,
    instanceUrl: string,
  ): OAuthAnswer {
    const [basicId, ...basicSecret] =
      basic === undefined ? [] : Buffer.from(basic, 'base64').toString().split(':');
    const id = form['client_id'] ?? basicId;
    const secret = form['client_secret'] ?? basicSecret.join(':');
    if (id !== this.#options.clientId) return refused('invalid_client_id', 'client identifier invalid');
    if (secret !== this.#options.clientSecret) return refused('invalid_client', 'invalid client credentials');
    return this.#grant(instanceUrl);
  }

  async #jwtBearer(assertion: string, instanceUrl: string): Promise<OAuthAnswer> {
    if (!this.#key) {
      return refused(
        'invalid_grant',
        'no public key is configured for this client (start the simulator with --jwt-public-key)',
      );
    }
    try {
      const { payload } = await jwtVerify(assertion, this.#key, { algorithms: ['RS256'], clockTolerance: 5 });
      const { iss, sub, aud, exp } = payload;
      if (iss !== this.#options.clientId) return refused('invalid_client_id', 'client identifier invalid');
      if (!sub) return refused('invalid_grant', "user hasn't approved this consumer");
      if (!isAudience(aud, instanceUrl)) return refused('invalid_grant', 'audience is invalid');
      if (exp === undefined || exp > Date.now() / 1000 + LONGEST_ASSERTION_S) {
        return refused('invalid_grant', 'expiration is missing or more than 5 minutes ahead');
      }
      return this.#grant(instanceUrl);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return refused('invalid_grant', 'assertion is expired');
      if (error instanceof errors.JOSEError)
        return refused('invalid_grant', `invalid assertion: ${error.message}`);
      throw error;
    }
  }

  /** Neither flow gives a refresh token or says how long the token lives. */
  #grant(instanceUrl: string): OAuthAnswer {
    const token = `${ORG_ID.slice(0, 15)}!${randomBytes(48).toString('base64url')}`;
    this.#tokens.add(token);
    this.minted += 1;
    return {
      status: 200,
      body: {
        access_token: token,
        scope: 'api',
        instance_url: instanceUrl,
        id: `${instanceUrl}/id/${ORG_ID}/${USER_ID}`,
        token_type: 'Bearer',
        issued_at: String(Date.now()),
      },
    };
  }
}

function isAudience(aud: string | string[] | undefined, instanceUrl: string): boolean {
  const known = new Set(['https://login.salesforce.com', 'https://test.salesforce.com', instanceUrl]);
  return [aud ?? []].flat().some((one) => known.has(one.replace(/\/$/, '')));
}

function refused(error: string, description: string): OAuthAnswer {
  return { status: error === 'invalid_client' ? 401 : 400, body: { error, error_description: description } };
}
