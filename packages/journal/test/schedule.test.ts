/**
 * Real: PostgreSQL and two schedulers on one database, with cron's own time tables. Doubled: the jobs, which record their runs, and the
 * nodes' own clock (Date) in one test. What is due is made so by moving `next_run_at` back in the table. Observed: the runs, the rows.
 */
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type JobRow,
  type JobRun,
  listJobs,
  migrate,
  openDatabase,
  Scheduler,
  ScheduleError,
} from '../src/index.ts';
import { type ScheduledJob, TimeTable } from '../src/schedule/job.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { until } from './support/engine.ts';

let database: TestDatabase;
let pool: Pool;
let running: Scheduler[] = [];
let errors: unknown[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, 4);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await Promise.all(running.map((each) => each.stop()));
  running = [];
  errors = [];
  await pool.query('truncate schedule_job');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Far off, so that only what a test moves back is due. */
const NEW_YEAR = '0 0 1 1 *';

function scheduler(jobs: readonly ScheduledJob[], leaseSeconds = 10): Scheduler {
  const started = new Scheduler({
    pool,
    pollMs: 20,
    leaseSeconds,
    stopGraceMs: 500,
    onError: (error) => errors.push(error),
  });
  for (const each of jobs) started.register(each);
  started.start();
  running.push(started);
  return started;
}

function job(more: Partial<ScheduledJob>, runs: JobRun[] = []): ScheduledJob {
  return {
    name: 'job',
    cron: NEW_YEAR,
    timezone: 'UTC',
    missed: 'catch_up',
    run: async (run) => void runs.push(run),
    ...more,
  };
}

async function row(name = 'job'): Promise<JobRow | undefined> {
  return (await listJobs(pool)).find((each) => each.name === name);
}

async function stored(name = 'job'): Promise<void> {
  await until(`${name} is stored`, async () => (await row(name)) !== undefined);
}

async function makeDue(ago: string, name = 'job'): Promise<void> {
  await stored(name);
  await pool.query(
    "update schedule_job set next_run_at = date_trunc('second', clock_timestamp() - $2::interval) where name = $1",
    [name, ago],
  );
}

test('each occurrence runs once, on one of the two nodes', async () => {
  const runs: JobRun[] = [];
  const everySecond = job({ cron: '* * * * * *' }, runs);
  scheduler([everySecond]);
  scheduler([everySecond]);
  await until('three have run', () => runs.length >= 3);
  const due = runs.map((run) => Date.parse(run.dueAt));
  expect(new Set(due).size).toBe(due.length);
  expect(due).toEqual([...due].sort((a, b) => a - b));
});

test('twenty jobs due at once run once each, a failing one is recorded and stops no other', async () => {
  const ran: string[] = [];
  const jobs = Array.from({ length: 20 }, (_, i) =>
    job({
      name: `job${i}`,
      run: async () => {
        ran.push(`job${i}`);
        if (i === 7) throw new Error('the report has no recipients');
      },
    }),
  );
  scheduler(jobs);
  scheduler(jobs);
  for (const { name } of jobs) await stored(name);
  await pool.query(
    "update schedule_job set next_run_at = date_trunc('second', clock_timestamp() - interval '1 second')",
  );
  await until('all have ended', async () =>
    (await listJobs(pool)).every((each) => each.lastEndedAt !== null),
  );
  expect(ran.sort()).toEqual(jobs.map(({ name }) => name).sort());
  expect(await row('job7')).toMatchObject({
    lastOutcome: 'failed',
    lastError: 'the report has no recipients',
    failures: '1',
    runs: '1',
  });
  expect(await row('job8')).toMatchObject({ lastOutcome: 'succeeded', lastError: null, failures: '0' });
  expect(String(errors)).toContain('The job "job7" failed: the report has no recipients');
});

describe('occurrences that passed while no node ran', () => {
  test('catch_up: one run for all of them, as soon as a node is there', async () => {
    const runs: JobRun[] = [];
    const hourly = job({ cron: '0 * * * *' }, runs);
    const first = scheduler([hourly]);
    await stored();
    await first.stop();
    await makeDue('3 hours');
    const missedSince = (await row())?.nextRunAt as Date;
    scheduler([hourly]);
    scheduler([hourly]);
    await until('it has ended', async () => (await row())?.lastOutcome === 'succeeded');
    expect(runs.map((run) => run.dueAt)).toEqual([missedSince.toISOString()]);
    expect(await row()).toMatchObject({ runs: '1', lastDueAt: missedSince });
    expect(Number((await row())?.nextRunAt)).toBeGreaterThan(Date.now());
  });

  test('skip: none until the next, and the row says so', async () => {
    const runs: JobRun[] = [];
    scheduler([job({ missed: 'skip' }, runs)]);
    await makeDue('3 hours');
    await until('it was skipped', async () => (await row())?.lastSkippedAt !== null);
    expect(runs).toEqual([]);
    expect(await row()).toMatchObject({ runs: '0', lastStartedAt: null });
    await makeDue('2 seconds');
    await until('one that is hardly late runs', () => runs.length === 1);
  });
});

