import { BulkDesk, type NewBulk } from '@trunkline/journal';
import type { Pool } from 'pg';
import { until } from '../../landscape/until.ts';
import { PARTITIONS } from './node.ts';
import { PER_KEY } from './workload.ts';

/** What the act of each window of acts on many does: to the parked entry, or to the last message of `k1`, which becomes one more. */
export const ACTS: Readonly<Record<string, NewBulk['act']>> = {
  'bulk-preview': 'retry',
  'bulk-steer': 'retry',
  'bulk-retry': 'retry',
  'bulk-discard': 'discard',
  'bulk-edit': 'edit',
  'bulk-replay': 'replay',
};

export function bulkDesk(pool: Pool): BulkDesk {
  return new BulkDesk({
    pool,
    partitions: PARTITIONS,
    internalSources: [],
    judge: () => [],
    judgeEdit: () => [],
  });
}

/** Its number. */
export async function previewAct(pool: Pool, act: NewBulk['act']): Promise<string> {
  const wanted: Omit<NewBulk, 'limit'> =
    act === 'replay'
      ? { act, messages: { key: 'k1', type: 'event', from: await lastOfK1(pool) }, patch: { n: PER_KEY } }
      : {
          act,
          exceptions: { code: 'target_rejected' },
          reason: 'made by hand',
          ...(act === 'edit' ? { changes: [{ op: 'add', path: '/checked', value: true }] } : {}),
        };
  const answer = await bulkDesk(pool).preview('tester', { ...wanted, limit: 10 });
  if (answer.kind !== 'previewed') throw new Error(`The preview was refused: ${JSON.stringify(answer)}`);
  return answer.operation.id;
}

async function lastOfK1(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ at: string }>(
    `select to_char(max(accepted_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from message where key = 'k1' and type = 'event'`,
  );
  return rows[0]?.at ?? '';
}

/** The person looks what became of the act, and goes on from there; of one that is on its way nothing is asked. */
export async function finishAct(pool: Pool, act: NewBulk['act']): Promise<void> {
  const desk = bulkDesk(pool);
  const [known] = await desk.list(1);
  const id = known?.id ?? (await previewAct(pool, act));
  if (known === undefined || known.state === 'previewed') await desk.steer(id, 'tester', 'try');
  const seen = () => desk.find(id);
  await until('the act is finished', async () => (await seen())?.state === 'finished', {
    withinMs: 15_000,
    seen,
  });
  const ended = await seen();
  if (ended?.total !== 1 || ended.mended !== 1)
    throw new Error(`It did not act on exactly one: ${JSON.stringify(ended)}`);
}
