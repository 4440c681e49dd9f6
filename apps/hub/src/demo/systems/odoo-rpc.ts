import { DemoFailure } from '../failure.ts';
import { call, excerpt, fetchJson } from './http.ts';

export interface OdooAddress {
  readonly url: string;
  readonly database: string;
  readonly key: string;
  /** Needed for servers before 19, which know no JSON-2. */
  readonly login?: string;
}

/** Calls a model's method with named arguments; `ids` are the records, when it is a record's method. */
export interface OdooRpc {
  readonly series: number;
  call<T>(model: string, method: string, named?: Readonly<Record<string, unknown>>): Promise<T>;
}

/** JSON-2 where the server has it (19 on), else /jsonrpc with the login. @throws DemoFailure with the remedy. */
export async function connectOdoo(address: OdooAddress): Promise<OdooRpc> {
  const base = address.url.replace(/\/$/, '');
  const series = await seriesOf(base);
  if (series >= 19)
    return { series, call: (model, method, named = {}) => json2(base, address, model, method, named) };
  if (address.login === undefined) {
    throw new DemoFailure(
      `${base} is Odoo ${series}, which is called by login and key. Add --odoo-login.`,
      2,
    );
  }
  const { login } = address;
  const uid = await jsonrpc<number | false>(base, 'common', 'authenticate', [
    address.database,
    login,
    address.key,
    {},
  ]);
  if (uid === false) {
    throw new DemoFailure(
      `${base} refused the login ${login} on ${address.database}. Check --odoo-login and --odoo-key.`,
      2,
    );
  }
  return {
    series,
    call: (model, method, { ids, ...named } = {}) =>
      jsonrpc(base, 'object', 'execute_kw', [
        address.database,
        uid,
        address.key,
        model,
        method,
        ids === undefined ? [] : [ids],
        named,
      ]),
  };
}

async function seriesOf(base: string): Promise<number> {
  const version = await jsonrpc<{ server_version_info?: unknown[] }>(base, 'common', 'version', []);
  const major = Number(version.server_version_info?.[0]);
  if (Number.isInteger(major)) return major;
  throw new DemoFailure(`${base} tells no Odoo version. Is it the address of an Odoo server?`, 2);
}

async function json2<T>(
  base: string,
  { database, key }: OdooAddress,
  model: string,
  method: string,
  named: Readonly<Record<string, unknown>>,
): Promise<T> {
  const { status, body } = await call({
    method: 'POST',
    url: `${base}/json/2/${model}/${method}`,
    headers: { authorization: `bearer ${key}`, 'x-odoo-database': database },
    json: named,
  });
  if (status === 200) return body as T;
  if (status === 401) throw new DemoFailure(`${base} refused the API key. Check --odoo-key.`, 2);
  throw new DemoFailure(`${model}.${method} was refused by ${base}: HTTP ${status} ${excerpt(body)}`, 1);
}

async function jsonrpc<T>(
  base: string,
  service: string,
  method: string,
  args: readonly unknown[],
): Promise<T> {
  const answer = await fetchJson<{ result?: T; error?: { data?: { message?: string } } }>({
    method: 'POST',
    url: `${base}/jsonrpc`,
    json: { jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } },
  });
  if (answer.error === undefined) return (answer.result ?? null) as T;
  throw new DemoFailure(
    `${base} refused ${String(args[3] ?? service)}.${String(args[4] ?? method)}: ${answer.error.data?.message}`,
    1,
  );
}
