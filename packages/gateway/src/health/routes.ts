import type { HealthCheck } from '@trunkline/messaging';
import type { Registry } from 'prom-client';
import Type from 'typebox';
import type { GatewayServer } from '../server.ts';

export interface HealthRoutesOptions {
  readonly metrics: Registry;
  /** What this node needs to take messages, asked at each call. */
  readonly ready: () => Promise<readonly HealthCheck[]>;
}

const Check = Type.Object({
  name: Type.String(),
  ok: Type.Boolean(),
  detail: Type.String(),
  remedy: Type.Optional(Type.String()),
});
const Health = Type.Object({ status: Type.Literal('ok'), uptimeSeconds: Type.Integer() });
const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not_ready')]),
  checks: Type.Array(Check),
});

/** A probe that hangs is worse than one that says no. */
const READY_WITHIN_MS = 2000;

/** For load balancers, supervisors and scrapers; open, because they carry no sessions. Nothing here names an order. */
export async function healthRoutes(
  app: GatewayServer,
  { metrics, ready }: HealthRoutesOptions,
): Promise<void> {
  const tags = ['health'];

  app.get(
    '/healthz',
    { schema: { summary: 'The process answers', tags, response: { 200: Health } } },
    async () => ({
      status: 'ok' as const,
      uptimeSeconds: Math.floor(process.uptime()),
    }),
  );

  app.get(
    '/readyz',
    {
      schema: { summary: 'This node can take messages', tags, response: { 200: Readiness, 503: Readiness } },
    },
    async (_request, reply) => {
      const checks = await withinTime(ready);
      const ok = checks.every((check) => check.ok);
      return reply.code(ok ? 200 : 503).send({ status: ok ? 'ready' : 'not_ready', checks: [...checks] });
    },
  );

  app.get('/metrics', { schema: { summary: 'Prometheus metrics', tags } }, async (_request, reply) => {
    return reply.header('content-type', metrics.contentType).send(await metrics.metrics());
  });
}

async function withinTime(ready: () => Promise<readonly HealthCheck[]>): Promise<readonly HealthCheck[]> {
  const late = Promise.withResolvers<readonly HealthCheck[]>();
  const timer = setTimeout(
    () => late.resolve([failed(`No answer within ${READY_WITHIN_MS} ms.`)]),
    READY_WITHIN_MS,
  );
  try {
    return await Promise.race([ready(), late.promise]);
  } catch (error) {
    return [failed(error instanceof Error ? error.message : String(error))];
  } finally {
    clearTimeout(timer);
  }
}

function failed(detail: string): HealthCheck {
  return { name: 'journal', ok: false, detail, remedy: 'Look at the database and the hub’s log.' };
}
