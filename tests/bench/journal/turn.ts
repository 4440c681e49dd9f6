/** One contestant's turn, in a process of its own so that memory and processor time are its own. Started by ../journal.ts. */
import type { Entry } from './contestant.ts';
import type { Job } from './job.ts';
import { type Figures, measure } from './measure.ts';

const entries: Readonly<Record<string, () => Promise<Entry>>> = {
  trunkline: async () => (await import('./trunkline.ts')).trunkline,
  'pg-boss': async () => (await import('../peers/pg-boss.ts')).pgBoss,
  'graphile-worker': async () => (await import('../peers/graphile-worker.ts')).graphileWorker,
  dbos: async () => (await import('../peers/dbos.ts')).dbos,
};

async function turn(job: Job, url: string, postmaster: number): Promise<Figures> {
  if (job.contestant === 'raw') return (await import('./raw-limit.ts')).rawLimit(url, job, postmaster);
  const load = entries[job.contestant];
  if (load === undefined) throw new Error(`There is no contestant "${job.contestant}".`);
  const contestant = await (await load())(url, job.kind);
  const figures = await measure(contestant, job, postmaster, (step) => process.send?.({ step }));
  await contestant.close();
  return figures;
}

const [job, url, postmaster] = process.argv.slice(2);
const figures = await turn(JSON.parse(job ?? '') as Job, url ?? '', Number(postmaster));
process.send?.({ figures }, () => process.exit(0));
