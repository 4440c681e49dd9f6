// A process that works until its window kills it: argv[2] is a Doom as JSON. It says on stdout what its sender was answered. When it
// lives to the end, the window was never reached, and it says so by exit code 3.
import { CredentialTable, ExceptionDesk, migrate } from '@trunkline/journal';
import type { CredentialKind } from '@trunkline/gateway';
import { ACTS, bulkDesk, previewAct } from './bulk.ts';
import { killingPool } from './killing-pool.ts';
import { openPool, PARTITIONS, startNode } from './node.ts';
import type { Window } from './windows.ts';
import { INVALID_ID, pushedBatches, REFUSED } from './workload.ts';
import { until } from '../../landscape/until.ts';

export interface Doom {
  readonly databaseUrl: string;
  readonly booksUrl: string;
  readonly window: Window;
  readonly nth: number;
}

const { databaseUrl, booksUrl, window, nth } = JSON.parse(process.argv[2] ?? '{}') as Doom;
const commit = window.at === 'commit' ? window.commit : undefined;
const plain = openPool(databaseUrl);
const pool = killingPool(plain, window, nth);

await migrate(pool, PARTITIONS);
if (commit === 'first-credentials') {
  // Here alone, because the gateway is most of the start-up.
  const { createFirstCredentials } = await import('@trunkline/gateway');
  await createFirstCredentials(new CredentialTable<CredentialKind>(pool));
}
const node = await startNode(pool, booksUrl, (error) => console.error(error));
for (const batch of pushedBatches()) {
  await node.engine.intake.accept(batch);
  answered(batch.map(({ sourceId }) => sourceId));
}
await node.engine.intake.keep('sender', INVALID_ID, '{', []);
answered([INVALID_ID]);
if (commit === 'retry-by-hand' || commit === 'edit-by-hand' || commit === 'discard-by-hand') {
  const desk = new ExceptionDesk(pool, PARTITIONS);
  const parked = await until('a delivery is parked', async () =>
    (await desk.list({ status: 'open' }, 10, 0)).items.find(({ code }) => code === 'target_rejected'),
  );
  if (commit === 'retry-by-hand') await desk.retry(parked.part, parked.id, 'tester');
  else if (commit === 'edit-by-hand')
    await desk.edit(parked, 'tester', 'a typing mistake', { entry: REFUSED });
  else await desk.discard(parked.part, parked.id, 'tester', 'made by hand');
}
const act = ACTS[commit ?? ''];
if (act !== undefined) {
  await until('there is something to act on', async () => {
    const { rows } = await plain.query<{ ready: boolean }>(
      `select exists (select from delivery where state = 'parked')
        and (select count(*) from message join message_result using (part, id) where key = 'k1' and type = 'event') = 5 as ready`,
    );
    return rows[0]?.ready;
  });
  const id = await previewAct(pool, act);
  await bulkDesk(pool).steer(id, 'tester', 'try');
  await until('it was stepped', async () => {
    const ended = await bulkDesk(plain).find(id);
    return ended !== undefined && ended.pending === 0;
  });
}
// All that runs by itself has its time here: only the parked key is left when nothing waits any more.
await until('nothing is left but the parked key', async () => {
  const { rows } = await plain.query<{ left: number }>(
    `select (select count(*) from message_waiting)::int + (select count(*) from delivery where key <> 'k4')::int
      + (select 1 - count(*) from delivery where state = 'parked')::int as left`,
  );
  return rows[0]?.left === 0;
});
await node.stop();
process.exit(3);

function answered(ids: readonly string[]): void {
  process.stdout.write(`${JSON.stringify(ids)}\n`);
}
