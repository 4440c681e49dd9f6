import { type ScheduledJob, SystemExceptions } from '@trunkline/journal';
import type { InspectionOptions } from './inspection-job.ts';
import { exceptionsOf } from './report-findings.ts';

/**
 * Renews keys before they end, and opens an exception while one cannot be. A job of its own, because unlike an inspection it must not
 * run on two nodes at once.
 */
export function keyRenewalJob({ pool, partitions, connectors, log }: InspectionOptions): ScheduledJob {
  const exceptions = new SystemExceptions(pool, partitions);
  return {
    name: 'renew-keys',
    cron: '17 * * * *',
    timezone: 'UTC',
    missed: 'catch_up',
    run: async ({ signal }) => {
      for (const [system, connector] of connectors) {
        if (connector.renewCredentials === undefined) continue;
        try {
          const findings = (await connector.renewCredentials(signal)).map((one) => ({ ...one, orders: 0 }));
          const reports = exceptionsOf({ system, asked: 1, findings });
          await exceptions.replace(system, ['target_key_expiring'], reports, 'the key has time again');
        } catch (error) {
          // Asked again within the hour, for a month.
          log.warn({ system, error: error instanceof Error ? error.message : String(error) }, 'key renewal');
        }
      }
    },
  };
}
