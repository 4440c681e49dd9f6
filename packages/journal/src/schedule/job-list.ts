import type { Pool } from 'pg';

export interface JobRow {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly missed: 'catch_up' | 'skip';
  /** `Infinity` when the time table has no further occurrence. */
  readonly nextRunAt: Date | number;
  /** The node that runs it now. */
  readonly runningBy: string | null;
  /** The occurrence that was run last, when that began and when it ended. */
  readonly lastDueAt: Date | null;
  readonly lastStartedAt: Date | null;
  readonly lastEndedAt: Date | null;
  readonly lastOutcome: 'succeeded' | 'failed' | 'interrupted' | null;
  readonly lastError: string | null;
  readonly lastSkippedAt: Date | null;
  readonly runs: string;
  readonly failures: string;
}

/** Every job that was ever registered, by name, with its last and its next run. */
export async function listJobs(pool: Pool): Promise<readonly JobRow[]> {
  const { rows } = await pool.query<JobRow>(
    `select name, cron, timezone, missed, next_run_at as "nextRunAt", running_by as "runningBy", last_due_at as "lastDueAt",
       last_started_at as "lastStartedAt", last_ended_at as "lastEndedAt", last_outcome as "lastOutcome", last_error as "lastError",
       last_skipped_at as "lastSkippedAt", runs, failures
     from schedule_job order by name`,
  );
  return rows;
}
