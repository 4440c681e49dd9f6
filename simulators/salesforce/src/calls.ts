import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as wait } from 'node:timers/promises';
import type { FaultControl, Verdict } from './faults.ts';

export type CallCounts = Record<string, number>;

type Refuse = (reply: FastifyReply, verdict: Verdict) => FastifyReply;

/** Counts each call by its route and lets the scripted faults have their way; `/_sim` stays out of both. */
export function countAndDisturb(
  app: FastifyInstance,
  faults: FaultControl,
  calls: CallCounts,
  refuse: Refuse,
): void {
  const stop = new AbortController();
  app.addHook('preClose', async () => stop.abort());
  app.addHook('onRequest', async (request, reply) => {
    if (isControl(request)) return undefined;
    const route = `${request.method} ${request.routeOptions.url ?? '(unknown)'}`;
    calls[route] = (calls[route] ?? 0) + 1;
    const verdict = faults.beforeWork(callOf(request));
    if (verdict.latencyMs > 0) {
      await wait(verdict.latencyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    if (verdict.fault === 'none') return undefined;
    if (verdict.fault === 'down') return cutOff(request, reply);
    return refuse(reply, verdict);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (!isControl(request) && reply.statusCode < 400 && faults.dropsAnswer(callOf(request))) {
      request.raw.socket.destroy();
    }
    return payload;
  });
}

function cutOff(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

/** What `only` of a fault is a part of: `POST /v1/releases`. */
function callOf({ method, url }: FastifyRequest): string {
  return `${method} ${url}`;
}

function isControl(request: FastifyRequest): boolean {
  return request.url.startsWith('/_sim');
}
