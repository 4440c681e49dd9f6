import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

/** `null` answers nothing and keeps the connection open; `'hang up'` closes it once the request has been read. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; json?: unknown; html?: string }
  | null
  | 'hang up';

export interface ScriptedOdoo {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Most requests that were in flight at once. */
  readonly peak: () => number;
  close(): Promise<void>;
}

/** An HTTP server that answers as the script says; the answers in the tests are shaped as the recordings. */
export async function startScriptedOdoo(
  script: (request: SeenRequest) => Reply | Promise<Reply>,
): Promise<ScriptedOdoo> {
  const seen: SeenRequest[] = [];
  let inFlight = 0;
  let peak = 0;
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    inFlight += 1;
    peak = Math.max(peak, inFlight);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const request = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    seen.push(request);
    const reply = await script(request);
    inFlight -= 1;
    if (reply === null) return;
    if (reply === 'hang up') return void incoming.socket.destroy();
    response.writeHead(reply.status ?? 200, {
      'content-type':
        reply.html === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8',
      connection: 'close',
      ...reply.headers,
    });
    response.end(reply.html ?? JSON.stringify(reply.json));
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    peak: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const version19: Reply = { json: { version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' } };

/** A 19 whose model methods the script answers: a value is the result, a `Reply` under `reply` is sent as it is. */
export function json2Script(
  answer: (call: string, body: Record<string, unknown>) => unknown,
): (request: SeenRequest) => Reply | Promise<Reply> {
  return ({ path, body }) => {
    if (path === '/web/version') return version19;
    const result = answer(path.replace('/json/2/', ''), body);
    if (result === 'hang up' || isReply(result)) return isReply(result) ? result.reply : 'hang up';
    return { json: result ?? null };
  };
}

function isReply(result: unknown): result is { reply: Reply } {
  return typeof result === 'object' && result !== null && 'reply' in result;
}

export function exception(status: number, name: string, message: string): { reply: Reply } {
  return {
    reply: {
      status,
      json: { name, message, arguments: [message], context: {}, debug: 'Traceback: secret path' },
    },
  };
}
