import type { JsonObject } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { partitionOf } from '../partition.ts';

export interface ThreadRow {
  readonly key: string;
  readonly kind: string;
  readonly stage: string;
  readonly body: JsonObject;
  readonly updatedAt: Date;
}

export interface FoundThread {
  readonly key: string;
  readonly kind: string;
  readonly stage: string;
  readonly updatedAt: Date;
  readonly match?: { readonly kind: string; readonly value: string; readonly system: string };
}

export interface ThreadMessage {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly acceptedAt: Date;
  readonly state: string;
  readonly note: string | null;
  readonly processedAt: Date | null;
}

export interface ThreadDelivery {
  readonly id: string;
  readonly target: string;
  readonly type: string;
  readonly flow: string;
  readonly state: string;
  readonly note: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  /** The last failure's code and words, when there was one. */
  readonly failure: string | null;
}

export interface StoredIdentifier {
  readonly kind: string;
  readonly value: string;
  readonly system: string;
}

/** Reads threads for people: by key, or by any identifier. Never on the hot path. */
export class ThreadReader {
  readonly #pool: Pool;
  readonly #partitions: number;

  constructor(pool: Pool, partitions: number) {
    this.#pool = pool;
    this.#partitions = partitions;
  }

  async find(query: string, limit: number): Promise<readonly FoundThread[]> {
    const wanted = query.trim();
    if (wanted === '') return this.#newest(limit);
    // Exact before another case before prefix: a whole order number must not drown in numbers that begin with it.
    const { rows } = await this.#pool.query<FoundRow>(
      `with hit as (
         select distinct on (part, key) part, key, kind, value, system,
                (value = $1)::int + (lower(value) = lower($1))::int as exact
         from identifier where lower(value) like lower($2)
         order by part, key, exact desc
       )
       select h.key, s.kind as state_kind, s.stage, s.updated_at, h.kind, h.value, h.system
       from hit h join canonical_state s on s.part = h.part and s.key = h.key
       order by h.exact desc, s.updated_at desc limit $3`,
      [wanted, `${wanted.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`, limit],
    );
    if (rows.length > 0) return rows.map(foundOf);
    const direct = await this.thread(wanted);
    return direct === undefined
      ? []
      : [{ key: direct.key, kind: direct.kind, stage: direct.stage, updatedAt: direct.updatedAt }];
  }

  /** A part and class at a time, because their key ends in the id; one sort over all would read every message that there is. */
  async #newest(limit: number): Promise<readonly FoundThread[]> {
    const { rows } = await this.#pool.query<{ key: string; kind: string; stage: string; updated_at: Date }>(
      `with newest as (
         select distinct on (m.part, m.key) m.part, m.key
         from generate_series(0, $2 - 1) p
         cross join generate_series(0, 7) c
         cross join lateral (
           select part, key from message where part = p and class = c order by id desc limit $1 * 5
         ) m
       )
       select s.key, s.kind, s.stage, s.updated_at
       from newest join canonical_state s using (part, key)
       where s.kind = 'order' order by s.updated_at desc limit $1`,
      [limit, this.#partitions],
    );
    return rows.map((row) => ({ key: row.key, kind: row.kind, stage: row.stage, updatedAt: row.updated_at }));
  }

  async thread(key: string): Promise<ThreadRow | undefined> {
    const { rows } = await this.#pool.query<{
      key: string;
      kind: string;
      stage: string;
      body: JsonObject;
      updated_at: Date;
    }>('select key, kind, stage, body, updated_at from canonical_state where part = $1 and key = $2', [
      this.#part(key),
      key,
    ]);
    const row = rows[0];
    return row === undefined
      ? undefined
      : { key: row.key, kind: row.kind, stage: row.stage, body: row.body, updatedAt: row.updated_at };
  }

  async messages(key: string): Promise<readonly ThreadMessage[]> {
    const { rows } = await this.#pool.query<ThreadMessage>(
      `select m.id, m.source, m.type, m.accepted_at as "acceptedAt",
              coalesce(r.state, case when w.held then 'held' else 'accepted' end) as state, r.note, r.processed_at as "processedAt"
       from message m
       left join message_result r on r.part = m.part and r.class = m.class and r.id = m.id
       left join message_waiting w on w.part = m.part and w.id = m.id
       where m.part = $1 and m.key = $2 order by m.id`,
      [this.#part(key), key],
    );
    return rows;
  }

  async deliveries(key: string): Promise<readonly ThreadDelivery[]> {
    const { rows } = await this.#pool.query<ThreadDelivery>(
      `with own as (
         select class, id, target, type, flow, state, null as note, attempts, created_at, null::timestamptz as ended_at
         from delivery where part = $1 and key = $2
         union all
         select class, id, target, type, flow, state, note, attempts, created_at, ended_at
         from delivery_done where part = $1 and key = $2
       )
       select o.id, o.target, o.type, o.flow, o.state, o.note, o.attempts, o.created_at as "createdAt", o.ended_at as "endedAt",
              (select a.code || ': ' || coalesce(a.detail, '') from delivery_attempt a
               where a.part = $1 and a.class = o.class and a.delivery_id = o.id and a.outcome <> 'succeeded' order by a.ended_at desc limit 1) as failure
       from own o order by o.created_at, o.id`,
      [this.#part(key), key],
    );
    return rows;
  }

  async identifiers(key: string): Promise<readonly StoredIdentifier[]> {
    const { rows } = await this.#pool.query<StoredIdentifier>(
      'select kind, value, system from identifier where part = $1 and key = $2 order by first_seen_at, kind',
      [this.#part(key), key],
    );
    return rows;
  }

  #part(key: string): number {
    return partitionOf(key, this.#partitions);
  }
}

interface FoundRow {
  readonly key: string;
  readonly state_kind: string;
  readonly stage: string;
  readonly updated_at: Date;
  readonly kind: string;
  readonly value: string;
  readonly system: string;
}

function foundOf(row: FoundRow): FoundThread {
  return {
    key: row.key,
    kind: row.state_kind,
    stage: row.stage,
    updatedAt: row.updated_at,
    match: { kind: row.kind, value: row.value, system: row.system },
  };
}
