import type { Pool } from 'pg';
import { partitionOf } from '../partition.ts';

export interface KeptExchange {
  readonly method: string;
  readonly url: string;
  readonly status: number | null;
  /** Redacted, and cut at a size; null when there was none. */
  readonly request: string | null;
  readonly requestBytes: number;
  readonly response: string | null;
  readonly responseBytes: number;
  readonly failure: string | null;
  readonly tookMs: number;
  readonly endedAt: Date;
}

export interface DeliveryAttempt {
  readonly deliveryId: string;
  readonly target: string;
  readonly type: string;
  readonly attempt: number;
  readonly outcome: string;
  readonly code: string | null;
  readonly detail: string | null;
  readonly tookMs: number;
  readonly node: string;
  /** What made the call; null before it was recorded. */
  readonly software: string | null;
  readonly endedAt: Date;
  /** Of the call that it was part of, which may have carried other deliveries too. Empty when they are no longer kept. */
  readonly exchanges: readonly KeptExchange[];
}

type AttemptRow = Omit<DeliveryAttempt, 'exchanges'> & {
  readonly call: string | null;
  readonly callPart: number | null;
};

/** Every attempt of a key's deliveries, oldest first, with what was said in it. */
export async function attemptsOf(
  pool: Pool,
  partitions: number,
  key: string,
): Promise<readonly DeliveryAttempt[]> {
  const { rows } = await pool.query<AttemptRow>(
    `with own as (
       select class, id, target, type from delivery where part = $1 and key = $2
       union all select class, id, target, type from delivery_done where part = $1 and key = $2
     )
     select a.delivery_id as "deliveryId", o.target, o.type, a.attempt, a.outcome, a.code, a.detail, a.took_ms as "tookMs", a.node,
       a.software, a.ended_at as "endedAt", a.call, a.call_part as "callPart"
     from own o join delivery_attempt a on a.part = $1 and a.class = o.class and a.delivery_id = o.id
     order by a.ended_at, a.delivery_id, a.attempt`,
    [partitionOf(key, partitions), key],
  );
  const exchanges = await exchangesOf(pool, rows);
  return rows.map(({ call, callPart: _part, ...attempt }) => ({
    ...attempt,
    exchanges: call === null ? [] : (exchanges.get(call) ?? []),
  }));
}

async function exchangesOf(
  pool: Pool,
  attempts: readonly AttemptRow[],
): Promise<ReadonlyMap<string, readonly KeptExchange[]>> {
  const found = new Map<string, KeptExchange[]>();
  const byPart = Map.groupBy(
    attempts.filter((attempt) => attempt.call !== null),
    (attempt) => attempt.callPart,
  );
  for (const [part, own] of byPart) {
    const { rows } = await pool.query<KeptExchange & { call: string }>(
      `select e.call, e.method, e.url, e.status, coalesce(e.request, ${aside('request')}) as request, e.request_bytes as "requestBytes",
         coalesce(e.response, ${aside('response')}) as response, e.response_bytes as "responseBytes", e.failure,
         e.took_ms as "tookMs", e.ended_at as "endedAt"
       from exchange e where e.part = $1 and e.call = any ($2::uuid[]) order by e.id`,
      [part, [...new Set(own.map((attempt) => attempt.call))]],
    );
    for (const { call, ...exchange } of rows) found.set(call, [...(found.get(call) ?? []), exchange]);
  }
  return found;
}

/** An exchange that took its id as the day turned may have its body under the day before. */
function aside(which: 'request' | 'response'): string {
  return `(select b.body from exchange_body b where b.part = e.part and b.digest = e.${which}_digest
     and b.day between (e.id >> 36)::int - 1 and (e.id >> 36)::int limit 1)`;
}
