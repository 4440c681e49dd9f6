import type { Pool } from 'pg';
import { nodeIdentity } from '../lease/node-identity.ts';
import { statement } from '../statement.ts';
import { storableText } from '../storable-text.ts';
import { type Schedule, type ScheduledJob, ScheduleError, TimeTable } from './job.ts';

/** Later than this an occurrence counts as missed; less is a node that was busy or just taking over. */
const MISSED_AFTER_MS = 60_000;
/** Within a lease a dead node's run is noticed. */
const LEASE_SECONDS = 10;
const STOP_GRACE_MS = 10_000;

export interface SchedulerOptions {
  readonly pool: Pool;
  readonly onError: (error: unknown) => void;
  readonly leaseSeconds?: number;
  /** How often the time tables are looked at, at least. Milliseconds. */
  readonly pollMs?: number;
  readonly stopGraceMs?: number;
}

interface DueRow {
  readonly name: string;
  readonly next_run_at: Date;
  readonly now: Date;
  readonly running: boolean;
  readonly abandoned: boolean;
  readonly due_in_ms: number;
}

interface Registered {
  readonly job: ScheduledJob;
  readonly times: TimeTable;
  stored: boolean;
}

/**
 * Runs each occurrence of each job once among all nodes, by the database's clock alone: a node's own clock may be wrong. One run of a
 * job at a time; what comes due meanwhile counts as missed. Jobs run beside each other, and one that throws is recorded as failed.
 */
export class Scheduler implements Schedule {
  readonly #options: SchedulerOptions;
  readonly #node = nodeIdentity().name;
  readonly #leaseSeconds: number;
  readonly #jobs = new Map<string, Registered>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
  }

  register(job: ScheduledJob): void {
    if (this.#jobs.has(job.name)) {
      throw new ScheduleError(
        `The job "${job.name}" is registered twice. Each job has a name of its own, because its last and next run are kept under it.`,
      );
    }
    this.#jobs.set(job.name, { job, times: new TimeTable(job), stored: false });
  }

  start(): void {
    this.#round = this.#look();
  }

  /** Claims nothing more. Runs under way may end for a while; then they are told to, and waited for no longer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.stopGraceMs ?? STOP_GRACE_MS);
    });
    await Promise.race([Promise.allSettled(this.#running.values()), grace]);
    clearTimeout(timer);
    this.#abort.abort();
  }

  async #look(): Promise<void> {
    let nextMs = this.#options.pollMs ?? 1000;
    try {
      const dueInMs = await this.#step();
      nextMs = Math.max(1, Math.min(nextMs, dueInMs));
    } catch (error) {
      this.#options.onError(error);
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#look();
    }, nextMs);
  }

  /** Resolves with the milliseconds until the next job is due. */
  async #step(): Promise<number> {
    const { pool } = this.#options;
    if (this.#running.size > 0) await pool.query(statement('renew-jobs', [this.#node, this.#leaseSeconds]));
    await this.#store();
    const { rows } = await pool.query<DueRow>(statement('read-due-jobs', [[...this.#jobs.keys()]]));
    for (const row of rows) {
      const registered = this.#jobs.get(row.name);
      if (registered === undefined || this.#running.has(row.name) || this.#stopped) continue;
      if (row.abandoned) await pool.query(statement('interrupt-job', [row.name]));
      else if (!row.running && row.due_in_ms <= 0) await this.#take(registered, row);
    }
    const coming = rows.map((row) => row.due_in_ms).filter((ms) => ms > 0);
    return Math.min(...coming);
  }

  async #store(): Promise<void> {
    const fresh = [...this.#jobs.values()].filter((registered) => !registered.stored);
    if (fresh.length === 0) return;
    const { rows } = await this.#options.pool.query<{ now: Date }>('select clock_timestamp() as now');
    const now = rows[0]?.now;
    if (now === undefined) return;
    for (const registered of fresh) {
      const { name, cron, timezone, missed } = registered.job;
      await this.#options.pool.query(
        statement('register-job', [name, cron, timezone, missed, registered.times.after(now)]),
      );
      registered.stored = true;
    }
  }

  async #take({ job, times }: Registered, row: DueRow): Promise<void> {
    const { pool } = this.#options;
    const next = times.after(row.now);
    const due = row.next_run_at;
    if (job.missed === 'skip' && row.due_in_ms < -MISSED_AFTER_MS) {
      await pool.query(statement('skip-job', [job.name, due.toISOString(), next]));
      return;
    }
    const claimed = await pool.query(
      statement('claim-job', [
        job.name,
        due.toISOString(),
        next,
        this.#node,
        this.#leaseSeconds,
        job.cron,
        job.timezone,
      ]),
    );
    if (claimed.rowCount === 0) return;
    const running = this.#run(job, due.toISOString())
      .catch(this.#options.onError)
      .finally(() => this.#running.delete(job.name));
    this.#running.set(job.name, running);
  }

  async #run(job: ScheduledJob, dueAt: string): Promise<void> {
    let failure: string | null = null;
    try {
      await job.run({ dueAt, signal: this.#abort.signal });
    } catch (error) {
      failure = storableText(error instanceof Error ? error.message : String(error));
      this.#options.onError(new Error(`The job "${job.name}" failed: ${failure}`, { cause: error }));
    }
    const outcome = failure === null ? 'succeeded' : 'failed';
    await this.#options.pool.query(statement('end-job', [job.name, this.#node, outcome, failure]));
  }
}
