import type { StoredState } from '@trunkline/messaging';
import type { Pool } from 'pg';

export interface OpenState extends StoredState {
  readonly key: string;
}

/** Some of the states of one kind that are in one of these stages, by key; the page after the one that ended at `after`. */
export async function readOpenStates(
  pool: Pool,
  { kind, stages, after, limit }: { kind: string; stages: readonly string[]; after: string; limit: number },
): Promise<readonly OpenState[]> {
  const { rows } = await pool.query<OpenState>(
    `select key, kind, stage, body from canonical_state
     where kind = $1 and stage = any($2) and key > $3 order by key limit $4`,
    [kind, stages, after, limit],
  );
  return rows;
}
