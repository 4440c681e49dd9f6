import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../control/faults.ts';
import { recordsIn } from '../simulator.ts';
import type { Simulator } from '../simulator.ts';
import type { Call } from '../orm/call.ts';
import { failurePage, HTML } from './pages.ts';

export interface Passed {
  readonly stamp: string;
  readonly fault: Fault | undefined;
}

/**
 * Draws the fault for a call and waits its latency. The transaction's stamp is taken before the wait, so a slow call
 * appears with the stamp of its start (recording 21). Returns undefined when the answer is already given.
 */
export async function passGate(
  simulator: Simulator,
  call: Call,
  reply: FastifyReply,
): Promise<Passed | undefined> {
  const late = simulator.faults.lateSeconds(call.model, call.method);
  const stamp = late > 0 ? simulator.clock.stampBefore(late) : simulator.clock.stamp();
  const fault = simulator.faults.draw(call.model, call.method, Date.now());
  if (fault?.kind === 'rateLimit') {
    reply
      .code(429)
      .header('Retry-After', String(fault.retryAfterSeconds))
      .type(HTML)
      .send('<h1>Too Many Requests</h1>\n');
    return undefined;
  }
  if (fault?.kind === 'fail') {
    reply.code(fault.status).type(HTML).send(failurePage(fault.status));
    return undefined;
  }
  const latency = simulator.faults.latency(call.model, call.method, recordsIn(call));
  if (latency > 0) await sleep(latency);
  if (fault?.kind === 'down') {
    reply.hijack();
    reply.raw.socket?.destroy();
    return undefined;
  }
  return { stamp, fault };
}

/** Cuts the connection in place of an answer to a call that was committed. */
export function dropIfAsked(request: FastifyRequest, reply: FastifyReply, fault: Fault | undefined): boolean {
  if (fault?.kind !== 'dropAfterCommit') return false;
  reply.hijack();
  request.raw.socket.destroy();
  return true;
}
