import type { Exchange } from './recording.ts';

type Json = Record<string, unknown>;

/** What both transports ask for, in one form: a model's method with ids and named arguments. */
export interface ModelRequest {
  readonly model: string;
  readonly method: string;
  readonly ids: unknown;
  readonly args: Json;
  readonly context: Json;
}

/** The positional arguments of the methods that the recordings call by position. */
const POSITIONS: Record<string, readonly string[]> = { create: ['vals_list'], write: ['ids', 'vals'] };

/** 18's stock.lot.create is a record method: its first position is an empty list of ids. */
const positionsOf = (method: string, given: number): readonly string[] =>
  method === 'create' && given === 2 ? ['ids', 'vals_list'] : (POSITIONS[method] ?? ['ids']);

/** The model request of an exchange, or undefined when it is of another kind (login, version, broken bodies). */
export function modelRequest(exchange: Exchange): ModelRequest | undefined {
  const { path, method, body } = exchange.request;
  if (typeof body !== 'object' || body === null || method !== 'POST') return undefined;
  const [, json, two, model, name] = path.split('/');
  if (json === 'json' && two === '2' && model && name) {
    const { ids, context, ...args } = body as Json;
    return { model, method: name, ids, args, context: (context as Json) ?? {} };
  }
  const params = (body as { params?: { service?: string; method?: string; args?: unknown[] } }).params;
  if (params?.method !== 'execute_kw') return undefined;
  const [, , , rpcModel, rpcMethod, positional = [], keywords = {}] = params.args as [
    string,
    number,
    string,
    string,
    string,
    unknown[]?,
    Json?,
  ];
  return fromPositions(rpcModel, rpcMethod, positional, keywords);
}

function fromPositions(model: string, method: string, positional: unknown[], keywords: Json): ModelRequest {
  const { context, ...named } = keywords;
  const names = positionsOf(method, positional.length);
  let ids: unknown;
  const args: Json = { ...named };
  for (const [at, value] of positional.entries()) {
    const name = names[at];
    if (name === 'ids') ids = value;
    else if (name !== undefined) args[name] = value;
  }
  return { model, method, ids, args, context: (context as Json) ?? {} };
}

/** The exchange's body with a changed model request put back. */
export function withModelRequest(exchange: Exchange, request: ModelRequest): unknown {
  const contextPart = Object.keys(request.context).length > 0 ? { context: request.context } : {};
  const idsPart = request.ids === undefined ? {} : { ids: request.ids };
  if (exchange.request.path.startsWith('/json/2/')) return { ...request.args, ...contextPart, ...idsPart };
  const body = structuredClone(exchange.request.body) as { params: { args: unknown[] } };
  const given = (body.params.args[5] as unknown[] | undefined) ?? [];
  const names = positionsOf(request.method, given.length);
  const keywords: Json = { ...request.args, ...contextPart };
  body.params.args[5] = given.map((_, at) => {
    const name = names[at];
    if (name === 'ids') return request.ids;
    const value = keywords[name ?? ''];
    delete keywords[name ?? ''];
    return value;
  });
  body.params.args[6] = keywords;
  return body;
}
