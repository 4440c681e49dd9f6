import type { ReportExchange } from '@trunkline/messaging';
import { createAdaptiveLimit } from './client/adaptive-limit.ts';
import { createCallRate } from './client/call-rate.ts';
import { createConnections } from './client/connections.ts';
import { judgeCall } from './client/judge-call.ts';
import { createKeyedLimit, type Touches } from './client/keyed-limit.ts';
import { OF_READS, OF_WRITES, sitOut } from './client/sit-out.ts';
import { changesNothing } from './error-classification.ts';
import { OdooError } from './errors.ts';
import type { ServerVersion } from './transport/detection.ts';
import { detectServer, hasJson2 } from './transport/detection.ts';
import type { HttpChannel } from './transport/http.ts';
import { createHttpChannel } from './transport/http.ts';
import { createJson2Transport, fixedKey, type KeySource } from './transport/json2.ts';
import { createJsonRpcTransport } from './transport/jsonrpc.ts';
import type { CallArguments, Transport } from './transport/transport.ts';
import { recordLink } from './versions/lookup.ts';
import { treatedAs } from './versions/treated-as.ts';

export interface OdooClientOptions {
  /** The server's root, `https://acme.odoo.com`. */
  readonly url: string;
  readonly database: string;
  readonly apiKey: string;
  /** In place of `apiKey`, for a key that is renewed while the client lives. */
  readonly keys?: KeySource;
  /** The service account's login. /jsonrpc (before 19) can't do without; JSON-2 knows the user by the key. */
  readonly login?: string;
  readonly transport?: 'auto' | 'json2' | 'jsonrpc';
  /** Requests in flight at once, at most; the number of the server's workers is a good one. Fewer while answers are slow. Default 2. */
  readonly concurrency?: number;
  /** Requests of this client per second, at most: Odoo Online asks for about one. Default: no limit but the concurrency. */
  readonly callsPerSecond?: number;
  /** Milliseconds from sending to the last byte of the answer. Default 120,000: a batch of 50 confirmations took 7 s. */
  readonly timeoutMs?: number;
  readonly onExchange?: ReportExchange;
}

export interface OdooServer extends ServerVersion {
  readonly transport: 'json2' | 'jsonrpc';
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Not beside another call of this client that touches some of the same (`touches.ts` says why). Default: nothing. */
  readonly touches?: Touches;
}

export interface OdooClient {
  /**
   * Calls a public method of a model with named arguments.
   *
   * - `create` always gives a list of ids (recording 03: JSON-2 gives a list even for one dict, /jsonrpc an int).
   * - A method that returns None gives `null`.
   * - What is answered 429 waits for its Retry-After where it is and is sent again: a read for three quarters of a minute at most, what
   *   changes something for five seconds.
   * - `T` is the caller's statement of what the method returns; it isn't checked.
   *
   * @throws OdooError; `classifyOdooError` says what it means. An empty `ids` is refused here, because the
   *   server takes it for a success that did nothing.
   */
  call<T>(model: string, method: string, args?: CallArguments, options?: CallOptions): Promise<T>;
  /**
   * Version and transport, found by the first request, and again after calls failed and every quarter of an hour. What was learned of the
   * server holds as long as this gives the same object. @throws OdooError
   */
  server(options?: CallOptions): Promise<OdooServer>;
  /** Whether a call that touches these would go beside all that are under way. */
  free(touches: Touches): boolean;
  /** What `server` found; undefined before the first request. */
  knownServer(): OdooServer | undefined;
  /** The record's page in Odoo's own interface; undefined before the first call, whose answer tells the version. */
  recordLink(model: string, id: number): string | undefined;
  close(): Promise<void>;
}

interface Connection {
  readonly server: OdooServer;
  readonly transport: Transport;
}

