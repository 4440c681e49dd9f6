import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RefusedCall } from './fault-answer.ts';
import type { FaultControl } from './faults.ts';
import type { OAuth } from './oauth.ts';
import type { Org } from './org.ts';
import { type Resource, refusedAnswer } from './rest/call.ts';
import { collectionResources } from './rest/collections.ts';
import { compositeResource } from './rest/composite.ts';
import { describeResources } from './rest/describe.ts';
import { queryResources } from './rest/query.ts';
import { QueryCursors } from './rest/query-cursors.ts';
import { recordResources } from './rest/records.ts';

export interface ApiParts {
  org: Org;
  oauth: OAuth;
  faults: FaultControl;
  apiUsage: { used: number; max: number };
  /** Where this server answers, once it listens. */
  origin: () => string;
}

const PLAIN: readonly Resource[] = [
  ...describeResources,
  ...queryResources,
  ...collectionResources,
  ...recordResources,
];
const RESOURCES: readonly Resource[] = [...PLAIN, compositeResource(PLAIN)];
const VERSIONS = [64, 65, 66];

export function restRoutes(app: FastifyInstance, parts: ApiParts): void {
  const cursors = new QueryCursors();
  app.addHook('onRequest', async (request, reply) => admit(parts, request, reply));
  app.post<{ Body: Record<string, string> | null }>('/services/oauth2/token', async (request, reply) => {
    const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const { status, body } = await parts.oauth.token(request.body ?? {}, basic, parts.origin());
    return reply.code(status).header('cache-control', 'no-store').send(body);
  });
  app.get('/services/data', async () =>
    VERSIONS.map((version) => ({
      label: `API ${version}`,
      url: `/services/data/v${version}.0`,
      version: `${version}.0`,
    })),
  );
  for (const resource of RESOURCES) {
    app.route({
      method: resource.method,
      url: `/services/data/:version${resource.path}`,
      handler: async (request, reply) => {
        const { status, body } = answer(parts, cursors, resource, request);
        return reply.code(status).send(body);
      },
    });
  }
}

function answer(parts: ApiParts, cursors: QueryCursors, resource: Resource, request: FastifyRequest) {
  const params = request.params as Record<string, string>;
  try {
    return resource.run({
      org: parts.org,
      cursors,
      version: params['version'] ?? '',
      params,
      query: request.query as Record<string, string>,
      headers: request.headers,
      body: request.body,
      locked: () => parts.faults.locksRow(request.url),
      apiUsage: parts.apiUsage,
    });
  } catch (error) {
    return refusedAnswer(error);
  }
}

/** Every answer tells the day's limit, a refusal too: so this comes before the scripted faults. */
export function tellLimit(app: FastifyInstance, apiUsage: { used: number; max: number }): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/services/data/')) return;
    apiUsage.used += 1;
    reply.header('sforce-limit-info', `api-usage=${apiUsage.used}/${apiUsage.max}`);
  });
}

async function admit(
  { oauth, apiUsage }: ApiParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (!request.url.startsWith('/services/data/')) return undefined;
  const refusal = refusalOf(oauth, apiUsage, request);
  return refusal ? reply.code(refusal.status).send(refusal.errors) : undefined;
}

function refusalOf(
  oauth: OAuth,
  usage: ApiParts['apiUsage'],
  request: FastifyRequest,
): RefusedCall | undefined {
  const version = (request.params as { version?: string }).version;
  if (version !== undefined && !/^v\d{2,3}\.0$/.test(version)) {
    return new RefusedCall(404, 'NOT_FOUND', 'The requested resource does not exist');
  }
  const token = /^(?:Bearer|OAuth) (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || !oauth.accepts(token)) {
    return new RefusedCall(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  }
  if (usage.used > usage.max)
    return new RefusedCall(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  return undefined;
}
