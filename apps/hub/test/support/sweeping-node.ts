// A node that does nothing but sweep, to be killed: argv[2] is its SweepingNode as JSON. The ERP is one on HTTP that a test holds.
import { openDatabase, Scheduler } from '@trunkline/journal';
import { atOnce } from '../../src/composition/errand.ts';
import { sweepJob } from '../../src/sweep/sweep-job.ts';

export interface SweepingNode {
  readonly databaseUrl: string;
  readonly erpUrl: string;
  readonly leaseSeconds: number;
}

const { databaseUrl, erpUrl, leaseSeconds } = JSON.parse(process.argv[2] ?? '{}') as SweepingNode;
const pool = openDatabase({ url: databaseUrl, poolSize: 3 });
const scheduler = new Scheduler({
  pool,
  leaseSeconds,
  pollMs: 50,
  onError: (error) => console.error(error),
});
const job = sweepJob({
  pool,
  erp: {
    system: 'erp',
    sweep: {
      marks: async (records) => {
        await fetch(`${erpUrl}/marks/${process.pid}`);
        return records.map(() => 'unchanged');
      },
      read: (records) => Promise.resolve(records.map(() => [])),
    },
  },
  process: () => ({ disposition: 'ignored', reason: 'nothing new' }) as never,
  intake: { accept: () => Promise.resolve([]) },
  errands: atOnce,
  configuration: {},
  log: { warn: (told: unknown) => console.error(told) },
});
// Far off, so that only what the test moves back is due.
scheduler.register({ ...job, cron: '0 0 1 1 *' });
scheduler.start();
