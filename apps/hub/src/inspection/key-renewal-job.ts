import { type ScheduledJob, SystemExceptions } from '@trunkline/journal';
import { runErrand } from '../composition/errand.ts';
import type { InspectionOptions } from './inspection-job.ts';
import { exceptionsOf } from './report-findings.ts';

/**
 * Renews keys before they end, and opens an exception while one cannot be. A job of its own, because unlike an inspection it must not
 * run on two nodes at once.
 */
export function keyRenewalJob({
  pool,
  partitions,
  connectors,
  errands,
  log,
}: InspectionOptions): ScheduledJob {
  const exceptions = new SystemExceptions(pool, partitions);
  return {
    name: 'renew-keys',
    cron: '17 * * * *',
    timezone: 'UTC',
    missed: 'catch_up',
    run: async ({ signal }) => {
      for (const [system, connector] of connectors) {
        const renew = connector.renewCredentials;
        if (renew === undefined) continue;
        try {
          // That nothing is to be renewed may be known without a login: it proves none.
          const proves = () => undefined;
          const found = await runErrand(errands, system, signal, () => renew(signal), proves);
          const findings = found.map((one) => ({ ...one, orders: 0 }));
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
