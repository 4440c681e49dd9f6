import type { PoolClient } from 'pg';
import { IDS_PER_DAY, type Slice } from './slices.ts';

interface Reason {
  readonly sql: string;
  readonly why: string;
}

const OF_MESSAGES: readonly Reason[] = [
  { sql: 'message_waiting w where w.class = $1 and w.id >= $2 and w.id < $3', why: 'a message waits' },
  {
    sql: 'delivery w where w.class = $1 and w.message_id >= $2 and w.message_id < $3',
    why: 'a delivery that a message of it caused waits',
  },
  {
    sql: 'exception_case w where $1 >= 0 and w.resolved_at is null and w.message_id >= $2 and w.message_id < $3',
    why: 'an exception about a message is open',
  },
];
const OF_DELIVERIES: readonly Reason[] = [
  { sql: 'delivery w where w.class = $1 and w.id >= $2 and w.id < $3', why: 'a delivery waits' },
  {
    sql: 'exception_case w where $1 >= 0 and w.resolved_at is null and w.delivery_id >= $2 and w.delivery_id < $3',
    why: 'an exception about a delivery is open',
  },
];
/** Exchanges of a delivery's first tries are older than it by its retries: everything since its first try stays. */
const OF_EXCHANGES: readonly Reason[] = [
  {
    sql: 'delivery w where $1 >= 0 and $2 >= 0 and w.first_tried_at < to_timestamp($3 * 86400)',
    why: 'a delivery that was tried then waits',
  },
];

/** Why a slice whose time has come must stay; undefined when nothing that waits needs it. */
export async function neededBy(client: PoolClient, slice: Slice): Promise<string | undefined> {
  const ids = [slice.from, slice.to].map((day) => String(BigInt(day) * IDS_PER_DAY));
  const days = [slice.from, slice.to].map(String);
  const asked: readonly [readonly Reason[], readonly string[]] =
    slice.table === 'message' || slice.table === 'message_result'
      ? [OF_MESSAGES, ids]
      : slice.table === 'delivery_done' || slice.table === 'delivery_attempt'
        ? [OF_DELIVERIES, ids]
        : slice.table === 'invalid_message'
          ? [[], ids]
          : [OF_EXCHANGES, days];
  const [reasons, bounds] = asked;
  for (const { sql, why } of reasons) {
    const { rows } = await client.query<{ found: boolean }>(
      `select exists (select from ${sql.replace('$1 ', '$1::int ').replaceAll('$2', '$2::bigint').replaceAll('$3', '$3::bigint')}) as found`,
      [slice.class, ...bounds],
    );
    if (rows[0]?.found) return why;
  }
  return undefined;
}
