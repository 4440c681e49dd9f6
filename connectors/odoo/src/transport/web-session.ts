import { isServerException, OdooError } from '../errors.ts';
import { createHttpChannel, type HttpChannel, unexpectedAnswer } from './http.ts';
import { toExecuteKw } from './jsonrpc.ts';
import type { CallArguments } from './transport.ts';

export interface WebSessionOptions {
  readonly url: string;
  readonly database: string;
  readonly login: string;
  readonly password: string;
  readonly timeoutMs?: number;
}

/** The account as it works in the browser, for what Odoo lets nobody do over its interfaces for programs. */
export interface WebSession {
  /** @throws OdooError */
  call(model: string, method: string, args: CallArguments, signal?: AbortSignal): Promise<unknown>;
  /** Logs out. */
  close(): Promise<void>;
}

/**
 * Logs in with the account's password, as the browser does. An API key does not log in (refused on live 16.0, 17.0, 18.0 and 19.0,
 * 2026-11-25), and neither does the password alone where the account has two-factor authentication.
 *
 * Reports its exchanges to nobody: the password stands in them.
 * @throws OdooError
 */
export async function openWebSession(options: WebSessionOptions, signal?: AbortSignal): Promise<WebSession> {
  const { database, login, password } = options;
  const http = createHttpChannel(options.url, options.timeoutMs ?? 120_000);
  const jar = { cookie: '' };
  const post = (path: string, params: object) => postAs(http, jar, path, params, signal);
  try {
    const { uid } = (await post('/web/session/authenticate', { db: database, login, password })) as {
      uid?: unknown;
    };
    if (typeof uid !== 'number')
      throw new OdooError({
        kind: 'setup',
        message: `Odoo asks for a second factor after the password of ${login} (two-factor authentication), which a program does not have`,
      });
  } catch (error) {
    await http.close();
    if (!(error instanceof OdooError) || error.name !== 'odoo.exceptions.AccessDenied') throw error;
    throw new OdooError({
      kind: 'setup',
      message: `Odoo refuses the password of ${login} that the configuration gives`,
    });
  }
  return {
    call: (model, method, args) => {
      const { positional, keyword } = toExecuteKw(method, args);
      return post('/web/dataset/call_kw', { model, method, args: positional, kwargs: keyword });
    },
    async close() {
      // A session that could not be ended ends by its own time.
      await post('/web/session/destroy', {}).catch(() => undefined);
      await http.close();
    },
  };
}

async function postAs(
  http: HttpChannel,
  jar: { cookie: string },
  path: string,
  params: object,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const answer = await http.send({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...(jar.cookie === '' ? {} : { cookie: jar.cookie }) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params }),
    signal,
  });
  jar.cookie = sessionIn(answer.headers['set-cookie']) ?? jar.cookie;
  const body = answer.json as { result?: unknown; error?: { data?: unknown } } | undefined;
  if (answer.status !== 200 || body === undefined) throw unexpectedAnswer(answer);
  if (body.error === undefined) return body.result ?? null;
  const { name, message } = isServerException(body.error.data)
    ? body.error.data
    : { name: '', message: 'Odoo gave an error without a description.' };
  throw new OdooError({ kind: 'refused', name, message, status: answer.status });
}

/** Odoo may hand out a new session id with any answer. */
function sessionIn(header: string | string[] | undefined): string | undefined {
  return [header ?? []]
    .flat()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((pair) => pair.startsWith('session_id='));
}
