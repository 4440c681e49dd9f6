import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface OdooServer {
  readonly url: string;
  readonly database: string;
  readonly apiKey: string;
  readonly login?: string;
  /** Calls that prepare or look, as fast as they go. */
  untimed<T>(work: () => Promise<T>): Promise<T>;
  /** On the simulator: calls last as long as measured. */
  unscaled<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const SIMULATOR = fileURLToPath(new URL('../../../simulators/odoo/src/main.ts', import.meta.url));

/** The simulated Odoo as a process of its own, whose calls last as on a measured server, times `scale`. */
export async function startSimulated(scale: number): Promise<OdooServer> {
  const child: ChildProcess = spawn(process.execPath, [SIMULATOR, '--port=0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  const { listening: url } = JSON.parse(String(line)) as { listening: string };
  const times = `${url}/_sim/service-times`;
  const timed = (by = scale) => fetch(times, { method: 'POST', body: JSON.stringify({ scale: by }) });
  await timed();
  return {
    url,
    database: 'demo',
    apiKey: 'demo-odoo-api-key',
    async untimed(work) {
      await fetch(times, { method: 'DELETE' });
      try {
        return await work();
      } finally {
        await timed();
      }
    },
    async unscaled(work) {
      await timed(1);
      try {
        return await work();
      } finally {
        await timed();
      }
    },
    async close() {
      if (child.exitCode === null && child.kill()) await once(child, 'exit');
    },
  };
}

/** Calls written by hand, with nothing between them and the socket: no look-ups, no retries, no checks. */
export interface RawOdoo {
  call<T>(model: string, method: string, args: Record<string, unknown>): Promise<T>;
}

export async function rawOdoo(server: OdooServer): Promise<RawOdoo> {
  const version = await fetch(`${server.url}/web/webclient/version_info`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  });
  const { result } = (await version.json()) as { result: { server_version: string } };
  return Number.parseInt(result.server_version, 10) >= 19 ? json2(server) : await jsonRpc(server);
}

function json2({ url, database, apiKey }: OdooServer): RawOdoo {
  const headers = {
    Authorization: `bearer ${apiKey}`,
    'X-Odoo-Database': database,
    'Content-Type': 'application/json',
  };
  return {
    async call<T>(model: string, method: string, args: Record<string, unknown>) {
      const answer = await fetch(`${url}/json/2/${model}/${method}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(args),
      });
      if (!answer.ok) throw new Error(`${model}.${method}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
  };
}

async function jsonRpc({ url, database, apiKey, login }: OdooServer): Promise<RawOdoo> {
  const ask = async <T>(service: string, method: string, args: unknown[]): Promise<T> => {
    const answer = await fetch(`${url}/jsonrpc`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } }),
    });
    const body = (await answer.json()) as { result: T; error?: { data: { message: string } } };
    if (body.error !== undefined) throw new Error(body.error.data.message);
    return body.result;
  };
  const uid = await ask<number>('common', 'login', [database, login, apiKey]);
  return {
    call: <T>(
      model: string,
      method: string,
      { ids, vals_list: created, ...args }: Record<string, unknown>,
    ) => {
      // `create` looks at its first argument by place.
      const placed = [ids, created].filter((argument) => argument !== undefined);
      return ask<T>('object', 'execute_kw', [database, uid, apiKey, model, method, placed, args]);
    },
  };
}
