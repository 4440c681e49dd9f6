import { DEFAULT_RETENTION, dayOf, migrate, partitionOf, Retention } from '@trunkline/journal';
import type { Pool } from 'pg';

/** Messages of one key, spread over the whole time. */
const MESSAGES_PER_KEY = 10;
const MESSAGES_PER_DELIVERY = 5;
const DAYS = 91;
const CHUNK = 250_000;
const GENERATIONS = 4;
const PAD = 950;

export interface History {
  readonly partitions: number;
  readonly keys: number;
}

export function keyOf(n: number): string {
  return `so_h${n}`;
}

/**
 * A journal that has taken `messages` in the last 91 days and has ended all of them: messages of 1 KB in the slices of their days, their
 * results, dedupe entries in four generations, a delivery with its attempt for every fifth, and for every tenth a key with a state
 * and four identifiers. Written to the tables directly; what the journal itself writes is measured afterwards.
 */
export async function fillHistory(
  pool: Pool,
  messages: number,
  progress: (step: string) => void,
): Promise<History> {
  const partitions = await migrate(pool);
  const keys = Math.ceil(messages / MESSAGES_PER_KEY);
  const first = await dayOf(pool);
  for (let day = 0; day <= DAYS; day += 7) await new Retention(pool, DEFAULT_RETENTION).prepare(first + day);
  await beginGenerations(pool);
  await pool.query(
    'create table bench_key (n integer primary key, key text not null, part smallint not null)',
  );
  for (let from = 0; from < keys; from += CHUNK) {
    const some = Array.from({ length: Math.min(CHUNK, keys - from) }, (_, i) => from + i);
    await pool.query(
      'insert into bench_key (n, key, part) select * from unnest($1::int[], $2::text[], $3::smallint[])',
      [some, some.map(keyOf), some.map((n) => partitionOf(keyOf(n), partitions))],
    );
  }
  await pool.query('analyze bench_key');
  for (let from = 0; from < messages; from += CHUNK) {
    progress(`${from} of ${messages} messages are stored`);
    await fillMessages(pool, { from, to: Math.min(from + CHUNK, messages), messages, keys, first });
  }
  progress('states and identifiers');
  await pool.query(
    `insert into canonical_state (part, key, kind, stage, body)
     select part, key, 'order', 'shipped', json_build_object('stage', 'shipped', 'n', 0, 'pad', repeat('s', 400)) from bench_key`,
  );
  await pool.query(
    `insert into state_tally (part, kind, stage, count) select part, 'order', 'shipped', count(*) from bench_key group by part`,
  );
  await pool.query(
    `insert into identifier (part, key, kind, value, system)
     select k.part, k.key, i.kind, i.prefix || lpad(k.n::text, 9, '0'), 'bench' from bench_key k
     cross join (values ('order_number', 'S'), ('customer_po', 'PO-'), ('opportunity', '006'), ('tracking', '1Z')) i(kind, prefix)`,
  );
  await pool.query('drop table bench_key');
  progress('vacuum');
  await pool.query('vacuum analyze');
  await pool.query('checkpoint');
  return { partitions, keys };
}

async function beginGenerations(pool: Pool): Promise<void> {
  for (let generation = 1; generation < GENERATIONS; generation++) {
    await pool.query(
      `update dedupe_generation set from_at = from_at - interval '11 days', until_at = until_at - interval '11 days'`,
    );
    await new Retention(pool, DEFAULT_RETENTION).prepare();
  }
  // Past the change: one generation is written, three are looked at.
  await pool.query(
    `update dedupe_generation set from_at = from_at - interval '2 hours', until_at = until_at - interval '2 hours'`,
  );
}

interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly messages: number;
  readonly keys: number;
  readonly first: number;
}

async function fillMessages(pool: Pool, { from, to, messages, keys, first }: Chunk): Promise<void> {
  const day = `(${first} + i::bigint * ${DAYS} / ${messages})`;
  const id = `(${day} << 36) + i + 1`;
  const rows = `from generate_series(${from}, ${to - 1}) i join bench_key k on k.n = i % ${keys}`;
  await pool.query(
    `insert into message (part, class, id, key, source, source_id, type, payload)
     select k.part, 0, ${id}, k.key, 'bench', 'fill-' || i, 'event', json_build_object('n', i, 'pad', repeat('x', ${PAD})) ${rows} order by i`,
  );
  await pool.query(
    `insert into message_result (part, class, id, state) select k.part, 0, ${id}, 'processed' ${rows} order by i`,
  );
  // In the order of the key, which builds the index fast; as messages come the entries are scattered all the same.
  await pool.query(
    `insert into message_dedupe (part, source, source_id, generation)
     select k.part, 'bench', md5(i::text), i::bigint * ${GENERATIONS} / ${messages} ${rows} order by 1, 3`,
  );
  const some = `${rows} where i % ${MESSAGES_PER_DELIVERY} = 0 order by i`;
  await pool.query(
    `insert into delivery_done (part, class, id, target, key, message_id, type, flow, payload, state, attempts, created_at)
     select k.part, 0, ${id}, 'erp', k.key, ${id}, 'act', 'bench', json_build_object('pad', repeat('y', ${PAD})), 'succeeded', 1, now() ${some}`,
  );
  await pool.query(
    `insert into delivery_attempt (part, class, delivery_id, attempt, outcome, took_ms, node)
     select k.part, 0, ${id}, 1, 'succeeded', 12, 'bench' ${some}`,
  );
}
