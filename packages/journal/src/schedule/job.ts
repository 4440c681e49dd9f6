import { Cron } from 'croner';

export interface JobRun {
  /** The occurrence that this run is for, RFC 3339 UTC; of several missed ones the oldest. */
  readonly dueAt: string;
  /** Aborted when the node stops and the run has outlasted its grace. */
  readonly signal: AbortSignal;
}

export interface ScheduledJob {
  /** Unique in the hub, and what its row is found by after a restart. */
  readonly name: string;
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA name, e.g. `America/Chicago`: the fields are that place's wall clock, daylight saving included. */
  readonly timezone: string;
  /**
   * What becomes of occurrences that passed while no node could run them: one run for all of them as soon as one can, or none
   * until the next. Under `catch_up` a run that its node's death cut short is repeated once, so it must bear repetition.
   */
  readonly missed: 'catch_up' | 'skip';
  run(run: JobRun): Promise<void>;
}

/** Where flows and connectors hand in what is to happen by the clock. */
export interface Schedule {
  /** @throws ScheduleError when the time table cannot be read or the name is taken */
  register(job: ScheduledJob): void;
}

export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

/** When a time table comes up. Pure: it knows no present. */
export class TimeTable {
  readonly #cron: Cron;

  constructor({ name, cron, timezone }: Pick<ScheduledJob, 'name' | 'cron' | 'timezone'>) {
    try {
      this.#cron = new Cron(cron, { timezone, paused: true });
      this.#cron.nextRun(new Date(0));
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new ScheduleError(
        `The job "${name}" cannot be scheduled at "${cron}" in "${timezone}": ${cause}. Give five cron fields (or six, with seconds first) and an IANA time zone such as Europe/Berlin.`,
      );
    }
  }

  /** The first occurrence after `at`, RFC 3339 UTC; `infinity` when there is none. */
  after(at: Date): string {
    return this.#cron.nextRun(at)?.toISOString() ?? 'infinity';
  }
}
