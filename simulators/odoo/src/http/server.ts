import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { majorOf } from '../orm/model.ts';
import type { Simulator } from '../simulator.ts';
import { addControlRoutes } from './control-routes.ts';
import { answerJson2 } from './json2-route.ts';
import { answerRpc } from './jsonrpc-route.ts';
import { HTML, LOGIN, NOT_FOUND, webVersion } from './pages.ts';
import { addSessionRoutes } from './session-routes.ts';
import { httpError } from '../orm/errors.ts';
import { errorBody } from './json2.ts';

const MEGABYTES_64 = 64 * 1024 * 1024;

/** The server's routes. Bodies stay text, because a real server's answer to a malformed one is part of the simulation. */
export function createServer(simulator: Simulator): FastifyInstance {
  const server = Fastify({ bodyLimit: MEGABYTES_64, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.addHook('onRequest', (request, reply, next) => {
    if (request.url.startsWith('/_sim/') || !simulator.faults.drawDown()) return next();
    reply.hijack();
    request.raw.socket.destroy();
  });
  addControlRoutes(server, simulator);
  addVersionRoutes(server, simulator);
  const major = majorOf(simulator.series);
  if (major >= 19) {
    server.post('/json/2/:model/:method', (request, reply) => answerJson2(simulator, request, reply));
    server.all('/json/2/*', (_request, reply) => hint(reply));
  } else if (major === 18) {
    server.all('/json/*', (request, reply) => toLogin(request, reply));
  }
  server.setNotFoundHandler((_request, reply) => reply.code(404).type(HTML).send(NOT_FOUND));
  server.get('/web/login', (_request, reply) => reply.type(HTML).send(LOGIN));
  addSessionRoutes(server, simulator);
  server.post('/jsonrpc', (request, reply) => answerRpc(simulator, request, reply));
  return server;
}

function addVersionRoutes(server: FastifyInstance, simulator: Simulator): void {
  server.post('/web/webclient/version_info', () => ({
    jsonrpc: '2.0',
    id: null,
    result: { server_version: simulator.series },
  }));
  if (majorOf(simulator.series) < 19) return;
  for (const path of ['/web/version', '/json/version']) server.get(path, () => webVersion(simulator.series));
}

const hint = (reply: FastifyReply) =>
  reply.code(404).send(errorBody(httpError(404, 'Did you mean POST /json/2/<model>/<method>?')));

/** 18 has no JSON-2: the website in front of it sends the caller to the login page. */
const toLogin = (request: FastifyRequest, reply: FastifyReply) =>
  reply
    .code(303)
    .header('Location', `/web/login?redirect=${encodeURIComponent(request.url)}`)
    .type(HTML)
    .send('');
