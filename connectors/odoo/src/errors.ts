/**
 * What went wrong, by the place where it did:
 * - `refused`: Odoo answered with an exception; `name` is its Python class (`odoo.exceptions.UserError`).
 * - `http`: something answered without an Odoo exception (a proxy, a wrong address); `name` is empty.
 * - `unreachable`: the connection was never made, so nothing was done.
 * - `no-answer`: the request went out and no answer came; for a writing method the effect is open.
 * - `cancelled`: the caller's signal ended it; for a writing method the effect is open.
 * - `setup`: the client itself refused to send (missing login, an empty `ids`).
 */
export type OdooErrorKind = 'refused' | 'http' | 'unreachable' | 'no-answer' | 'cancelled' | 'setup';

export interface OdooErrorDetails {
  readonly kind: OdooErrorKind;
  readonly message: string;
  readonly name?: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly model?: string;
  readonly method?: string;
  readonly cause?: unknown;
}

/**
 * A failed call. Odoo's `debug` member holds a server traceback with file names and values; it is never kept.
 * /jsonrpc answers every failure with HTTP 200, so `status` alone decides nothing.
 */
export class OdooError extends Error {
  readonly kind: OdooErrorKind;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly model: string | null;
  readonly method: string | null;

  constructor(details: OdooErrorDetails) {
    super(details.message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = details.name ?? '';
    this.kind = details.kind;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.model = details.model ?? null;
    this.method = details.method ?? null;
  }
}

/** The members of an exception as both transports send it; everything else of it is dropped on arrival. */
export function isServerException(body: unknown): body is { name: string; message: string } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'name' in body &&
    typeof body.name === 'string' &&
    'message' in body &&
    typeof body.message === 'string'
  );
}
