import type { PoolClient } from 'pg';
import type { RetentionPolicy } from './policy.ts';

/** A generation is announced this much before it begins, so that every accept meanwhile knows of it (accept-messages.sql). */
const NOTICE = '1 hour';
/** Generations that are looked at for each message, besides the one that is written. */
const ENDED_GENERATIONS = 3;

/** Begins the next generation when the present one is a third of the retention old. */
export async function nextGeneration(
  client: PoolClient,
  policy: RetentionPolicy,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ generation: number }>(
    `select generation from dedupe_generation
     where until_at = 'infinity' and from_at <= clock_timestamp() - $1::float8 * interval '1 day' for update`,
    [policy.dedupeDays / ENDED_GENERATIONS],
  );
  const present = rows[0]?.generation;
  if (present === undefined) return [];
  const next = present + 1;
  const name = `message_dedupe_g${next}`;
  await client.query(`create table ${name} (like message_dedupe including defaults including indexes)`);
  await client.query(`alter table message_dedupe attach partition ${name} for values in (${next})`);
  await client.query(
    `with begins as (select clock_timestamp() + interval '${NOTICE}' as at), ended as (
       update dedupe_generation set until_at = begins.at from begins where generation = $1
     )
     insert into dedupe_generation (generation, from_at) select $2, begins.at from begins`,
    [present, next],
  );
  return [name];
}

/** Drops the generations whose youngest entry is older than a repeat must be known. */
export async function dropGenerations(
  client: PoolClient,
  policy: RetentionPolicy,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ generation: number }>(
    `delete from dedupe_generation where until_at < clock_timestamp() - $1::float8 * interval '1 day' - interval '${NOTICE}'
     returning generation`,
    [policy.dedupeDays],
  );
  const names = rows.map((row) => `message_dedupe_g${row.generation}`);
  for (const name of names) await client.query(`drop table if exists ${name}`);
  return names;
}
