import type { ReportExchange } from '@trunkline/messaging';
import { Agent, type Dispatcher } from 'undici';

/** An HTTP exchange that came to its end, whatever its status. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; the text itself when it is none; undefined when there was no body. */
  readonly body: unknown;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * No answer. `sent` false: the request cannot have reached Salesforce, so that nothing happened there. `cancelled`: it was not even
 * tried, because the caller's signal had ended.
 */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly sent: boolean;
  readonly cancelled: boolean;

  constructor(message: string, sent: boolean, cause: unknown, cancelled = false) {
    super(message, { cause });
    this.sent = sent;
    this.cancelled = cancelled;
  }
}

/** Codes of Node and undici for a connection that never stood. All else counts as sent: "unknown" is repaired by a look, a wrong "not sent" is not. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** A collection of 200 records or a page of 2,000 opportunities stays far below; more than this is no answer of the API. */
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

export function createAgent(timeoutMs: number): Agent {
  return new Agent({
    connections: 4,
    connectTimeout: Math.min(timeoutMs, 10_000),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
    allowH2: false,
  });
}

/** Sends once, never again by itself. Throws CallFailure only. */
export async function send(
  agent: Dispatcher,
  call: Call,
  signal: AbortSignal,
  onExchange?: ReportExchange,
): Promise<Answer> {
  if (signal.aborted) throw cancelled(signal);
  const url = new URL(call.url);
  const startedMs = performance.now();
  const told = { method: call.method, url: call.url, request: call.body };
  const tookMs = () => Math.round(performance.now() - startedMs);
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: call.method,
      headers: call.headers,
      body: call.body ?? null,
      signal,
    });
    const answer = { status: statusCode, headers, body: parse(await body.text()) };
    onExchange?.({ ...told, status: statusCode, response: answer.body, tookMs: tookMs() });
    return answer;
  } catch (error) {
    const code = codeOf(error);
    const sent = !NEVER_SENT.has(code);
    const what = sent ? 'gave no answer' : 'could not be reached';
    const failure = `${url.origin} ${what} (${code}).`;
    onExchange?.({ ...told, failure, tookMs: tookMs() });
    throw new CallFailure(failure, sent, error);
  }
}

export function cancelled(signal: AbortSignal): CallFailure {
  return new CallFailure('The call was cancelled before it was sent.', false, signal.reason, true);
}

/** The whole seconds of a Retry-After header in milliseconds; the date form is not in use here. */
export function retryAfterMs(answer: Answer): number | undefined {
  const header = answer.headers['retry-after'];
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return first instanceof Error ? codeOf(first) : error.name;
}
