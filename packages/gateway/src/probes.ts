import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { LogController } from 'fastify';
import { healthRoutes, type HealthRoutesOptions } from './health/routes.ts';
import { type Gateway, listen } from './listen.ts';
import type { GatewayServer } from './server.ts';

/** Health and metrics alone, for a node that accepts nothing and serves no pages. */
export async function createProbes(options: HealthRoutesOptions): Promise<Gateway> {
  const app: GatewayServer = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>();
  await app.register(healthRoutes, options);
  await app.ready();
  return { listen: (address) => listen(app, address), close: () => app.close() };
}
