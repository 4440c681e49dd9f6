import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemDetails } from '../problems/problem.ts';
import type { Overview } from './contract.ts';
import type { Operations } from './port.ts';

/** Open streams at once; each holds a socket. Browsers open one per tab. */
const MOST_STREAMS = 200;
/** Under the idle limit of common proxies (30 s and up). */
const HEARTBEAT_TICKS = 15;
const RECONNECT_MS = 2000;

export interface OverviewFeedOptions {
  readonly operations: Pick<Operations, 'overview'>;
  readonly log: FastifyBaseLogger;
  /** False ends the stream: its session is over. Asked at each heartbeat. */
  readonly mayWatch: (request: FastifyRequest) => Promise<boolean>;
  readonly intervalMs?: number;
}

interface Stream {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * One timer and one query a second for all watchers, and none without a watcher. An overview is state: a client that does not
 * drain its socket misses the ones between and gets the newest later, so a slow client costs no memory.
 */
export class OverviewFeed {
  readonly #options: OverviewFeedOptions;
  readonly #streams = new Set<Stream>();
  /** Watchers whose socket was full at the last event. */
  readonly #behind = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #ticks = 0;
  #fingerprint = '';
  #event = '';

  constructor(options: OverviewFeedOptions) {
    this.#options = options;
  }

  watch(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#streams.size >= MOST_STREAMS) {
      throw new Problem(
        'streams_exhausted',
        `${MOST_STREAMS} consoles watch this node already. Close one, or ask /api/v1/overview instead.`,
      );
    }
    const stream = { request, reply };
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    reply.raw.write(`retry: ${RECONNECT_MS}\n\n`);
    reply.raw.on('close', () => this.#left(stream));
    this.#streams.add(stream);
    if (this.#event !== '') reply.raw.write(this.#event);
    this.#start();
  }

  get watchers(): number {
    return this.#streams.size;
  }

  close(): void {
    for (const { reply } of this.#streams) reply.raw.end();
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#tick(), this.#options.intervalMs ?? 1000);
    void this.#tick();
  }

  #left(stream: Stream): void {
    this.#streams.delete(stream);
    this.#behind.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    // Old by the time that somebody watches again.
    this.#fingerprint = '';
    this.#event = '';
  }

  async #tick(): Promise<void> {
    this.#ticks += 1;
    if (this.#ticks % HEARTBEAT_TICKS === 0) void this.#heartbeat();
    // A slow answer takes the turns of the questions that would queue behind it.
    if (this.#asking) return;
    this.#asking = true;
    try {
      this.#publish(await this.#ask());
    } finally {
      this.#asking = false;
    }
  }

  async #ask(): Promise<{ readonly fingerprint: string; readonly event: string }> {
    try {
      const overview = await this.#options.operations.overview();
      return { fingerprint: fingerprint(overview), event: sse('overview', overview) };
    } catch (error) {
      if (this.#fingerprint !== 'trouble') this.#options.log.error({ err: error }, 'overview failed');
      const trouble = new Problem('internal', 'The hub cannot read its own state; its log has the cause.');
      return { fingerprint: 'trouble', event: sse('trouble', problemDetails(trouble)) };
    }
  }

  #publish({ fingerprint, event }: { readonly fingerprint: string; readonly event: string }): void {
    if (this.#streams.size === 0) return;
    const changed = fingerprint !== this.#fingerprint;
    if (changed) {
      this.#fingerprint = fingerprint;
      this.#event = event;
    }
    for (const stream of changed ? this.#streams : [...this.#behind]) {
      if (stream.reply.raw.writableNeedDrain) {
        this.#behind.add(stream);
      } else {
        this.#behind.delete(stream);
        stream.reply.raw.write(this.#event);
      }
    }
  }

  async #heartbeat(): Promise<void> {
    for (const stream of this.#streams) {
      const { raw } = stream.reply;
      try {
        if (await this.#options.mayWatch(stream.request)) {
          if (!raw.writableNeedDrain) raw.write(': still here\n\n');
        } else {
          raw.end();
        }
      } catch (error) {
        // Who cannot be checked now stays until the next heartbeat.
        this.#options.log.warn({ err: error }, 'a watcher could not be checked');
      }
    }
  }
}

/** An overview without its own time, which alone changes in an idle hub. */
function fingerprint({ at: _at, ...rest }: Overview): string {
  return JSON.stringify(rest);
}

function sse(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
