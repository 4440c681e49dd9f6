import type { Pool } from 'pg';

/** Threads of one kind by stage. Read from sums (state_tally), however many there are. */
export async function countStages(pool: Pool, kind: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await pool.query<{ stage: string; count: number }>(
    'select stage, sum(count)::int as count from state_tally where kind = $1 group by stage having sum(count) > 0',
    [kind],
  );
  return new Map(rows.map((row) => [row.stage, row.count]));
}

/** Those that somebody is asked to mend. Read from sums as well (case_tally). */
export async function countOpenExceptions(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'select coalesce(sum(t.open), 0)::int as count from case_tally t join failure_case c using (fingerprint) where c.ignored_at is null',
  );
  return rows[0]?.count ?? 0;
}
