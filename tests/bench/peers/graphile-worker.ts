import { openDatabase } from '@trunkline/journal';
import { type BenchEvent, type Contestant, type Entry, TARGETS } from '../journal/contestant.ts';

interface JobSpec {
  readonly identifier: string;
  readonly payload: unknown;
  readonly queueName: string;
}

interface Helpers {
  addJobs(specs: readonly JobSpec[]): Promise<unknown>;
  withPgClient(work: (client: Client) => Promise<unknown>): Promise<unknown>;
}

interface Client {
  query(query: { name: string; text: string; values: unknown[] }): Promise<unknown>;
}

interface WorkerUtils {
  migrate(): Promise<void>;
  release(): Promise<void>;
  addJob(identifier: string, payload: unknown, spec: { queueName: string }): Promise<unknown>;
  addJobs(specs: readonly JobSpec[]): Promise<unknown>;
}

/** The part of graphile-worker 0.18 that is used here. */
interface Package {
  makeWorkerUtils(options: object): Promise<WorkerUtils>;
  run(options: {
    preset: object;
    taskList: Record<string, (payload: BenchEvent, helpers: Helpers) => Promise<void>>;
    noHandleSignals: boolean;
  }): Promise<{ stop(): Promise<void> }>;
  Logger: new (sink: () => () => void) => unknown;
}

const PACKAGE: string = 'graphile-worker';

/** The configuration of its page on performance; a queue name per key is its way to order. */
const BATCHING = {
  concurrentJobs: 24,
  maxPoolSize: 25,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

export const graphileWorker: Entry = async (url, kind): Promise<Contestant> => {
  const { makeWorkerUtils, run, Logger } = (await import(PACKAGE)) as Package;
  const logger = new Logger(() => () => undefined);
  const worker = { connectionString: url, logger, ...BATCHING };
  const utils = await makeWorkerUtils({ preset: { worker } });
  await utils.migrate();
  const pool = openDatabase({ url, poolSize: 2 });
  await pool.query('create table public.state (key text primary key, n bigint not null)');
  await pool.query(
    'create table public.attempt (job text, target text, outcome text, at timestamptz default clock_timestamp())',
  );
  const record = (helpers: Helpers, job: string, target: string) =>
    helpers.withPgClient((client) =>
      client.query({
        name: 'attempt',
        text: 'insert into public.attempt (job, target, outcome) values ($1, $2, $3)',
        values: [job, target, 'succeeded'],
      }),
    );
  const count = (helpers: Helpers, key: string) =>
    helpers.withPgClient((client) =>
      client.query({
        name: 'count',
        text: 'insert into public.state as s (key, n) values ($1, 1) on conflict (key) do update set n = s.n + 1',
        values: [key],
      }),
    );
  let running: { stop(): Promise<void> } | undefined;
  return {
    accept: async (events) => {
      const [first] = events;
      if (events.length === 1 && first !== undefined)
        await utils.addJob('event', first, { queueName: first.key });
      else
        await utils.addJobs(
          events.map((event) => ({ identifier: 'event', payload: event, queueName: event.key })),
        );
    },
    start: async (handlers) => {
      const taskList: Record<string, (payload: BenchEvent, helpers: Helpers) => Promise<void>> = {
        event: async (event, helpers) => {
          handlers.event(event);
          if (kind !== 'bare') await count(helpers, event.key);
          if (kind !== 'full') return;
          await helpers.addJobs(
            TARGETS.map((target) => ({
              identifier: target,
              payload: event,
              queueName: `${target}:${event.key}`,
            })),
          );
        },
      };
      for (const target of TARGETS) {
        taskList[target] = async (event, helpers) => {
          handlers.delivery(target, event);
          await record(helpers, event.id, target);
        };
      }
      running = await run({ preset: { worker }, taskList, noHandleSignals: true });
    },
    ended: async () => {
      const { rows } = await pool.query('select from graphile_worker._private_jobs limit 1');
      return rows.length === 0;
    },
    attempts: async () => (await pool.query('select from public.attempt')).rows.length,
    stop: async () => {
      await running?.stop();
    },
    close: async () => {
      await utils.release();
      await pool.end();
    },
  };
};
