import { isServerException, OdooError } from '../errors.ts';
import type { HttpChannel } from './http.ts';
import { unexpectedAnswer } from './http.ts';
import type { KeySource } from './json2.ts';
import type { CallArguments, Transport } from './transport.ts';

const ACCESS_DENIED = 'odoo.exceptions.AccessDenied';

export interface JsonRpcAccount {
  readonly database: string;
  readonly login: string;
  readonly keys: KeySource;
}

/**
 * /jsonrpc, Odoo 16 to 21: `execute_kw` with the API key in place of the password. Every failure is an HTTP
 * 200 with `error.data`; `error.code` is 0 on 19 and 200 before, so only `data.name` counts (recording 15).
 */
export function createJsonRpcTransport(http: HttpChannel, account: JsonRpcAccount): Transport {
  let userId: Promise<number> | undefined;
  const authenticate = (key: string): Promise<number> => {
    userId ??= logIn(http, account, key).catch((error: unknown) => {
      userId = undefined;
      throw error;
    });
    return userId;
  };
  return {
    name: 'jsonrpc',
    async call(model, method, args, signal) {
      const { positional, keyword } = toExecuteKw(method, args);
      const send = async (key: string): Promise<unknown> => {
        const uid = await authenticate(key);
        const params = [account.database, uid, key, model, method, positional, keyword];
        return rpc(http, 'object', 'execute_kw', params, signal, key);
      };
      const key = await account.keys.current();
      try {
        return await send(key);
      } catch (error) {
        if (!isDenied(error)) throw error;
        // In a database that was put in place of another the account may have another id.
        userId = undefined;
        // Refused before anything was done, so that sending again with a key that was renewed meanwhile is safe.
        const other = await account.keys.instead(key);
        if (other === undefined) throw error;
        return send(other);
      }
    },
  };
}

function isDenied(error: unknown): boolean {
  return error instanceof OdooError && error.name === ACCESS_DENIED;
}

/** `common.authenticate` gives `false` with HTTP 200 for a wrong login or key. */
async function logIn(http: HttpChannel, { database, login }: JsonRpcAccount, key: string): Promise<number> {
  const uid = await rpc(http, 'common', 'authenticate', [database, login, key, {}], undefined, key);
  if (typeof uid === 'number') return uid;
  throw new OdooError({
    kind: 'refused',
    name: ACCESS_DENIED,
    message: `Access Denied for the login ${login}`,
  });
}

/**
 * Arguments that must be positional over execute_kw: `create` looks at `args[0]` to choose its return shape,
 * and what older versions and overrides name differently.
 */
const leadingArguments: Readonly<Record<string, string>> = {
  create: 'vals_list',
  // `values` to the orders and lines of 16 to 18.
  write: 'vals',
  search: 'domain',
  search_count: 'domain',
  default_get: 'fields',
};

/** Named arguments as `execute_kw` and the web client's `call_kw` take them. */
export function toExecuteKw(
  method: string,
  { ids, ...named }: CallArguments,
): { positional: unknown[]; keyword: object } {
  const leading = leadingArguments[method];
  const records = ids === undefined ? [] : [ids];
  if (leading === undefined) return { positional: records, keyword: named };
  const { [leading]: first, ...keyword } = named;
  return { positional: [...records, first], keyword };
}

/** A method that returns None leaves `result` out; that reads as `null`, as on JSON-2. */
export async function rpc(
  http: HttpChannel,
  service: string,
  method: string,
  args: readonly unknown[],
  signal?: AbortSignal,
  /** Among the arguments; told to nobody. */
  secret?: string,
): Promise<unknown> {
  const answer = await http.send({
    method: 'POST',
    path: '/jsonrpc',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } }),
    signal,
    secret,
  });
  if (answer.status !== 200 || !isRpcAnswer(answer.json)) throw unexpectedAnswer(answer);
  const { result, error } = answer.json;
  if (error === undefined) return result ?? null;
  const exception = isServerException(error.data)
    ? error.data
    : { name: '', message: 'Odoo gave an error without a description.' };
  throw new OdooError({
    kind: 'refused',
    name: exception.name,
    message: exception.message,
    status: answer.status,
  });
}

function isRpcAnswer(body: unknown): body is { result?: unknown; error?: { data?: unknown } } {
  return typeof body === 'object' && body !== null && 'jsonrpc' in body;
}
