import { isServerException, OdooError } from '../errors.ts';
import type { HttpChannel } from './http.ts';
import { unexpectedAnswer } from './http.ts';
import { rpc } from './jsonrpc.ts';

export interface ServerVersion {
  /** As the server writes it: `19.0`, `saas~18.2+e`. */
  readonly version: string;
  readonly major: number;
}

/**
 * Asks a server for its version without logging in. `GET /web/version` exists since 19; before that it is a
 * 404 (a 303 to the login on 18), and `common.version` over /jsonrpc answers.
 *
 * @throws OdooError when neither answers as Odoo does
 */
export async function detectServer(http: HttpChannel, signal?: AbortSignal): Promise<ServerVersion> {
  const answer = await http.send({ method: 'GET', path: '/web/version', signal });
  if (answer.status === 429 || answer.status >= 500) throw unexpectedAnswer(answer);
  const body = answer.json;
  if (typeof body === 'object' && body !== null && 'version' in body && typeof body.version === 'string') {
    return { version: body.version, major: majorOf(body.version) };
  }
  const described = await rpc(http, 'common', 'version', [], signal);
  if (typeof described === 'object' && described !== null && 'server_version' in described) {
    const version = String(described.server_version);
    return { version, major: majorOf(version) };
  }
  throw new OdooError({ kind: 'http', status: answer.status, message: 'The server names no Odoo version.' });
}

/** JSON-2 asks for a key in JSON (401); where there is none the path is a page (404, or on 18 a redirect to the login). */
export async function hasJson2(http: HttpChannel, signal?: AbortSignal): Promise<boolean> {
  const answer = await http.send({
    method: 'POST',
    path: '/json/2/res.users/context_get',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal,
  });
  if (isServerException(answer.json)) return true;
  // A server in a bad moment has not said which of its doors it has, and the answer is kept.
  if (answer.status === 429 || answer.status >= 500) throw unexpectedAnswer(answer);
  return false;
}

function majorOf(version: string): number {
  const major = Number(/(\d+)/.exec(version)?.[1]);
  if (Number.isInteger(major)) return major;
  throw new OdooError({ kind: 'http', message: `"${version}" is no Odoo version.` });
}
