import type { CanonicalEvent } from '@trunkline/canonical';
import { type ScheduledJob, SystemExceptions, TargetDesk, type TargetRow } from '@trunkline/journal';
import { type Connector, type ExceptionReport, explainError } from '@trunkline/messaging';
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
  readonly connectors: ReadonlyMap<string, Pick<Connector<CanonicalEvent>, 'pollers'>>;
  readonly configuration: Pick<Configuration, 'limits'>;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Opens an exception on a system whose calls of the day are used up, for its polls or for all, and ends it when its day has turned or there
 * are more. A budget that is not configured any more ends it too.
 */
export function budgetWatchJob(options: BudgetWatchOptions): ScheduledJob {
  const { pool, partitions, connectors, configuration, log } = options;
  const exceptions = new SystemExceptions(pool, partitions);
  const budgetOf = (system: string) => limitsOf(configuration, system).dailyBudget;
  const timezones = Object.keys(configuration.limits ?? {}).map((system): [string, string] => [
    system,
    budgetOf(system)?.timezone ?? 'UTC',
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
        const budget = budgetOf(row.target);
        const polled = (connectors.get(row.target)?.pollers ?? []).length > 0;
        const report = budget === undefined ? undefined : spentReport(row, budget, polled);
        const reports = report === undefined ? [] : [report];
        await exceptions.replace(row.target, [CODE], reports, 'the day has turned, or there are more calls');
        const { target: system, budgetUsed: used, dayEndsAt } = row;
        if (budget === undefined || used < WARN_AT * budget.calls) continue;
        if (warned.get(system) === dayEndsAt.getTime()) continue;
        warned.set(system, dayEndsAt.getTime());
        log.warn({ system, used, calls: budget.calls, until: dayEndsAt.toISOString() }, 'daily budget');
      }
    },
  };
}

function spentReport(
  { target, budgetUsed, dayEndsAt }: TargetRow,
  { calls, timezone }: { readonly calls: number; readonly timezone: string },
  polled: boolean,
): ExceptionReport | undefined {
  const { owner, remedy } = explainError(CODE);
  const until = `until ${dayEndsAt.toISOString().replace('.000Z', 'Z')}, midnight in ${timezone}`;
  const report = (summary: string) => ({ code: CODE, flow: 'deliver', summary, faults: [], owner, remedy });
  if (budgetUsed >= calls)
    return report(
      `All ${calls} calls of the day to ${target} are used. What is to go there waits ${until}${polled ? ', and nothing new is read of it' : ''}.`,
    );
  // Polls have no more than that (target-gate.ts).
  if (polled && budgetUsed >= Math.floor(WARN_AT * calls))
    return report(
      `Four fifths of the ${calls} calls of the day to ${target} are used, and the rest is for commands: nothing new is read of it ${until}.`,
    );
  return undefined;
}
