import swagger from '@fastify/swagger';
import type { TSchema } from 'typebox';
import { SessionView } from './authentication/routes.ts';
import { ThreadAttempts } from './operations/attempts.ts';
import * as cases from './operations/cases-contract.ts';
import * as contract from './operations/contract.ts';
import { NodePage } from './operations/nodes.ts';
import { TargetPage } from './operations/targets.ts';
import { ProblemSchema } from './problems/problem.ts';
import type { GatewayServer } from './server.ts';

/** The named schemas of the published contract; routes point at them by `$ref`. */
const COMPONENTS: Readonly<Record<string, TSchema>> = {
  Overview: contract.Overview,
  Thread: contract.Thread,
  ThreadPage: contract.ThreadPage,
  ThreadAttempts,
  ExceptionPage: contract.ExceptionPage,
  TargetPage,
  NodePage,
  InvalidMessagePage: contract.InvalidMessagePage,
  CasePage: cases.CasePage,
  CaseDetail: cases.CaseDetail,
  ExceptionDetail: cases.ExceptionDetail,
  Mapping: cases.Mapping,
  MappingPage: cases.MappingPage,
  Bulk: cases.Bulk,
  BulkPage: cases.BulkPage,
  BulkDetail: cases.BulkDetail,
  Session: SessionView,
  Problem: ProblemSchema,
};

/** OpenAPI 3.1 from the very schemas that validate and serialise. Register before the routes. */
export async function openApi(app: GatewayServer): Promise<void> {
  for (const [name, schema] of Object.entries(COMPONENTS)) app.addSchema({ ...schema, $id: name });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Trunkline hub',
        version: '1',
        description:
          'Webhooks in, and the operations API. Times are RFC 3339 UTC; errors are RFC 9457 problem details.',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'trunkline_session' },
          token: { type: 'http', scheme: 'bearer', description: 'An API token, `tlk_…`.' },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? `schema-${index}`),
    },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
