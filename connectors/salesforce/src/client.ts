import { setTimeout as delay } from 'node:timers/promises';
import type { ReportExchange } from '@trunkline/messaging';
import { createTokenSource, type Token } from './authentication.ts';
import type { SalesforceSettings } from './config.ts';
import { type Answer, cancelled, createAgent, retryAfterMs, send } from './http.ts';
import { asRecord } from './json-shape.ts';
import { errorsOf } from './reported-errors.ts';

/**
 * A read waits for its turn where it is: a poll is several calls, and one that began anew at each 429 would never end under a limit of
 * fewer calls than it makes.
 */
const READ_WAITS = 5;
const LONGEST_READ_WAIT_MS = 5000;

/** Calls of the last 24 hours and the org's allowance, from `Sforce-Limit-Info`. */
export interface ApiUsage {
  readonly used: number;
  readonly allowed: number;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From the root of the instance, e.g. `/services/data/v66.0/query?q=...`. */
  readonly path: string;
  readonly body?: unknown;
}

export interface SalesforceClient {
  /** `/services/data/v66.0` */
  readonly root: string;
  /**
   * One authorised call. On 401 INVALID_SESSION_ID a token is minted once and the call repeated once; the repeat's answer stands.
   * A read that is answered 429 waits for its Retry-After and is asked again, a few times.
   * Throws CallFailure (no answer) and AuthenticationFailure (no token).
   */
  call(request: Request, signal: AbortSignal): Promise<Answer>;
  /** Without a token; for what Salesforce tells anybody. */
  callAnonymously(path: string, signal: AbortSignal): Promise<Answer>;
  authenticate(signal: AbortSignal): Promise<Token>;
  /**
   * Salesforce's clock, by the `Date` of its latest answer; never ahead of it (the header is cut to seconds and old by the way
   * back), at most some seconds behind. Our own clock until the first answer.
   */
  serverNow(): number;
  /** Undefined until the first answer that said it. */
  usage(): ApiUsage | undefined;
  close(): Promise<void>;
}

/**
 * Plain HTTP instead of jsforce, which repeats GETs five times by itself (hiding the outage from our own back-off), takes no
 * AbortSignal, does not tell "never sent" from "no answer", and costs 12 MB of memory and 35 MB on disk for four endpoints.
 */
export function createClient(
  settings: SalesforceSettings,
  now: () => number,
  onExchange?: ReportExchange,
): SalesforceClient {
  const agent = createAgent(settings.timeoutMs);
  const tokens = createTokenSource({ instance: settings.instance, auth: settings.auth, agent, now });
  let latest: ApiUsage | undefined;
  let clockOffset = 0;

  const sendAs = async (token: Token, request: Request, signal: AbortSignal): Promise<Answer> => {
    const answer = await send(
      agent,
      {
        method: request.method,
        url: token.instanceUrl + request.path,
        headers: headersOf(token, request),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      },
      signal,
      onExchange,
    );
    latest = usageOf(answer) ?? latest;
    const date = answer.headers['date'];
    const serverTime = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    if (!Number.isNaN(serverTime)) clockOffset = serverTime - now();
    return answer;
  };

  const sendInTime = async (token: Token, request: Request, signal: AbortSignal): Promise<Answer> => {
    let answer = await sendAs(token, request, signal);
    for (let waits = 0; waits < READ_WAITS && request.method === 'GET' && answer.status === 429; waits++) {
      const waitMs = retryAfterMs(answer);
      if (waitMs === undefined || waitMs > LONGEST_READ_WAIT_MS) break;
      await delay(waitMs, undefined, { signal }).catch(() => {
        throw cancelled(signal);
      });
      answer = await sendAs(token, request, signal);
    }
    return answer;
  };

  return {
    root: `/services/data/v${settings.apiVersion}`,
    async call(request, signal) {
      const token = await tokens.current(signal).catch((error: unknown) => {
        // Given up before there was a token: the call itself was never tried.
        if (signal.aborted) throw cancelled(signal);
        throw error;
      });
      const answer = await sendInTime(token, request, signal);
      if (!sessionExpired(answer)) return answer;
      return sendInTime(await tokens.replace(token, signal), request, signal);
    },
    callAnonymously: (path, signal) =>
      send(agent, { method: 'GET', url: settings.instance + path, headers: {} }, signal),
    authenticate: (signal) => tokens.current(signal),
    serverNow: () => now() + clockOffset,
    usage: () => latest,
    close: () => agent.close(),
  };
}

/** `client=` marks our own writes in Change Data Capture, so that a later subscriber can tell echoes from news. */
function headersOf(token: Token, request: Request): Record<string, string> {
  return {
    authorization: `Bearer ${token.accessToken}`,
    accept: 'application/json',
    'sforce-call-options': 'client=trunkline',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
  };
}

function sessionExpired(answer: Answer): boolean {
  return answer.status === 401 && errorsOf(answer.body).some((error) => error.code === 'INVALID_SESSION_ID');
}

function usageOf(answer: Answer): ApiUsage | undefined {
  const header = answer.headers['sforce-limit-info'];
  const match = typeof header === 'string' ? /api-usage=(\d+)\/(\d+)/.exec(header) : null;
  return match === null ? undefined : { used: Number(match[1]), allowed: Number(match[2]) };
}

/** Rows of a query answer; throws when the answer is none, so that an error is never read as "no rows". */
export function rowsOf(answer: Answer): {
  rows: readonly unknown[];
  done: boolean;
  next: string | undefined;
} {
  const body = asRecord(answer.body);
  const { records, done, nextRecordsUrl } = body;
  if (answer.status !== 200 || !Array.isArray(records) || typeof done !== 'boolean') {
    throw new UnreadableAnswer(answer);
  }
  return { rows: records, done, next: typeof nextRecordsUrl === 'string' ? nextRecordsUrl : undefined };
}

/** A call was answered, but not with what it asked for. The message has Salesforce's own words. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
  readonly answer: Answer;

  constructor(answer: Answer) {
    const words = errorsOf(answer.body).map((error) => `${error.code}: ${error.message}`);
    super(`Salesforce answered HTTP ${answer.status}: ${words.join('; ') || 'not in the shape of this API'}`);
    this.answer = answer;
  }
}
