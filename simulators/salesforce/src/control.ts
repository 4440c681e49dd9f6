import type { FastifyInstance } from 'fastify';
import type { CallCounts } from './calls.ts';
import type { FaultControl } from './faults.ts';
import type { OAuth } from './oauth.ts';
import { objectNamed } from './objects.ts';
import type { Org, Row } from './org.ts';
import { normaliseId } from './record-id.ts';
import { type SeedInput, Seeding } from './seeding.ts';
import { summary } from './summary.ts';

export interface ControlParts {
  org: Org;
  oauth: OAuth;
  faults: FaultControl;
  calls: CallCounts;
  apiUsage: { used: number; max: number };
}

interface Paging {
  offset?: string;
  limit?: string;
}

/** The side door for tests and demos. Salesforce has nothing like it; no authentication: bind to loopback. */
export function controlRoutes(
  app: FastifyInstance,
  { org, oauth, faults, calls, apiUsage }: ControlParts,
): void {
  app.post('/_sim/faults', async (request, reply) => {
    try {
      faults.replace(request.body);
    } catch (error) {
      return reply.code(400).send({ error: (error as Error).message });
    }
    return { rules: faults.list() };
  });
  app.get('/_sim/faults', async () => ({ rules: faults.list() }));
  app.delete('/_sim/faults', async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.get('/_sim/calls', async () => ({ routes: calls, injected: faults.injected }));
  app.get('/_sim/summary', async () => ({ ...summary(org), apiUsage, tokensMinted: oauth.minted }));
  app.post('/_sim/expire-tokens', async () => ({ expired: oauth.expireAll() }));
  app.post<{ Body: SeedInput; Querystring: { lateSeconds?: string } }>(
    '/_sim/seed',
    async ({ body, query }) => org.late(Number(query.lateSeconds ?? 0), () => new Seeding(org).run(body)),
  );
  app.get<{ Querystring: Paging & { opportunity?: string } }>('/_sim/orders', async ({ query }) => {
    const table = org.table('Trunkline_Order__c');
    const rows =
      query.opportunity === undefined
        ? table.byStamp
        : table.withValue('Opportunity__c', normaliseId(query.opportunity) ?? query.opportunity);
    return page(rows, query);
  });
  app.get<{ Querystring: Paging }>('/_sim/order-versions', async ({ query }) => page(org.versions, query));
  app.get<{ Params: { object: string }; Querystring: Paging }>(
    '/_sim/records/:object',
    async ({ params, query }, reply) => {
      const definition = objectNamed(params.object);
      if (!definition) return reply.code(404).send({ error: `The org has no object ${params.object}.` });
      return page(org.table(definition.name).byStamp, query);
    },
  );
}

function page(rows: readonly Row[], { offset = '0', limit = '200' }: Paging): Record<string, unknown> {
  const from = Number(offset);
  return { total: rows.length, offset: from, records: rows.slice(from, from + Number(limit)) };
}
