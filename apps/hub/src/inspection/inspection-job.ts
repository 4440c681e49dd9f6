import type { CanonicalEvent } from '@trunkline/canonical';
import { countStages, noteServer, type ScheduledJob, SystemExceptions } from '@trunkline/journal';
import type { Connector } from '@trunkline/messaging';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Errands } from '../composition/errand.ts';
import { inspectSystems } from './inspect-systems.ts';
import { exceptionsOf, INSPECTION_CODES } from './report-findings.ts';

export interface InspectionOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly connectors: ReadonlyMap<string, Connector<CanonicalEvent>>;
  readonly errands: Errands;
  readonly log: Pick<Logger, 'warn'>;
}

/** Looks at every system that can be inspected, opens exceptions on what is wrong there and ends those on what was mended. */
export async function inspectAndReport(options: InspectionOptions, signal: AbortSignal): Promise<void> {
  const { pool, partitions, connectors, errands, log } = options;
  const exceptions = new SystemExceptions(pool, partitions);
  const stages = await countStages(pool, 'order');
  for (const inspected of await inspectSystems(connectors, stages, signal, errands)) {
    const { system, server, unasked } = inspected;
    if (server !== undefined) await noteServer(pool, system, server);
    if (unasked !== undefined) log.warn({ system, error: unasked }, 'inspection');
    else
      await exceptions.replace(
        system,
        INSPECTION_CODES,
        exceptionsOf(inspected),
        'mended, as the next inspection found',
      );
  }
}

/** About 30 small reads of Odoo each time: far less than one poller's. What breaks is told within a quarter of an hour. */
export function inspectionJob(options: InspectionOptions): ScheduledJob {
  return {
    name: 'inspect-systems',
    cron: '*/15 * * * *',
    timezone: 'UTC',
    missed: 'catch_up',
    run: ({ signal }) => inspectAndReport(options, signal),
  };
}

/**
 * One inspection at the start: after a change of the configuration is when something is wrong, and whoever made it still looks.
 * `stop` ends it and waits until it has let go.
 */
export function startFirstInspection(options: InspectionOptions): { stop(): Promise<void> } {
  const abort = new AbortController();
  const looking = inspectAndReport(options, abort.signal).catch((error: unknown) =>
    options.log.warn({ error: error instanceof Error ? error.message : String(error) }, 'inspection'),
  );
  return {
    stop: async () => {
      abort.abort();
      await looking;
    },
  };
}
