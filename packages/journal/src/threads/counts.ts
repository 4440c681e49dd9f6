import type { Pool } from 'pg';

export interface JournalCounts {
  /** Threads of one kind by stage. */
  readonly stages: ReadonlyMap<string, number>;
  /** Messages accepted and not yet processed. */
  readonly backlog: number;
  readonly openExceptions: number;
  readonly targets: ReadonlyMap<string, { readonly waiting: number; readonly parked: number }>;
}

/**
 * What stands where, for the overview. Threads are read from sums (state_tally), however many there are; what waits is counted, and costs
 * by how much that is. Ask it about once a second at most.
 */
export async function countJournal(pool: Pool, kind: string): Promise<JournalCounts> {
  const [stages, backlog, open, targets] = await Promise.all([
    pool.query<{ stage: string; count: number }>(
      'select stage, sum(count)::int as count from state_tally where kind = $1 group by stage having sum(count) > 0',
      [kind],
    ),
    pool.query<{ count: number }>('select count(*)::int as count from message_waiting'),
    pool.query<{ count: number }>(
      'select coalesce(sum(t.open), 0)::int as count from case_tally t join failure_case c using (fingerprint) where c.ignored_at is null',
    ),
    countTargets(pool),
  ]);
  return {
    stages: new Map(stages.rows.map((row) => [row.stage, row.count])),
    backlog: backlog.rows[0]?.count ?? 0,
    openExceptions: open.rows[0]?.count ?? 0,
    targets,
  };
}

/** Deliveries that have not ended, by target. */
export async function countTargets(pool: Pool): Promise<JournalCounts['targets']> {
  const { rows } = await pool.query<{ target: string; waiting: number; parked: number }>(
    `select target, count(*) filter (where state <> 'parked')::int as waiting, count(*) filter (where state = 'parked')::int as parked
     from delivery group by target`,
  );
  return new Map(rows.map(({ target, waiting, parked }) => [target, { waiting, parked }]));
}
