import type { ReportExchange } from '@trunkline/messaging';
import { Agent } from 'undici';
import type { WarehouseRestSettings } from './config.ts';

/** An HTTP exchange that came to its end, whatever its status. */
export interface Answer {
  readonly status: number;
  /** Milliseconds of a Retry-After header in whole seconds. */
  readonly retryAfterMs: number | undefined;
  /** Parsed JSON; the text itself when it is none; undefined when there was no body. */
  readonly body: unknown;
}

export interface Request {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Below the configured address, e.g. `/v1/releases`. */
  readonly path: string;
  readonly body?: unknown;
}

/**
 * No answer. `sent` false: the request cannot have reached the warehouse, so that nothing happened there. `cancelled`: it was not even
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

export interface WarehouseClient {
  /** One call, sent once, never repeated here. Throws CallFailure only. */
  call(request: Request, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** Codes of Node and undici for a connection that never stood; all else counts as sent, because a look repairs "unknown". */
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

/** 100 results with a problem each stay far below; more than this is no answer of the contract. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

export function createClient(settings: WarehouseRestSettings, onExchange?: ReportExchange): WarehouseClient {
  const agent = new Agent({
    connections: settings.concurrency + 1,
    connectTimeout: Math.min(settings.timeoutMs, 10_000),
    headersTimeout: settings.timeoutMs,
    bodyTimeout: settings.timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
    allowH2: false,
  });
  const base = new URL(settings.url);

  return {
    async call(request, signal) {
      if (signal.aborted) {
        throw new CallFailure('The call was cancelled before it was sent.', false, signal.reason, true);
      }
      const hasBody = request.body !== undefined;
      const path = base.pathname.replace(/\/$/, '') + request.path;
      const startedMs = performance.now();
      const told = { method: request.method, url: base.origin + path, request: request.body };
      const tookMs = () => Math.round(performance.now() - startedMs);
      try {
        const { statusCode, headers, body } = await agent.request({
          origin: base.origin,
          path,
          method: request.method,
          headers: {
            authorization: `Bearer ${settings.token}`,
            accept: 'application/json, application/problem+json',
            ...(hasBody ? { 'content-type': 'application/json' } : {}),
          },
          body: hasBody ? JSON.stringify(request.body) : null,
          signal,
        });
        const answer = parse(await body.text());
        onExchange?.({ ...told, status: statusCode, response: answer, tookMs: tookMs() });
        return { status: statusCode, retryAfterMs: wholeSeconds(headers['retry-after']), body: answer };
      } catch (error) {
        const code = codeOf(error);
        const sent = !NEVER_SENT.has(code);
        const what = sent ? 'gave no answer' : 'could not be reached';
        const failure = `${base.origin} ${what} (${code}).`;
        onExchange?.({ ...told, failure, tookMs: tookMs() });
        throw new CallFailure(failure, sent, error);
      }
    },
    close: () => agent.close(),
  };
}

function wholeSeconds(header: string | string[] | undefined): number | undefined {
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
