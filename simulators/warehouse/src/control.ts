import type { FastifyInstance } from 'fastify';
import type { CallCounts } from './calls.ts';
import type { FaultControl } from './faults.ts';
import type { Floor } from './floor.ts';
import { problem, sendProblem } from './problem.ts';
import { decimal, millionths } from './quantity.ts';
import { publicState, type ReleaseRecord } from './release.ts';
import type { WebhookOutbox } from './webhooks.ts';

export interface ControlParts {
  sites: readonly string[];
  floor: Floor;
  outbox: WebhookOutbox;
  faults: FaultControl;
  calls: CallCounts;
}

/** The side door for tests and demos. No part of the contract, no authentication: bind to loopback. */
export function controlRoutes(
  app: FastifyInstance,
  { sites, floor, outbox, faults, calls }: ControlParts,
): void {
  app.post('/_sim/faults', async (request, reply) => {
    try {
      faults.replace(request.body);
    } catch (error) {
      return sendProblem(
        reply,
        problem(400, 'bad-fault', 'The fault cannot be set', (error as Error).message),
      );
    }
    return { rules: faults.list() };
  });
  app.get('/_sim/faults', async () => ({ rules: faults.list() }));
  app.delete('/_sim/faults', async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.get('/_sim/calls', async () => ({ routes: calls, injected: faults.injected }));
  app.get('/_sim/summary', async () => summary(sites, floor, outbox));
  app.put<{ Body: { url?: string; secret?: string } }>('/_sim/webhook', async (request, reply) => {
    try {
      outbox.redirect(request.body);
    } catch (error) {
      return sendProblem(
        reply,
        problem(400, 'bad-webhook', 'The webhook cannot be set', (error as Error).message),
      );
    }
    return reply.code(204).send();
  });
  app.put('/_sim/floor', async (request, reply) => {
    try {
      floor.setRates(readRates(request.body));
    } catch (error) {
      return sendProblem(
        reply,
        problem(400, 'bad-rate', 'The rates cannot be set', (error as Error).message),
      );
    }
    return reply.code(204).send();
  });
  app.get('/_sim/webhooks/refused', async () => ({ refused: outbox.refused() }));
  app.get<{ Querystring: { reference?: string; offset?: string; limit?: string } }>(
    '/_sim/releases',
    async ({ query }) => {
      const wanted = [...floor.releases.values()].filter(
        ({ release }) => query.reference === undefined || release.reference === query.reference,
      );
      const offset = Number(query.offset ?? 0);
      const page = wanted.slice(offset, offset + Number(query.limit ?? 200));
      return { total: wanted.length, offset, releases: page.map(asked) };
    },
  );
  app.post<{
    Body: { site: string; sku: string; unit: string; delta: string; reason: string; lot?: string };
  }>('/_sim/adjustments', async ({ body: { site, ...found } }, reply) => {
    floor.adjust(site, found);
    return reply.code(202).send();
  });
}

const RATES = ['shortRate', 'splitRate', 'adjustRate', 'lotRate'] as const;

/** @throws RangeError that names the member and what it takes. */
function readRates(input: unknown): Partial<Record<(typeof RATES)[number], number>> {
  const given = Object.entries((input ?? {}) as Record<string, unknown>);
  for (const [name, value] of given) {
    if (!(RATES as readonly string[]).includes(name))
      throw new RangeError(`"${name}" is no rate of the floor. Known: ${RATES.join(', ')}.`);
    if (typeof value !== 'number' || !(value >= 0 && value <= 1))
      throw new RangeError(`"${name}" takes a number from 0 to 1; ${JSON.stringify(value)} is none.`);
  }
  return Object.fromEntries(given);
}

function summary(sites: readonly string[], floor: Floor, outbox: WebhookOutbox): Record<string, unknown> {
  const byState: Record<string, number> = {};
  const bySite: Record<string, number> = {};
  const units = { released: 0n, picked: 0n, shipped: 0n, short: 0n, cancelled: 0n };
  let shipments = 0;
  for (const { release, state, lines, shipments: sent } of floor.releases.values()) {
    byState[state] = (byState[state] ?? 0) + 1;
    bySite[release.site] = (bySite[release.site] ?? 0) + 1;
    shipments += sent.length;
    for (const line of lines) {
      units.released += millionths(line.quantity);
      units.picked += millionths(line.picked);
      units.shipped += millionths(line.shipped);
      units.short += millionths(line.short);
      units.cancelled += millionths(line.cancelled);
    }
  }
  return {
    sites,
    releases: { total: floor.releases.size, byState, bySite },
    units: Object.fromEntries(Object.entries(units).map(([name, sum]) => [name, decimal(sum)])),
    shipments,
    duplicatePuts: floor.duplicatePuts,
    conflictingPuts: floor.conflictingPuts,
    webhooks: { ...outbox.counts, outstanding: outbox.outstanding() },
  };
}

/** What the contract tells of a release, and beside it the carrier service that it asked for. */
function asked(record: ReleaseRecord): Record<string, unknown> {
  const { carrierService } = record.release;
  return { ...publicState(record), ...(carrierService === undefined ? {} : { carrierService }) };
}
