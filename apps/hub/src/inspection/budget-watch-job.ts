import { type ScheduledJob, SystemExceptions, TargetDesk, type TargetRow } from '@trunkline/journal';
import { type ExceptionReport, explainError } from '@trunkline/messaging';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { limitsOf } from '../composition/limits.ts';
import type { Configuration } from '../configuration/schema.ts';

/** Of a day's calls: from here on polls wait (target-gate.ts), and somebody should look. */
const WARN_AT = 0.8;

const CODE = 'target_budget_spent';

export interface BudgetWatchOptions {
  readonly pool: Pool;
  readonly partitions: number;
  readonly configuration: Pick<Configuration, 'limits'>;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Opens an exception on a system whose calls of the day are used up, and ends it when its day has turned or there are more. A budget that
 * is not configured any more ends it too.
 */
export function budgetWatchJob({ pool, partitions, configuration, log }: BudgetWatchOptions): ScheduledJob {
  const exceptions = new SystemExceptions(pool, partitions);
  const timezones = Object.keys(configuration.limits ?? {}).map((system): [string, string] => [
    system,
    limitsOf(configuration, system).dailyBudget?.timezone ?? 'UTC',
  ]);
  const desk = new TargetDesk(pool, new Map(timezones));
  /** Until when a warning of a system was given. */
  const warned = new Map<string, number>();
  return {
    name: 'watch-budgets',
    cron: '* * * * *',
    timezone: 'UTC',
    missed: 'skip',
    run: async () => {
      for (const row of await desk.list()) {
        const { dailyBudget } = limitsOf(configuration, row.target);
        const calls = dailyBudget?.calls ?? Number.POSITIVE_INFINITY;
        const spent = row.budgetUsed >= calls ? [spentReport(row, calls, dailyBudget?.timezone)] : [];
        await exceptions.replace(row.target, [CODE], spent, 'the day has turned, or there are more calls');
        if (row.budgetUsed < WARN_AT * calls || warned.get(row.target) === row.dayEndsAt.getTime()) continue;
        warned.set(row.target, row.dayEndsAt.getTime());
        const { target: system, budgetUsed: used, dayEndsAt } = row;
        log.warn(
          { system, used, calls, until: dayEndsAt.toISOString() },
          'daily budget: polls wait for the rest of the day, commands go on',
        );
      }
    },
  };
}

function spentReport(
  { target, dayEndsAt }: TargetRow,
  calls: number,
  timezone: string | undefined,
): ExceptionReport {
  const { owner, remedy } = explainError(CODE);
  const until = dayEndsAt.toISOString().replace('.000Z', 'Z');
  const summary = `All ${calls} calls of the day to ${target} are used. What is to go there waits until ${until}, midnight in ${timezone ?? 'UTC'}.`;
  return { code: CODE, flow: 'deliver', summary, faults: [], owner, remedy };
}
