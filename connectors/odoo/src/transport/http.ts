import { Agent, request } from 'undici';
import type { ReportExchange } from '@trunkline/messaging';
import { OdooError } from '../errors.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body when it was JSON, else `undefined`. */
  readonly json: unknown;
  readonly text: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A value in the body, whose first place is hidden from who hears of the exchange. */
  readonly secret?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpChannel {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Failures of the connection itself: the request never reached anybody. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * HTTP to one server. Odoo's prefork workers answer with `Connection: close`, and a kept connection that the
 * server drops while a request enters it leaves an open effect; so every request has its own connection.
 */
export function createHttpChannel(
  baseUrl: string,
  timeoutMs: number,
  onExchange?: ReportExchange,
  /** Waited for before each request; the time-out begins after it. */
  turn?: (signal?: AbortSignal) => Promise<void>,
): HttpChannel {
  const agent = new Agent({ pipelining: 0, connect: { timeout: Math.min(timeoutMs, 10_000) } });
  const origin = baseUrl.replace(/\/+$/, '');
  return {
    async send({ method, path, headers, body, secret, signal }) {
      try {
        await turn?.(signal);
      } catch (cause) {
        throw new OdooError({ kind: 'cancelled', message: `The call to ${origin} was cancelled.`, cause });
      }
      const deadline = AbortSignal.timeout(timeoutMs);
      const startedMs = performance.now();
      const shown = secret === undefined ? body : body?.replace(JSON.stringify(secret), '"[redacted]"');
      const told = { method, url: `${origin}${path}`, request: shown };
      const tookMs = () => Math.round(performance.now() - startedMs);
      try {
        const response = await request(`${origin}${path}`, {
          method,
          dispatcher: agent,
          headersTimeout: 0,
          bodyTimeout: 0,
          headers: { 'user-agent': 'trunkline', ...headers },
          body: body ?? null,
          signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
        });
        const text = await response.body.text();
        onExchange?.({ ...told, status: response.statusCode, response: text, tookMs: tookMs() });
        return {
          status: response.statusCode,
          headers: response.headers,
          text,
          json: parseJson(response.headers, text),
        };
      } catch (cause) {
        const failure = describeFailure(cause, origin, timeoutMs, { deadline, signal });
        onExchange?.({ ...told, failure: failure.message, tookMs: tookMs() });
        throw failure;
      }
    },
    close: () => agent.close(),
  };
}

function parseJson(headers: HttpAnswer['headers'], text: string): unknown {
  if (!String(headers['content-type'] ?? '').includes('application/json')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describeFailure(
  cause: unknown,
  origin: string,
  timeoutMs: number,
  signals: { deadline: AbortSignal; signal: AbortSignal | undefined },
): OdooError {
  if (signals.signal?.aborted === true) {
    return new OdooError({ kind: 'cancelled', message: `The call to ${origin} was cancelled.`, cause });
  }
  if (signals.deadline.aborted) {
    return new OdooError({
      kind: 'no-answer',
      message: `${origin} gave no answer within ${timeoutMs} ms.`,
      cause,
    });
  }
  const code = errorCode(cause);
  return neverSent.has(code)
    ? new OdooError({ kind: 'unreachable', message: `${origin} can't be reached (${code}).`, cause })
    : new OdooError({
        kind: 'no-answer',
        message: `${origin} broke the connection before it answered (${code}).`,
        cause,
      });
}

function errorCode(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return 'unknown';
  // Node collects the attempts on several addresses of a host in an AggregateError.
  if (cause instanceof AggregateError) return errorCode(cause.errors[0]);
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}

/** An answer that carries no Odoo exception: a proxy's page, a wrong address, a redirect to the login. */
export function unexpectedAnswer(answer: HttpAnswer): OdooError {
  const words = answer.text
    .replace(/<(script|style)\b[\s\S]*?<\/\1>|<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], Date.now());
  return new OdooError({
    kind: 'http',
    status: answer.status,
    message: `HTTP ${answer.status}${words === '' ? '' : `: ${words}`}`,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

/** Retry-After as seconds or as an HTTP date (RFC 9110, 10.2.3), in milliseconds from `now`. */
export function parseRetryAfter(value: string | string[] | undefined, now: number): number | null {
  if (typeof value !== 'string') return null;
  if (/^\d+$/.test(value.trim())) return Number(value.trim()) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