test('a run whose node vanished is interrupted, and under catch_up repeated once by another', async () => {
  const runs: JobRun[] = [];
  scheduler([job({}, runs)]);
  await stored();
  const asIfRunning = `update schedule_job set running_by = 'gone', running_until = clock_timestamp() - interval '1 second',
    last_due_at = date_trunc('second', clock_timestamp() - interval '5 seconds')`;
  await pool.query(asIfRunning);
  await until('it ran', async () => (await row())?.lastOutcome === 'succeeded');
  expect(runs).toHaveLength(1);
  await pool.query(`${asIfRunning}, last_outcome = 'interrupted'`);
  await until('it is ended', async () => (await row())?.runningBy === null);
  expect(await row()).toMatchObject({
    lastOutcome: 'interrupted',
    lastError: 'The node gone vanished during the run.',
  });
  expect(Number((await row())?.nextRunAt)).toBeGreaterThan(Date.now());
});

test('a long run is renewed past its lease, and no second one begins beside it', async () => {
  let end: () => void = () => undefined;
  let begun = 0;
  const long = job({
    cron: '* * * * * *',
    run: () => {
      begun++;
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    },
  });
  scheduler([long], 1);
  scheduler([long], 1);
  await until('it runs', () => begun === 1);
  const started = (await row())?.lastStartedAt;
  await until('three leases have passed', async () => {
    const { rows } = await pool.query<{ passed: boolean }>(
      "select clock_timestamp() > $1::timestamptz + interval '3 seconds' as passed",
      [started],
    );
    return rows[0]?.passed === true;
  });
  expect(begun).toBe(1);
  end();
  await until('the next begins', () => begun === 2);
  end();
});

test('a node whose clock is wrong by a day runs nothing early and nothing late', async () => {
  const runs: JobRun[] = [];
  const wrong = Date.now() + 24 * 3600_000;
  vi.useFakeTimers({ toFake: ['Date'], now: wrong });
  scheduler([job({ cron: '0 * * * *' }, runs), job({ name: 'other' }, runs)]);
  await stored();
  const { rows } = await pool.query<{ ahead: boolean }>(
    "select next_run_at between clock_timestamp() and clock_timestamp() + interval '1 hour' as ahead from schedule_job where name = 'job'",
  );
  expect(rows).toEqual([{ ahead: true }]);
  await makeDue('1 second', 'other');
  await until('the one that is due ran', () => runs.length === 1);
  expect(await row()).toMatchObject({ runs: '0' });
});

describe('time tables', () => {
  test('each job has the wall clock of its own place, through a change to summer time', () => {
    const at = (timezone: string, after: string) =>
      new TimeTable({ name: 'j', cron: '30 6 * * *', timezone }).after(new Date(after));
    expect(at('America/Chicago', '2026-03-07T00:00:00Z')).toBe('2026-03-07T12:30:00.000Z');
    expect(at('America/Chicago', '2026-03-08T00:00:00Z')).toBe('2026-03-08T11:30:00.000Z');
    expect(at('Europe/Berlin', '2026-03-07T00:00:00Z')).toBe('2026-03-07T05:30:00.000Z');
  });

  test('a changed time table takes effect, an unchanged one keeps what is due over a restart', async () => {
    const first = scheduler([job({})]);
    await makeDue('-2 hours');
    const before = (await row())?.nextRunAt;
    await first.stop();
    await scheduler([job({}), job({ name: 'second' })]).stop();
    expect((await row())?.nextRunAt).toEqual(before);
    await scheduler([job({ timezone: 'Asia/Tokyo' })]).stop();
    expect((await row())?.timezone).toBe('Asia/Tokyo');
    expect((await row())?.nextRunAt).not.toEqual(before);
  });

  test('one that cannot be read and a name that is taken are refused with the remedy', () => {
    const idle = new Scheduler({ pool, onError: () => undefined });
    expect(() => idle.register(job({ cron: 'every day' }))).toThrow(ScheduleError);
    expect(() => idle.register(job({ timezone: 'Mars/Base' }))).toThrow(/"job".*Mars\/Base.*Europe\/Berlin/s);
    idle.register(job({}));
    expect(() => idle.register(job({}))).toThrow(/registered twice/);
  });
});
