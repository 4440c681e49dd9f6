import { type RunningSalesforce, type SalesforceOptions, start } from '../src/server.ts';

const VERSION = 'v66.0';

export interface Answer<Body = Json> {
  status: number;
  headers: Headers;
  body: Body;
}

/** JSON as it comes: a test says what it expects of it. */
type Json = Record<string, unknown> & Record<number, Record<string, unknown>>;

/** A client of the simulated org that knows the API by its documentation only. */
export class Client {
  readonly org: RunningSalesforce;
  token: string;

  private constructor(org: RunningSalesforce, token: string) {
    this.org = org;
    this.token = token;
  }

  static async of(options: Partial<SalesforceOptions> = {}): Promise<Client> {
    const org = await start(options);
    const client = new Client(org, '');
    await client.login();
    return client;
  }

  async login(): Promise<void> {
    const { body } = await this.grant({
      grant_type: 'client_credentials',
      client_id: 'trunkline',
      client_secret: 'trunkline-secret',
    });
    this.token = String(body['access_token']);
  }

  grant(form: Record<string, string>): Promise<Answer> {
    return this.#send(`${this.org.url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
  }

  /** @param path below /services/data/v66.0 */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(`${this.org.url}/services/data/${VERSION}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  query(soql: string, headers: Record<string, string> = {}): Promise<Answer<QueryBody>> {
    return this.call('GET', `/query?q=${encodeURIComponent(soql)}`, undefined, headers) as unknown as Promise<
      Answer<QueryBody>
    >;
  }

  /** Creates a record and gives its id. */
  async create(object: string, fields: Record<string, unknown>): Promise<string> {
    const { status, body } = await this.call('POST', `/sobjects/${object}`, fields);
    if (status !== 201) throw new Error(`${object} was not created: ${JSON.stringify(body)}`);
    return String(body['id']);
  }

  sim(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.#send(`${this.org.url}/_sim${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  }

  async #send(url: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  }
}

export interface QueryBody {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: QueryRecord[];
}

export type QueryRecord = Record<string, unknown> & { Id: string };

export const DEAL = { Name: 'A deal', StageName: 'Closed Won', CloseDate: '2026-11-01' };
