import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import {
  createGateway,
  type GatewayOptions,
  createFirstCredentials,
  storedCredentials,
} from '../src/index.ts';
import { MemoryCases } from './in-memory-cases.ts';
import {
  MemoryInvalid,
  MemoryOperations,
  MemoryRows,
  MemoryStore,
  signedReceiver,
} from './in-memory-ports.ts';

/** A gateway on a free loopback port, closed when the test ends, and everything behind it. */
export async function startGateway(overrides: Partial<GatewayOptions> = {}) {
  const prepared = await prepareGateway(overrides);
  return { ...prepared, url: await prepared.gateway.listen({ host: '127.0.0.1', port: 0 }) };
}

/** The same, not listening yet. */
export async function prepareGateway(overrides: Partial<GatewayOptions> = {}) {
  const store = new MemoryStore();
  const invalid = new MemoryInvalid();
  const operations = new MemoryOperations();
  const cases = new MemoryCases();
  const rows = new MemoryRows();
  const first = await createFirstCredentials(rows);
  if (first === undefined) throw new Error('New rows already had credentials.');
  const gateway = await createGateway({
    hubName: 'acme',
    operations,
    cases,
    webhooks: new Map([['dallas', signedReceiver]]),
    store,
    invalid,
    credentials: storedCredentials({ rows }),
    bodyLimit: 10_000,
    metrics: new Registry(),
    log: false,
    ...overrides,
  });
  onTestFinished(() => gateway.close());
  return { gateway, store, invalid, operations, cases, rows, first };
}

export async function signIn(url: string, user: string, password: string): Promise<Response> {
  return fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password }),
  });
}

export function cookieOf(response: Response): string {
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`No cookie in a ${response.status} answer.`);
  return cookie;
}

export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
}

/** The body of a refusal, which must be declared as problem details and agree with the status line. */
export async function problemOf(response: Response): Promise<ProblemAnswer> {
  const mediaType = response.headers.get('content-type')?.split(';')[0];
  if (mediaType !== 'application/problem+json') throw new Error(`${response.status} came as ${mediaType}.`);
  const problem = (await response.json()) as ProblemAnswer;
  if (problem.status !== response.status) throw new Error(`${response.status} says ${problem.status}.`);
  return problem;
}
