import { once } from 'node:events';
import { createServer, type IncomingMessage as Request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delivery, IncomingMessage, Outcome, Polled, Poller, Target } from '@trunkline/messaging';
import { polledPages, REFUSED } from './workload.ts';

/** What the server does around an entry: nothing, or it ends the sender before or after it has written. */
export type AroundEntry = (entry: string) => 'write' | 'cut-before' | 'cut-after';

/**
 * The system outside: a book that takes entries by POST and is not idempotent, so that whatever is sent twice without asking first
 * stands in it twice; and a shop that gives pages of messages.
 */
export class Books {
  /** In order of their writing. */
  readonly entries: string[] = [];
  refusing = true;
  around: AroundEntry = () => 'write';
  readonly url: string;
  readonly #server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<Books> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const books = new Books(server);
    server.on('request', (request: Request, response: ServerResponse) => books.#answer(request, response));
    return books;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: Request, response: ServerResponse): void {
    const [, kind, name = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
    if (kind === 'pages') response.end(JSON.stringify(polledPages()[Number(name)] ?? []));
    else if (request.method === 'GET') response.writeHead(this.entries.includes(name) ? 200 : 404).end();
    else if (this.refusing && name === REFUSED) response.writeHead(422).end();
    else {
      const what = this.around(name);
      if (what !== 'cut-before') this.entries.push(name);
      if (what === 'write') response.writeHead(201).end();
      else request.socket.destroy();
    }
  }
}

/** The connector to the book: looks before it sends only what may have landed, as the port asks. */
export class BooksTarget implements Target {
  readonly batch = 3;
  readonly concurrency = 2;
  readonly lingerMs = 0;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async deliver(deliveries: readonly Delivery[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const delivery of deliveries) outcomes.push(await this.#make(delivery));
    return outcomes;
  }

  async #make({ payload, ambiguous }: Delivery): Promise<Outcome> {
    const url = `${this.#url}/entries/${encodeURIComponent(payload['entry'] as string)}`;
    if (ambiguous && (await fetch(url)).status === 200) return { kind: 'succeeded', adopted: true };
    const { status } = await fetch(url, { method: 'POST' });
    if (status === 201) return { kind: 'succeeded' };
    return { kind: 'rejected', code: 'target_rejected', detail: `HTTP ${status}` };
  }
}

/** Reads the shop's pages; the cursor is the number of the next one. */
export function shopPoller(url: string): Poller {
  return {
    stream: 'pages',
    intervalMs: 20,
    async poll(cursor): Promise<Polled> {
      const page = Number(cursor ?? 0);
      const messages = (await (await fetch(`${url}/pages/${page}`)).json()) as IncomingMessage[];
      return { messages, cursor: messages.length > 0 ? page + 1 : page, more: messages.length > 0 };
    },
  };
}
