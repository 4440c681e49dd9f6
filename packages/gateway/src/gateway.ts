import cookie from '@fastify/cookie';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { HealthCheck, InvalidMessageChannel, MessageStore, WebhookReceiver } from '@trunkline/messaging';
import fastify, { type FastifyBaseLogger, type FastifyRequest, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import type { CredentialStore } from './authentication/credential-store.ts';
import { authenticate, guard } from './authentication/guard.ts';
import { sessionRoutes } from './authentication/routes.ts';
import { consoleRoutes } from './console/routes.ts';
import { securityHeaders } from './console/security-headers.ts';
import { healthRoutes } from './health/routes.ts';
import { type Gateway, listen } from './listen.ts';
import { openApi } from './openapi.ts';
import { OverviewFeed } from './operations/overview-feed.ts';
import { bulkRoutes } from './operations/bulk-routes.ts';
import type { CaseOperations } from './operations/cases-port.ts';
import { casesRoutes } from './operations/cases-routes.ts';
import type { Operations } from './operations/port.ts';
import { operationsRoutes } from './operations/routes.ts';
import { answerBrokenRequest, errorHandler } from './problems/error-handler.ts';
import type { GatewayServer } from './server.ts';
import { webhookMetrics } from './webhooks/metrics.ts';
import { webhookRoutes } from './webhooks/routes.ts';

export interface GatewayOptions {
  readonly hubName: string;
  readonly operations: Operations;
  readonly cases: CaseOperations;
  /** By system name. */
  readonly webhooks: ReadonlyMap<string, WebhookReceiver>;
  readonly store: MessageStore;
  readonly invalid: InvalidMessageChannel;
  readonly credentials: CredentialStore;
  /** The console's built files; absent: no pages. */
  readonly consoleDir?: string;
  /** Bytes of one request body. */
  readonly bodyLimit?: number;
  readonly metrics: Registry;
  /** A pino logger, or false for silence. */
  readonly log: FastifyBaseLogger | false;
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** Behind /readyz; without it the operations port must answer. */
  readonly ready?: () => Promise<readonly HealthCheck[]>;
  /** True when a proxy of ours stands in front: client address and scheme are then what it says. */
  readonly trustProxy?: boolean;
}

/** 1 MiB: a warehouse's largest wave confirmation is about 200 kB. */
const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** The hub's HTTP side: webhooks in, the operations API, health, metrics, the console's files. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { operations, credentials, now = Date.now, bodyLimit = DEFAULT_BODY_LIMIT } = options;
  const app: GatewayServer = fastify({
    bodyLimit,
    ...(options.log === false ? { logger: false } : { loggerInstance: options.log }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy ?? false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerBrokenRequest,
    // Every fault at once; and no silent mending of what a caller sent, beyond text to number in a query.
    ajv: { customOptions: { allErrors: true, removeAdditional: false, coerceTypes: true } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setErrorHandler(errorHandler(bodyLimit));
  app.decorateRequest('user', '');

  const feed = new OverviewFeed({
    operations,
    log: app.log,
    mayWatch: async (request: FastifyRequest) => (await authenticate(request, credentials)) !== undefined,
  });
  app.addHook('preClose', async () => feed.close());

  await openApi(app);
  await app.register(webhookRoutes, {
    webhooks: options.webhooks,
    store: options.store,
    invalid: options.invalid,
    metrics: webhookMetrics(options.metrics),
    now,
  });
  await app.register(healthRoutes, {
    metrics: options.metrics,
    ready: options.ready ?? (() => answers(operations)),
  });
  await app.register(async (browser: GatewayServer) => {
    securityHeaders(browser);
    await browser.register(cookie);
    await browser.register(
      async (api: GatewayServer) => {
        await api.register(sessionRoutes, { credentials, hubName: options.hubName, now });
        await api.register(async (guarded: GatewayServer) => {
          guard(guarded, credentials);
          await guarded.register(operationsRoutes, { operations, feed });
          await guarded.register(casesRoutes, { cases: options.cases });
          await guarded.register(bulkRoutes, { cases: options.cases });
        });
      },
      { prefix: '/api/v1' },
    );
    await browser.register(consoleRoutes, { consoleDir: options.consoleDir });
  });
  await app.ready();
  return { listen: (address) => listen(app, address), close: () => app.close() };
}

async function answers(operations: Operations): Promise<readonly HealthCheck[]> {
  await operations.overview();
  return [{ name: 'journal', ok: true, detail: 'The journal answers.' }];
}
