import type { FastifyReply, FastifyRequest } from 'fastify';
import { httpError, OdooError } from '../orm/errors.ts';
import { textOf } from '../orm/field.ts';
import type { Simulator } from '../simulator.ts';
import { dropIfAsked, passGate } from './gate.ts';
import { errorBody, json2Result, parseJson2 } from './json2.ts';
import { HTML, NO_DATABASE, WRONG_CONTENT_TYPE } from './pages.ts';

type Parameters = { model: string; method: string };

/** `POST /json/2/<model>/<method>`: a bare result, or an error object with the status of its class. */
export async function answerJson2(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // Real workers close after each answer; a client that counts on keep-alive should notice here.
  reply.header('Connection', 'close');
  const database = request.headers['x-odoo-database'];
  if (database !== undefined && database !== simulator.options.database)
    return reply.code(404).type(HTML).send(NO_DATABASE);
  if (!String(request.headers['content-type'] ?? '').startsWith('application/json'))
    return reply.code(415).type(HTML).send(WRONG_CONTENT_TYPE);
  try {
    return await execute(simulator, request, reply);
  } catch (error) {
    return answerError(reply, error);
  }
}

async function execute(
  simulator: Simulator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const user = authenticate(simulator, request);
  const { model, method } = request.params as Parameters;
  const call = parseJson2(model, method, textOf(request.body ?? ''));
  const passed = await passGate(simulator, call, reply);
  if (!passed) return reply;
  const result = await simulator.execute(user, call, call.context, passed.stamp, passed.fault);
  if (dropIfAsked(request, reply, passed.fault)) return reply;
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(json2Result(result)));
}

function authenticate(simulator: Simulator, request: FastifyRequest) {
  const [scheme = '', key = ''] = String(request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'bearer' || key === '')
    throw httpError(401, 'User not authenticated, use an API Key with a Bearer Authorization header.');
  const user = simulator.accounts.byKey(key);
  if (!user) throw httpError(401, 'Invalid apikey');
  // Each call is a session of its own.
  return { ...user, door: { identifiedAtMs: 0 } };
}

function answerError(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof OdooError)) throw error;
  if (error.status === 401) reply.header('WWW-Authenticate', 'Bearer ');
  return reply
    .code(error.status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(errorBody(error)));
}
