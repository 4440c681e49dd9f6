import { isNone } from '../orm/call.ts';
import type { Call } from '../orm/call.ts';
import { OdooError } from '../orm/errors.ts';
import type { Values } from '../orm/field.ts';
import { majorOf } from '../orm/model.ts';
import type { Method, Series } from '../orm/model.ts';

export interface RpcRequest {
  readonly id: unknown;
  readonly service: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

export function parseRpc(body: string): RpcRequest {
  const parsed = JSON.parse(body) as {
    id?: unknown;
    params?: { service?: string; method?: string; args?: unknown[] };
  };
  const { service = '', method = '', args = [] } = parsed.params ?? {};
  return { id: parsed.id ?? null, service, method, args };
}

/** `result` is left out, not null, for a method that returns None. */
export const rpcResult = (id: unknown, result: unknown) =>
  isNone(result) ? { jsonrpc: '2.0', id } : { jsonrpc: '2.0', id, result };

/** A failure is HTTP 200 with an `error` member; its code is 0 on 19 and 200 before. */
export const rpcError = (id: unknown, series: Series, error: OdooError) => ({
  jsonrpc: '2.0',
  id,
  error: {
    code: majorOf(series) < 19 ? 200 : 0,
    message: 'Odoo Server Error',
    data: {
      name: error.pythonName,
      debug: `Traceback (most recent call last):\n  [simulated]\n${error.pythonName}: ${error.message}\n`,
      message: error.message,
      arguments: error.arguments.slice(0, 1),
      context: {},
    },
  },
});

/** The positional and keyword arguments of `execute_kw` as a call: the first position of a record method is its ids. */
export function toCall(
  model: string,
  method: string,
  definition: Method | undefined,
  positional: readonly unknown[],
  keywords: Values,
): Call & { context: Values } {
  const { context, ...args } = keywords;
  const rest = [...positional];
  let ids: number[] | undefined;
  if (definition?.on !== 'model' && rest.length > 0) {
    const [first] = rest.splice(0, 1);
    ids = typeof first === 'number' ? [first] : ((first as number[] | undefined) ?? []);
  }
  const named = nameArguments(method, definition, rest, args);
  return {
    transport: 'jsonrpc',
    model,
    method,
    ids,
    args: named,
    context: (context as Values | undefined) ?? {},
  };
}

function nameArguments(
  method: string,
  definition: Method | undefined,
  positional: unknown[],
  keywords: Values,
): Values {
  const parameters = definition?.parameters ?? [];
  const named: Values = { ...keywords };
  // 18 calls the second argument of name_search `args`; by position both mean the domain.
  for (const [at, value] of positional.entries()) {
    const name = parameters[at];
    if (name === undefined) continue;
    if (name in keywords)
      throw new OdooError(
        'builtins.TypeError',
        500,
        `BaseModel.${method}() got multiple values for argument '${name}'`,
      );
    named[name] = value;
  }
  return named;
}
