import type { Pool } from 'pg';
import { storableText } from './storable-text.ts';

/** Where a polled stream stands, as its node knows it; ages in milliseconds, because its clock is not the database's. */
export interface PollProgress {
  readonly source: string;
  readonly stream: string;
  /** Since when all that the source had committed is stored; undefined when that was never so. */
  readonly caughtUpAgoMs: number | undefined;
  readonly failing?: { readonly sinceAgoMs: number; readonly reason: string };
}

export interface StreamLag {
  readonly source: string;
  readonly stream: string;
  /** How old the newest state is that is known to be stored whole; null when there is none. */
  readonly behindSeconds: number | null;
  readonly failure: string | null;
  /** Since when polls have failed; null when the last one did not. */
  readonly failingSeconds: number | null;
}

const REASON_LENGTH = 500;

export async function notePollProgress(pool: Pool, progress: PollProgress): Promise<void> {
  const { source, stream, caughtUpAgoMs, failing } = progress;
  await pool.query({
    name: 'note-poll-progress',
    text: `insert into poll_progress (source, stream, caught_up_at, failing_since, failure)
      values ($1, $2, clock_timestamp() - make_interval(secs => $3::float8), clock_timestamp() - make_interval(secs => $4::float8), $5)
      on conflict (source, stream) do update set
        caught_up_at = coalesce(excluded.caught_up_at, poll_progress.caught_up_at),
        failing_since = excluded.failing_since, failure = excluded.failure`,
    values: [
      source,
      stream,
      caughtUpAgoMs === undefined ? null : caughtUpAgoMs / 1000,
      failing === undefined ? null : failing.sinceAgoMs / 1000,
      failing === undefined ? null : storableText(failing.reason, REASON_LENGTH),
    ],
  });
}

/** Streams that the configuration no longer has stay behind in the table; the caller knows which there are. */
export async function readStreamLags(pool: Pool): Promise<readonly StreamLag[]> {
  const { rows } = await pool.query<StreamLag>(
    `select source, stream, extract(epoch from clock_timestamp() - caught_up_at)::float8 as "behindSeconds", failure,
       extract(epoch from clock_timestamp() - failing_since)::float8 as "failingSeconds"
     from poll_progress order by source, stream`,
  );
  return rows;
}
