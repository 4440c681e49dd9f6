import type { FastifyInstance } from 'fastify';
import type { FaultPlan } from '../control/faults.ts';
import type { ServiceTimes } from '../control/service-times.ts';
import { ordersByReference, summary } from '../control/summary.ts';
import type { Simulator } from '../simulator.ts';

/** The simulator's own interface, under a path that no Odoo has. It is never hit by faults. */
export function addControlRoutes(server: FastifyInstance, simulator: Simulator): void {
  const { faults, calls, workers } = simulator;
  const state = () => ({ plan: faults.plan ?? null, injected: faults.injected });
  server.post('/_sim/faults', (request, reply) => {
    try {
      faults.set(JSON.parse(String(request.body)) as FaultPlan);
      return reply.send(state());
    } catch (error) {
      return reply.code(400).send({ error: (error as Error).message });
    }
  });
  server.get('/_sim/faults', state);
  server.delete('/_sim/faults', () => {
    faults.clear();
    return state();
  });
  server.post('/_sim/clock', (request, reply) => {
    const { advanceSeconds } = JSON.parse(String(request.body)) as { advanceSeconds?: number };
    if (advanceSeconds === undefined || !(advanceSeconds >= 0))
      return reply.code(400).send({ error: 'advanceSeconds has to be a number of seconds from 0 on' });
    simulator.clock.advance(advanceSeconds);
    return reply.send({ now: simulator.clock.stamp() });
  });
  server.post('/_sim/service-times', (request, reply) => {
    try {
      workers.set(JSON.parse(String(request.body)) as ServiceTimes);
      return reply.send({ plan: workers.plan });
    } catch (error) {
      return reply.code(400).send({ error: (error as Error).message });
    }
  });
  server.get('/_sim/service-times', () => ({ plan: workers.plan ?? null }));
  server.delete('/_sim/service-times', () => {
    workers.clear();
    return { plan: null };
  });
  server.get('/_sim/calls', () => ({ calls: calls.report(), injected: faults.injected }));
  server.get('/_sim/summary', () => summary(simulator.inspect()));
  server.get<{ Querystring: { ref?: string } }>('/_sim/orders', (request) => ({
    orders: ordersByReference(simulator.inspect(), request.query.ref ?? ''),
  }));
}
