import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly method: string;
  /** As it came, still percent-encoded. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** In place of an answer, after the request has arrived whole. */
  readonly destroy?: boolean;
}

export type Script = (exchange: Exchange) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface ScriptedWarehouse {
  readonly url: string;
  readonly exchanges: Exchange[];
  close(): Promise<void>;
}

/** An HTTP server on a real socket that answers as the test's script says. */
export async function startScriptedWarehouse(script: Script): Promise<ScriptedWarehouse> {
  const exchanges: Exchange[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const exchange = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    exchanges.push(exchange);
    const { status = 200, body, headers = {}, destroy = false } = await script(exchange);
    if (destroy) {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port where nothing listens: taken once and given back. */
export async function closedPort(): Promise<string> {
  const warehouse = await startScriptedWarehouse(() => ({}));
  await warehouse.close();
  return warehouse.url;
}
