import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** In place of an answer. */
  readonly destroy?: boolean;
}

export type Script = (exchange: Exchange) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface ScriptedOrg {
  readonly url: string;
  readonly exchanges: Exchange[];
  /** Tokens minted so far; each is `token-<n>`. */
  minted(): number;
  close(): Promise<void>;
}

/**
 * An HTTP server on a real socket that answers the token endpoint itself, describes objects without fields, and answers everything else
 * as the test's script says. `date` is what its `Date` header says; the machine's when absent.
 */
export async function startScriptedOrg(script: Script, date?: () => number): Promise<ScriptedOrg> {
  const exchanges: Exchange[] = [];
  let minted = 0;
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const exchange = {
      method: request.method ?? '',
      path: decodeURIComponent((request.url ?? '').replaceAll('+', ' ')),
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    exchanges.push(exchange);
    let result: ScriptedAnswer | undefined;
    try {
      result = await script(exchange);
    } catch (error) {
      result = { status: 500, body: [{ errorCode: 'SCRIPT', message: String(error) }] };
    }
    const isToken = exchange.path === '/services/oauth2/token';
    const isUnscripted = result.status === undefined && result.body === undefined && !result.destroy;
    if (isUnscripted && exchange.path.endsWith('/describe')) result = { body: { fields: [] } };
    if (isUnscripted && isToken) {
      minted += 1;
      const { port } = server.address() as AddressInfo;
      result = {
        body: { access_token: `token-${minted}`, instance_url: `http://127.0.0.1:${port}` },
      };
    }
    if (result.destroy) {
      request.socket.destroy();
      return;
    }
    response.writeHead(result.status ?? 200, {
      'content-type': 'application/json',
      'sforce-limit-info': `api-usage=${exchanges.length}/15000`,
      ...(date === undefined ? {} : { date: new Date(date()).toUTCString() }),
      ...result.headers,
    });
    response.end(result.body === undefined ? '' : JSON.stringify(result.body));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    minted: () => minted,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port where nothing listens: taken once and given back. */
export async function closedPort(): Promise<string> {
  const org = await startScriptedOrg(() => ({}));
  await org.close();
  return org.url;
}
