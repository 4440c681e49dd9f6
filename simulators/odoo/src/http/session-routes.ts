import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Door, Identity } from '../orm/env.ts';
import { OdooError } from '../orm/errors.ts';
import { textOf } from '../orm/field.ts';
import type { Values } from '../orm/field.ts';
import type { Simulator } from '../simulator.ts';
import { dropIfAsked } from './gate.ts';
import { rpcError, rpcResult } from './jsonrpc.ts';
import { executeAs } from './jsonrpc-route.ts';

interface Session {
  readonly user: Identity;
  readonly door: Door;
}

/** What the browser speaks: a login by password, then calls under a cookie. An API key does not log in (live 16.0 to 19.0, 2026-11-25). */
export function addSessionRoutes(server: FastifyInstance, simulator: Simulator): void {
  const sessions = new Map<string, Session>();
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    work: (params: Values) => unknown,
  ): Promise<unknown> => {
    const { id = null, params = {} } = JSON.parse(textOf(request.body ?? '{}')) as {
      id?: unknown;
      params?: Values;
    };
    try {
      const result = await work(params);
      return reply.sent ? reply : rpcResult(id, result);
    } catch (error) {
      if (!(error instanceof OdooError)) throw error;
      const answered = rpcError(id, simulator.series, error);
      return error.pythonName === EXPIRED
        ? { ...answered, error: { ...answered.error, code: 100 } }
        : answered;
    }
  };
  server.post('/web/session/authenticate', (request, reply) =>
    answer(request, reply, ({ login, password }) => {
      const user = simulator.accounts.byPassword(login, password);
      if (user === undefined) throw new OdooError('odoo.exceptions.AccessDenied', 403, 'Access Denied');
      const id = randomBytes(20).toString('hex');
      sessions.set(id, { user, door: { identifiedAtMs: 0 } });
      reply.header('set-cookie', `session_id=${id}; HttpOnly; Path=/`);
      return { uid: user.uid, db: simulator.options.database, username: user.login };
    }),
  );
  server.post('/web/session/destroy', (request, reply) =>
    answer(request, reply, () => {
      sessions.delete(sessionId(request));
    }),
  );
  server.post('/web/dataset/call_kw', (request, reply) =>
    answer(request, reply, async (params) => {
      const session = sessions.get(sessionId(request));
      if (session === undefined) throw new OdooError(EXPIRED, 403, 'Session expired');
      const user = { ...session.user, door: session.door };
      const { model, method, args, kwargs } = params as unknown as Asked;
      const answered = await executeAs(simulator, user, { model, method, args, kwargs }, reply);
      if (answered !== undefined && !dropIfAsked(request, reply, answered.fault)) return answered.result;
      return undefined;
    }),
  );
}

interface Asked {
  readonly model: string;
  readonly method: string;
  readonly args: unknown[];
  readonly kwargs: Values;
}

const EXPIRED = 'odoo.http.SessionExpiredException';

function sessionId(request: FastifyRequest): string {
  return /session_id=(\w+)/.exec(String(request.headers.cookie ?? ''))?.[1] ?? '';
}
