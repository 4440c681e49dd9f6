import { Scheduler, type Retention } from '@trunkline/journal';
import type { Logger } from 'pino';
import { budgetWatchJob, type BudgetWatchOptions } from '../inspection/budget-watch-job.ts';
import { type InspectionOptions, inspectionJob, startFirstInspection } from '../inspection/inspection-job.ts';
import { keyRenewalJob } from '../inspection/key-renewal-job.ts';
import { loginWatchJob } from '../inspection/login-watch-job.ts';
import { streamWatchJob } from '../inspection/stream-watch-job.ts';
import { type SweepOptions, sweepJob } from '../sweep/sweep-job.ts';
import { retentionJob } from './retention.ts';

export interface ClockworkOptions extends InspectionOptions, Omit<BudgetWatchOptions, 'connectors'> {
  readonly retention: Retention;
  readonly sweep: SweepOptions;
  readonly log: Logger;
}

export interface Clockwork {
  start(): void;
  stop(): Promise<void>;
}

/** Everything that a hub does by the clock; started on nodes with the role `scheduler`. */
export function createClockwork(options: ClockworkOptions): Clockwork {
  const { pool, retention, sweep, log } = options;
  const scheduler = new Scheduler({
    pool,
    onError: (error) =>
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'scheduler'),
  });
  scheduler.register(retentionJob(retention, log));
  scheduler.register(inspectionJob(options));
  scheduler.register(keyRenewalJob(options));
  scheduler.register(streamWatchJob(options));
  scheduler.register(budgetWatchJob(options));
  scheduler.register(loginWatchJob(options));
  scheduler.register(sweepJob(sweep));
  let first: { stop(): Promise<void> } | undefined;
  return {
    start: () => {
      scheduler.start();
      first = startFirstInspection(options);
    },
    stop: async () => {
      await Promise.all([first?.stop(), scheduler.stop()]);
    },
  };
}
