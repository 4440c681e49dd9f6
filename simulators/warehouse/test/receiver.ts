import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One webhook request as it came over the wire. */
export interface Arrival {
  id: string;
  headers: IncomingHttpHeaders;
  /** The raw body: what the signature covers. */
  body: string;
  event: { type: string; timestamp: string; data: EventData };
}

interface EventData {
  releaseNumber: string;
  reference: string;
  site: string;
  sequence: number;
  lines: { line: string; sku: string; quantity: string; unit: string; reason?: string }[];
  [member: string]: unknown;
}

/** Status to answer with, or 'cut' to destroy the socket in place of an answer. */
export type AnswerTo = (arrival: Arrival, nth: number) => number | 'cut';

/** A real HTTP server in the place of the hub. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  readonly #server: Server;
  #waiting: { done: () => boolean; resolve: () => void }[] = [];

  private constructor(answerTo: AnswerTo) {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      request.on('end', () => {
        const { headers } = request;
        const arrival = { id: String(headers['webhook-id']), headers, body, event: JSON.parse(body) };
        this.arrivals.push(arrival);
        const answer = answerTo(arrival, this.arrivals.length);
        if (answer === 'cut') request.socket.destroy();
        else response.writeHead(answer).end();
        this.#waiting = this.#waiting.filter(({ done, resolve }) => {
          if (done()) resolve();
          return !done();
        });
      });
    });
  }

  static async listen(answerTo: AnswerTo = () => 204): Promise<Receiver> {
    const receiver = new Receiver(answerTo);
    await new Promise<void>((resolve) => {
      receiver.#server.listen(0, '127.0.0.1', resolve);
    });
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hooks/warehouse`;
  }

  /** Resolves when the arrivals so far satisfy the condition; the test's own time limit bounds the wait. */
  until(done: (arrivals: Arrival[]) => boolean): Promise<void> {
    const settled = () => done(this.arrivals);
    if (settled()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ done: settled, resolve });
    });
  }

  ofRelease(releaseNumber: string): Arrival[] {
    return this.arrivals.filter(({ event }) => event.data.releaseNumber === releaseNumber);
  }

  /** Resolves when each of the releases has told its end. */
  untilEnded(releaseNumbers: string[]): Promise<void> {
    return this.until(() => releaseNumbers.every((number) => this.ofRelease(number).some(isEnd)));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}

export function isEnd({ event }: Arrival): boolean {
  return (
    event.type === 'release.closed' || (event.type === 'shipment.shipped' && event.data['final'] === true)
  );
}
