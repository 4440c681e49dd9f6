import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, migrate, openDatabase } from '@trunkline/journal';
import { startEmbeddedPostgres } from '@trunkline/journal/embedded';
import type { IncomingMessage, Processor } from '@trunkline/messaging';
import type { Pool } from 'pg';

const EVENTS = 20_000;
const KEYS = 2000;
const ROUNDS = 3;
const BATCH = 1000;
const PAD = 'x'.repeat(950);

interface Round {
  readonly acceptPerSecond: number;
  readonly processPerSecond: number;
  readonly rawPerSecond: number;
  readonly cpuMicrosecondsPerEvent: number;
}

interface Figures {
  readonly job: string;
  /** Medians over the rounds. */
  readonly acceptPerSecond: number;
  /** Accept and processing overlapped: events from the first accept to the last one processed. */
  readonly acceptAndProcessPerSecond: number;
  /** Processing alone, of events that waited in the table. */
  readonly processPerSecond: number;
  readonly singleAcceptPerSecond: number;
  /** The same rows into the same tables and indexes by `unnest`, no dedupe answer, no processing. */
  readonly rawInsertPerSecond: number;
  readonly acceptToRaw: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly cpuMicrosecondsPerEvent: number;
  readonly rssMegabytes: number;
}

/** The journal alone: 20,000 events of 1 KB over 2,000 keys, fsync on, each round beside the raw limit on a fresh database. */
export async function journalBench(): Promise<Figures> {
  const stateDir = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
  const server = await startEmbeddedPostgres({ stateDir });
  try {
    const rounds: Round[] = [];
    const overlapped: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await onFreshDatabase(server.url, `round_${round}`, measureRound));
      overlapped.push(await onFreshDatabase(server.url, `overlap_${round}`, measureOverlap));
    }
    const { single, latency } = await onFreshDatabase(server.url, 'single', async (pool) => ({
      single: await measureSingles(pool),
      latency: await measureLatency(pool),
    }));
    const raw = median(rounds.map((round) => round.rawPerSecond));
    const accept = median(rounds.map((round) => round.acceptPerSecond));
    return {
      job: `${EVENTS} events of 1 KB, ${KEYS} keys, order per key, fsync on, median of ${ROUNDS}`,
      acceptPerSecond: accept,
      acceptAndProcessPerSecond: median(overlapped),
      processPerSecond: median(rounds.map((round) => round.processPerSecond)),
      singleAcceptPerSecond: single,
      rawInsertPerSecond: raw,
      acceptToRaw: Math.round((accept / raw) * 100) / 100,
      latencyMs: latency,
      cpuMicrosecondsPerEvent: median(rounds.map((round) => round.cpuMicrosecondsPerEvent)),
      rssMegabytes: Math.round(process.memoryUsage().rss / 1e6),
    };
  } finally {
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function onFreshDatabase<T>(url: string, name: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const admin = openDatabase({ url, poolSize: 1 });
  await admin.query(`create database ${name}`);
  const pool = openDatabase({ url: url.replace(/\/[^/]*$/, `/${name}`) });
  try {
    await migrate(pool);
    return await work(pool);
  } finally {
    await pool.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  }
}

const events = (prefix: string, count: number): IncomingMessage[] =>
  Array.from({ length: count }, (_, i) => ({
    source: 'bench',
    sourceId: `${prefix}${i}`,
    key: `key-${i % KEYS}`,
    type: 'event',
    payload: { n: i, pad: PAD },
  }));

/** Counts per key in the state: the least that keeps order observable. */
const counting: Processor = (_message, state) => ({
  disposition: 'processed',
  state: { kind: 'bench', stage: 'open', body: { n: Number(state?.body['n'] ?? 0) + 1 } },
  commands: [],
  messages: [],
  exceptions: [],
  resolves: [],
  identifiers: [],
});

function engineOn(pool: Pool, partitions: number): Engine {
  return new Engine({
    pool,
    partitions,
    process: counting,
    targets: new Map(),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
}

async function measureRound(pool: Pool): Promise<Round> {
  const rawPerSecond = await measureRaw(pool);
  await pool.query('truncate message, message_dedupe, message_waiting');
  const engine = engineOn(pool, await partitionsOf(pool));
  const acceptPerSecond = await perSecond(() => acceptAll(engine, events('a', EVENTS)));
  const cpu = process.cpuUsage();
  const processPerSecond = await perSecond(async () => {
    await engine.start();
    await processed(engine, EVENTS);
  });
  const used = process.cpuUsage(cpu);
  await engine.stop();
  await pool.query('truncate message, message_dedupe, message_waiting, message_result, canonical_state');
  return {
    acceptPerSecond,
    processPerSecond,
    rawPerSecond,
    cpuMicrosecondsPerEvent: Math.round((used.user + used.system) / EVENTS),
  };
}

async function measureOverlap(pool: Pool): Promise<number> {
  const engine = engineOn(pool, await partitionsOf(pool));
  await engine.start();
  const rate = await perSecond(async () => {
    await acceptAll(engine, events('o', EVENTS));
    await processed(engine, EVENTS);
  });
  await engine.stop();
  return rate;
}

async function measureRaw(pool: Pool): Promise<number> {
  const rows = events('raw', EVENTS);
  return perSecond(async () => {
    const inserts: Promise<unknown>[] = [];
    for (let i = 0; i < rows.length; i += BATCH) inserts.push(insertRaw(pool, rows.slice(i, i + BATCH)));
    await Promise.all(inserts);
  });
}

function insertRaw(pool: Pool, rows: readonly IncomingMessage[]): Promise<unknown> {
  return pool.query({
    name: 'bench-raw',
    text: `with stored as (
        insert into message (part, key, source, source_id, type, payload, lane)
        select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::text[])
        returning part, id, key, source, source_id, lane
      ), deduped as (insert into message_dedupe (part, source, source_id) select part, source, source_id from stored)
      insert into message_waiting (part, id, key, lane) select part, id, key, lane from stored`,
    values: [
      rows.map((_, i) => i % 8),
      rows.map((row) => row.key),
      rows.map((row) => row.source),
      rows.map((row) => row.sourceId),
      rows.map((row) => row.type),
      rows.map((row) => JSON.stringify(row.payload)),
      rows.map((row) => row.source),
    ],
  });
}

/** 2,000 single accepts, 64 in flight, as a gateway under load would call them. */
async function measureSingles(pool: Pool): Promise<number> {
  const engine = engineOn(pool, await partitionsOf(pool));
  const queue = events('s', 2000);
  return perSecond(async () => {
    await Promise.all(
      Array.from({ length: 64 }, async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop())
          await engine.intake.accept([next]);
      }),
    );
  }, 2000);
}

/** From accept to handler at 50 events a second, for six seconds. */
async function measureLatency(pool: Pool): Promise<{ p50: number; p99: number }> {
  await pool.query('truncate message, message_dedupe, message_waiting');
  const sentAt = new Map<string, number>();
  const took: number[] = [];
  const engine = new Engine({
    pool,
    partitions: await partitionsOf(pool),
    process: (message, state, now) => {
      took.push(performance.now() - (sentAt.get(message.sourceId) ?? Number.NaN));
      return counting(message, state, now);
    },
    targets: new Map(),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  await engine.start();
  for (const event of events('l', 300)) {
    sentAt.set(event.sourceId, performance.now());
    void engine.intake.accept([event]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await processed(engine, 300);
  await engine.stop();
  took.sort((a, b) => a - b);
  const at = (share: number) => Math.round((took[Math.floor(took.length * share)] ?? Number.NaN) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}

async function partitionsOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from partition_lease');
  return rows[0]?.count ?? 0;
}

async function acceptAll(engine: Engine, messages: readonly IncomingMessage[]): Promise<void> {
  const accepts: Promise<unknown>[] = [];
  for (let i = 0; i < messages.length; i += BATCH)
    accepts.push(engine.intake.accept(messages.slice(i, i + BATCH)));
  await Promise.all(accepts);
}

async function processed(engine: Engine, count: number): Promise<void> {
  while (engine.processed < count) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function perSecond(work: () => Promise<unknown>, count = EVENTS): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round((count / (performance.now() - startedMs)) * 1000);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