/** A client of one database as one user. Nothing is sent before the first call. */
export function createOdooClient(options: OdooClientOptions): OdooClient {
  const rate = options.callsPerSecond === undefined ? undefined : createCallRate(options.callsPerSecond);
  const http = createHttpChannel(options.url, options.timeoutMs ?? 120_000, options.onExchange, rate);
  const limit = createAdaptiveLimit(options.concurrency ?? 2);
  const apart = createKeyedLimit();
  const connections = createConnections<Connection>({
    open: (signal, before) => openConnection(http, options, before, signal),
  });

  return {
    call<T>(
      model: string,
      method: string,
      args: CallArguments = {},
      { signal, touches = [] }: CallOptions = {},
    ) {
      const attempt = async (): Promise<T> => {
        refuseEmptyIds(method, args);
        signal?.throwIfAborted();
        const connection = await connections.current(signal);
        try {
          const result = await connection.transport.call(model, method, args, signal);
          return (method === 'create' && !Array.isArray(result) ? [result] : result) as T;
        } catch (error) {
          connections.failed(connection, error);
          throw error;
        }
      };
      let refused = false;
      const waits = () => {
        refused = true;
      };
      const send = async (): Promise<T> => {
        try {
          const patience = changesNothing(method) ? OF_READS : OF_WRITES;
          return await sitOut(attempt, patience, waits, signal);
        } catch (error) {
          throw located(error, model, method, signal);
        }
      };
      const limited = () => limit.run(send, (end) => judgeCall(model, method, args, end, refused));
      return apart.run(touches, limited);
    },
    async server({ signal } = {}) {
      const ask = () => connections.current(signal);
      const { server } = await sitOut(ask, OF_READS, () => undefined, signal);
      return server;
    },
    free: (touches) => apart.free(touches),
    knownServer: () => connections.known()?.server,
    recordLink(model, id) {
      const known = connections.known();
      return known === undefined ? undefined : recordLink(options.url, known.server.major, model, id);
    },
    close: () => http.close(),
  };
}

function refuseEmptyIds(method: string, { ids }: CallArguments): void {
  // On no records `has_access` speaks of the model.
  if (ids !== undefined && ids.length === 0 && method !== 'has_access') {
    throw new OdooError({
      kind: 'setup',
      message: 'A call on no records: Odoo would answer true and do nothing.',
    });
  }
}

/** Adds the call that failed; what is no OdooError is a defect and stays itself. */
function located(error: unknown, model: string, method: string, signal: AbortSignal | undefined): unknown {
  if (!(error instanceof OdooError)) {
    if (signal?.aborted !== true) return error;
    return new OdooError({
      kind: 'cancelled',
      message: `${model}.${method} was cancelled before it was sent.`,
      model,
      method,
    });
  }
  return new OdooError({
    kind: error.kind,
    name: error.name,
    message: error.message,
    model,
    method,
    cause: error.cause,
    ...(error.status === null ? {} : { status: error.status }),
    ...(error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}

async function openConnection(
  http: HttpChannel,
  options: OdooClientOptions,
  before: Connection | undefined,
  signal?: AbortSignal,
): Promise<Connection> {
  const version = await detectServer(http, signal);
  if (version.major < 16) {
    const message = `The server is Odoo ${version.version}; 16 is the oldest version that is supported.`;
    throw new OdooError({ kind: 'setup', message });
  }
  const wanted = options.transport ?? 'auto';
  const name = wanted === 'auto' ? await transportOf(http, version, signal) : wanted;
  const server = { ...version, transport: name };
  // /jsonrpc has logged in.
  const same = before?.server.version === version.version && before.server.transport === name;
  return { server, transport: same ? before.transport : createTransport(name, http, options, version) };
}

/**
 * A version that nobody tried is asked whether it has JSON-2: Odoo 22 is to drop /jsonrpc, and what follows is not known; between 18.0
 * and 19.0 it came with one of Odoo Online's own versions.
 */
async function transportOf(
  http: HttpChannel,
  server: ServerVersion,
  signal?: AbortSignal,
): Promise<'json2' | 'jsonrpc'> {
  if (server.major < 18) return 'jsonrpc';
  const tried = treatedAs(server) === null;
  if (tried) return server.major < 19 ? 'jsonrpc' : 'json2';
  return (await hasJson2(http, signal)) ? 'json2' : 'jsonrpc';
}

function createTransport(
  name: 'json2' | 'jsonrpc',
  http: HttpChannel,
  { database, apiKey, login, keys }: OdooClientOptions,
  { version }: ServerVersion,
): Transport {
  const keyed = keys ?? fixedKey(apiKey);
  if (name === 'json2') return createJson2Transport(http, database, keyed);
  if (login !== undefined) return createJsonRpcTransport(http, { database, login, keys: keyed });
  throw new OdooError({
    kind: 'setup',
    message: `Odoo ${version} is reached over /jsonrpc, which needs the login of the API key's user; none is configured.`,
  });
}
