import { openDatabase } from '@trunkline/journal';
import { type BenchEvent, type Contestant, type Entry, TARGETS } from '../journal/contestant.ts';

interface Job {
  readonly id: string;
  readonly data: BenchEvent;
}

interface JobResult {
  readonly id: string;
  readonly status: 'completed';
}

/** The part of pg-boss 12 that is used here; its package is no dependency of the product, so its own types are not at hand. */
interface Boss {
  on(event: 'error', listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string, options: object): Promise<void>;
  send(name: string, data: object, options: { singletonKey: string }): Promise<string | null>;
  insert(name: string, jobs: readonly { data: object; singletonKey: string }[]): Promise<unknown>;
  work(name: string, options: object, handler: (jobs: Job[]) => Promise<JobResult[]>): Promise<string>;
  offWork(name: string): Promise<void>;
}

const PACKAGE: string = 'pg-boss';
const EVENTS = 'events';

/**
 * Fetches as many keys' heads at a time as there are: a strict FIFO fetch looks at every waiting job, and batches of 2,000 did
 * several times the events a second of batches of 100. Bursts while batches come full, NOTIFY when idle.
 */
const WORK = { batchSize: 2000, perJobResults: true, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };

const COUNT = `insert into public.state (key, n) select key, count(*) from unnest($1::text[]) as key group by key
  on conflict (key) do update set n = public.state.n + excluded.n`;

const completed = (jobs: readonly Job[]): JobResult[] => jobs.map(({ id }) => ({ id, status: 'completed' }));

export const pgBoss: Entry = async (url, kind): Promise<Contestant> => {
  const { PgBoss } = (await import(PACKAGE)) as { PgBoss: new (options: object) => Boss };
  const boss = new PgBoss({ connectionString: url, max: 14, schedule: false, useListenNotify: true });
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`));
  await boss.start();
  const queues = kind === 'full' ? [EVENTS, ...TARGETS] : [EVENTS];
  for (const name of queues) await boss.createQueue(name, { policy: 'key_strict_fifo', notify: true });
  const pool = openDatabase({ url, poolSize: 4 });
  await pool.query('create table public.state (key text primary key, n bigint not null)');
  await pool.query(
    'create table public.attempt (job text, target text, outcome text, at timestamptz default clock_timestamp())',
  );
  const jobsOf = (events: readonly BenchEvent[]) =>
    events.map((event) => ({ data: event, singletonKey: event.key }));
  return {
    accept: async (events) => {
      const [first] = events;
      if (events.length === 1 && first !== undefined)
        await boss.send(EVENTS, first, { singletonKey: first.key });
      else await boss.insert(EVENTS, jobsOf(events));
    },
    start: async (handlers) => {
      await boss.work(EVENTS, WORK, async (jobs) => {
        const events = jobs.map((job) => job.data);
        for (const event of events) handlers.event(event);
        if (kind !== 'bare') await pool.query(COUNT, [events.map((event) => event.key)]);
        if (kind === 'full') await Promise.all(TARGETS.map((target) => boss.insert(target, jobsOf(events))));
        return completed(jobs);
      });
      if (kind !== 'full') return;
      for (const target of TARGETS) {
        await boss.work(target, WORK, async (jobs) => {
          for (const job of jobs) handlers.delivery(target, job.data);
          await pool.query(
            'insert into public.attempt (job, target, outcome) select unnest($1::text[]), $2, $3',
            [jobs.map((job) => job.data.id), target, 'succeeded'],
          );
          return completed(jobs);
        });
      }
    },
    ended: async () => {
      const { rows } = await pool.query("select from pgboss.job where state < 'completed' limit 1");
      return rows.length === 0;
    },
    attempts: async () => (await pool.query('select from public.attempt')).rows.length,
    stop: async () => {
      for (const name of queues) await boss.offWork(name);
    },
    close: async () => {
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
};
