import type { FastifyReply, FastifyRequest } from 'fastify';
import { findMethod } from '../orm/call.ts';
import { Env } from '../orm/env.ts';
import type { Identity } from '../orm/env.ts';
import { missingRecord, OdooError } from '../orm/errors.ts';
import { textOf } from '../orm/field.ts';
import type { Values } from '../orm/field.ts';
import type { Simulator } from '../simulator.ts';
import { dropIfAsked, passGate } from './gate.ts';
import type { Passed } from './gate.ts';
import { parseRpc, rpcError, rpcResult, toCall } from './jsonrpc.ts';
import type { RpcRequest } from './jsonrpc.ts';
import { HTML, serverVersion } from './pages.ts';

/** `/jsonrpc`: always 200, failures in the `error` member. */
export async function answerRpc(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('Connection', 'close');
  let rpc: RpcRequest;
  try {
    rpc = parseRpc(textOf(request.body ?? ''));
  } catch {
    return reply.code(400).type(HTML).send('Invalid JSON data');
  }
  try {
    const answered = await serve(simulator, rpc, reply);
    if (!answered) return reply;
    if (dropIfAsked(request, reply, answered.fault)) return reply;
    return send(reply, rpcResult(rpc.id, answered.result));
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return send(reply, rpcError(rpc.id, simulator.series, error));
  }
}

const send = (reply: FastifyReply, body: unknown) =>
  reply.type('application/json; charset=utf-8').send(JSON.stringify(body));

type Answered = { result: unknown; fault: Passed['fault'] };

async function serve(
  simulator: Simulator,
  rpc: RpcRequest,
  reply: FastifyReply,
): Promise<Answered | undefined> {
  if (rpc.service === 'object' && (rpc.method === 'execute_kw' || rpc.method === 'execute'))
    return executeKw(simulator, rpc, reply);
  const call = {
    transport: 'jsonrpc',
    model: rpc.service,
    method: rpc.method,
    ids: undefined,
    args: {},
  } as const;
  const passed = await passGate(simulator, call, reply);
  if (!passed) return undefined;
  return { result: common(simulator, rpc), fault: passed.fault };
}

function common(simulator: Simulator, rpc: RpcRequest): unknown {
  const [database, login, secret] = rpc.args;
  if (rpc.service === 'db' && rpc.method === 'list') return [simulator.options.database];
  if (rpc.service !== 'common') throw new OdooError('builtins.KeyError', 500, rpc.service);
  if (rpc.method === 'version') return serverVersion(simulator.series);
  if (rpc.method !== 'login' && rpc.method !== 'authenticate')
    throw new OdooError('builtins.Exception', 500, `Method not found: ${rpc.method}`);
  requireDatabase(simulator, database);
  return simulator.accounts.byLogin(login, secret)?.uid ?? false;
}

function requireDatabase(simulator: Simulator, database: unknown): void {
  if (database === simulator.options.database) return;
  throw new OdooError(
    'psycopg2.OperationalError',
    500,
    `connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "${String(database)}" does not exist\n`,
  );
}

async function executeKw(
  simulator: Simulator,
  rpc: RpcRequest,
  reply: FastifyReply,
): Promise<Answered | undefined> {
  const [database, uid, secret, model, method] = rpc.args as [string, number, string, string, string];
  requireDatabase(simulator, database);
  if (!simulator.accounts.exists(uid)) throw missingRecord('res.users', [uid], uid);
  const user = simulator.accounts.byUid(uid, secret);
  if (!user) throw new OdooError('odoo.exceptions.AccessDenied', 403, 'Access Denied');
  const named = rpc.method === 'execute_kw';
  const args = (named ? (rpc.args[5] ?? []) : rpc.args.slice(5)) as unknown[];
  const kwargs = (named ? (rpc.args[6] ?? {}) : {}) as Values;
  return executeAs(simulator, user, { model, method, args, kwargs }, reply);
}

/** Runs what `execute_kw` and the browser's `call_kw` ask for. */
export async function executeAs(
  simulator: Simulator,
  user: Identity,
  asked: { model: string; method: string; args: unknown[]; kwargs: Values },
  reply: FastifyReply,
): Promise<Answered | undefined> {
  const { model, method, args, kwargs } = asked;
  const stamp = simulator.clock.stamp();
  const definition = findMethod(new Env(simulator.db, user, stamp), 'jsonrpc', model, method);
  const call = toCall(model, method, definition, args, kwargs);
  const passed = await passGate(simulator, call, reply);
  if (!passed) return undefined;
  const result = await simulator.execute(user, call, call.context, passed.stamp, passed.fault);
  return { result: likeTheArgument(method, call.args, result), fault: passed.fault };
}

/** Unlike JSON-2, create answers an id for one dictionary and a list for a list. */
function likeTheArgument(method: string, args: Values, result: unknown): unknown {
  return method === 'create' && !Array.isArray(args['vals_list']) && Array.isArray(result)
    ? result[0]
    : result;
}
