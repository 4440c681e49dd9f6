import { openDatabase } from '@trunkline/journal';
import {
  type BenchEvent,
  type Contestant,
  type Entry,
  type Handlers,
  TARGETS,
} from '../journal/contestant.ts';

type Workflow = (event: BenchEvent) => Promise<void>;

/** The part of DBOS 5 that is used here. */
interface Dbos {
  setConfig(config: object): void;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
  registerWorkflow(workflow: Workflow, options: { name: string }): Workflow;
  registerQueue(name: string, options: object): Promise<unknown>;
  runStep<T>(step: () => Promise<T>, options: { name: string }): Promise<T>;
}

/** Its way in for receivers of events: a batch of workflows in one transaction. */
interface EventReceiver {
  prepareEnqueuedWorkflow(workflow: Workflow, args: [BenchEvent], options: object): Promise<object>;
  enqueueWorkflows(workflows: readonly object[]): Promise<unknown>;
}

const PACKAGE: string = '@dbos-inc/dbos-sdk';
const RECEIVER: string = '@dbos-inc/dbos-sdk/eventreceiver';
const QUEUE = 'events';

/** One workflow per partition (a partition per key), which DBOS claims for all partitions in one transaction; polled at once again. */
const ORDERED = { partitionConcurrency: 1, workerConcurrency: 1000, minPollingIntervalMs: 5 };

const COUNT =
  'insert into public.state as s (key, n) values ($1, 1) on conflict (key) do update set n = s.n + 1';

export const dbos: Entry = async (url, kind): Promise<Contestant> => {
  const { DBOS } = (await import(PACKAGE)) as { DBOS: Dbos };
  const { prepareEnqueuedWorkflow, enqueueWorkflows } = (await import(RECEIVER)) as EventReceiver;
  const pool = openDatabase({ url, poolSize: 10 });
  await pool.query('create table public.state (key text primary key, n bigint not null)');
  let handlers: Handlers | undefined;
  const workflow = DBOS.registerWorkflow(
    async (event) => {
      handlers?.event(event);
      if (kind === 'bare') return;
      await DBOS.runStep(
        () => pool.query({ name: 'count', text: COUNT, values: [event.key] }).then(() => null),
        { name: 'count' },
      );
      if (kind === 'plain') return;
      const step = (target: string) => async () => handlers?.delivery(target, event);
      await Promise.all(TARGETS.map((target) => DBOS.runStep(step(target), { name: target })));
    },
    { name: 'event' },
  );
  /** A queue that it does not listen to waits; this is how it accepts without working. */
  const launch = async (listening: boolean) => {
    DBOS.setConfig({
      name: 'bench',
      systemDatabaseUrl: url,
      systemDatabasePoolSize: 20,
      applicationVersion: '1',
      logLevel: 'error',
      ...(listening ? {} : { listenQueues: ['none'] }),
    });
    await DBOS.launch();
  };
  await launch(false);
  await DBOS.registerQueue(QUEUE, ORDERED);
  return {
    accept: async (events) => {
      const rows = await Promise.all(
        events.map((event) =>
          prepareEnqueuedWorkflow(workflow, [event], {
            workflowID: event.id,
            queueName: QUEUE,
            queuePartitionKey: event.key,
          }),
        ),
      );
      await enqueueWorkflows(rows);
    },
    start: async (given) => {
      handlers = given;
      await DBOS.shutdown();
      await launch(true);
    },
    ended: async () => {
      const { rows } = await pool.query(
        "select from dbos.workflow_status where status in ('ENQUEUED', 'PENDING') limit 1",
      );
      return rows.length === 0;
    },
    attempts: async () => (await pool.query('select from dbos.operation_outputs')).rows.length,
    stop: async () => {
      await DBOS.shutdown();
      await launch(false);
    },
    close: async () => {
      await DBOS.shutdown();
      await pool.end();
    },
  };
};
