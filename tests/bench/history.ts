import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { attemptsOf, Engine, openDatabase, ThreadReader } from '@trunkline/journal';
import { startEmbeddedPostgres } from '@trunkline/journal/embedded';
import type { IncomingMessage, Processor } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { fillHistory, type History, keyOf } from './history/fill.ts';
import { type WaitingHub, waitingHub } from './history/waiting-hub.ts';
import { type Cpu, cpuMeter, perSecond } from './journal/measure.ts';

const EVENTS = 20_000;
const KEYS = 2000;
const BATCH = 1000;
const SEARCHES = 300;
const PAD = 'x'.repeat(950);

interface Filled {
  readonly pool: Pool;
  readonly history: History;
  readonly stored: number;
  readonly recent: Round[];
  readonly scattered: Round[];
}

interface Round {
  readonly perSecond: number;
  readonly cpu: Cpu;
}

interface Cost {
  readonly eventsPerSecond: number;
  readonly cpuMicroseconds: Cpu & { readonly sum: number };
}

interface Sized {
  readonly stored: number;
  readonly recent: Cost;
  readonly scattered: Cost;
  readonly searchMs: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
  readonly gigabytes: number;
}

interface Outcome {
  readonly job: string;
  readonly cores: number;
  readonly load: number;
  readonly small: Sized;
  readonly large: Sized;
  /** Of the large journal to the small one, per event. */
  readonly ratios: Readonly<Record<Which, { readonly cpu: number; readonly time: number }>>;
  readonly waiting: WaitingHub | undefined;
}

/**
 * What history costs: the same 20,000 events of 1 KB accepted and processed on a journal that has stored few messages and on one that has
 * stored many, turn about in one run on one server; searches in both; and a hub's memory with much waiting.
 */
export async function historyBench(args: readonly string[]): Promise<Outcome> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      small: { type: 'string', default: '50000' },
      large: { type: 'string', default: '5000000' },
      rounds: { type: 'string', default: '5' },
      waiting: { type: 'string', default: '200000' },
    },
  });
  const [few, many, rounds, waiting] = [values.small, values.large, values.rounds, values.waiting].map(
    Number,
  );
  const stateDir = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
  const server = await startEmbeddedPostgres({ stateDir });
  const pools: Pool[] = [];
  try {
    const open = async (name: string) => {
      const admin = openDatabase({ url: server.url, poolSize: 1 });
      await admin.query(`create database ${name}`);
      await admin.end();
      return server.url.replace(/\/[^/]*$/, `/${name}`);
    };
    const hub = waiting ? await waitingHub(await open('waiting'), waiting) : undefined;
    const filled: Filled[] = [];
    for (const stored of [few ?? 0, many ?? 0]) {
      const pool = openDatabase({ url: await open(`stored_${stored}`) });
      pools.push(pool);
      const history = await fillHistory(pool, stored, (step) => process.stderr.write(`${step}\n`));
      filled.push({ pool, history, stored, recent: [], scattered: [] });
    }
    const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
    for (let round = 0; round <= (rounds ?? 0); round++) {
      for (const each of round % 2 === 0 ? filled : filled.toReversed()) {
        for (const which of ['recent', 'scattered'] as const) {
          const events = eventsOf(each.history, `${which}-${round}`, which);
          const measured = await measureRound(each.pool, each.history, events, server.pid);
          // The first warms up: connections, plans, the shared buffers.
          if (round > 0) each[which].push(measured);
          process.stderr.write(
            `round ${round}, ${which} keys, ${each.stored} stored: ${measured.perSecond}/s, ${JSON.stringify(measured.cpu)} µs\n`,
          );
        }
      }
    }
    const sized: Sized[] = [];
    for (const each of filled) sized.push(await sizeOf(each));
    const [small, large] = sized;
    if (small === undefined || large === undefined) throw new Error('Two journals are compared.');
    const ratio = (of: number, to: number) => Math.round((of / to) * 100) / 100;
    const ratios = (which: Which) => ({
      cpu: ratio(large[which].cpuMicroseconds.sum, small[which].cpuMicroseconds.sum),
      time: ratio(small[which].eventsPerSecond, large[which].eventsPerSecond),
    });
    return {
      job: `${EVENTS} events of 1 KB, ${KEYS} keys, accepted and processed, fsync on, median of ${rounds}`,
      cores: availableParallelism(),
      load,
      small,
      large,
      ratios: { recent: ratios('recent'), scattered: ratios('scattered') },
      waiting: hub,
    };
  } finally {
    for (const pool of pools) await pool.end();
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

const counting: Processor = (_message, state) => ({
  disposition: 'processed',
  state: { kind: 'order', stage: 'shipped', body: { ...state?.body, n: Number(state?.body['n'] ?? 0) + 1 } },
  commands: [],
  messages: [],
  exceptions: [],
  resolves: [],
  identifiers: [],
});

/** `recent`: the orders of these days, as they come and are moved on. `scattered`: orders from all over the history, as after a long stop. */
type Which = 'recent' | 'scattered';

function eventsOf(history: History, round: string, which: Which): IncomingMessage[] {
  const step = Math.max(1, Math.floor(history.keys / KEYS));
  return Array.from({ length: EVENTS }, (_, i) => ({
    source: 'bench',
    sourceId: `${round}-${i}`,
    key: which === 'recent' ? `so_r${i % KEYS}` : keyOf(((i % KEYS) * step) % history.keys),
    type: 'event',
    payload: { n: i, pad: PAD },
  }));
}

async function measureRound(
  pool: Pool,
  history: History,
  events: readonly IncomingMessage[],
  postmaster: number,
): Promise<Round> {
  const engine = new Engine({
    pool,
    partitions: history.partitions,
    process: counting,
    targets: new Map(),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  await engine.start();
  const cpu = cpuMeter(postmaster);
  const rate = await perSecond(EVENTS, async () => {
    for (let i = 0; i < EVENTS; i += BATCH) await engine.intake.accept(events.slice(i, i + BATCH));
    while (engine.processed < EVENTS) await new Promise((resolve) => setTimeout(resolve, 2));
  });
  const used = cpu(EVENTS);
  await engine.stop();
  return { perSecond: rate, cpu: used };
}

async function sizeOf({ pool, history, stored, recent, scattered }: Filled): Promise<Sized> {
  const { rows } = await pool.query<{ bytes: string }>(
    'select pg_database_size(current_database()) as bytes',
  );
  return {
    stored,
    recent: costOf(recent),
    scattered: costOf(scattered),
    searchMs: await searches(pool, history),
    gigabytes: Math.round(Number(rows[0]?.bytes) / 1e8) / 10,
  };
}

function costOf(rounds: readonly Round[]): Cost {
  return {
    eventsPerSecond: median(rounds.map((round) => round.perSecond)),
    cpuMicroseconds: {
      node: median(rounds.map((round) => round.cpu.node)),
      server: median(rounds.map((round) => round.cpu.server)),
      sum: median(rounds.map(({ cpu }) => cpu.node + cpu.server)),
    },
  };
}

/** Each question 300 times, about keys from all over the history. */
async function searches(
  pool: Pool,
  { partitions, keys }: History,
): Promise<Readonly<Record<string, { p50: number; p99: number }>>> {
  const reader = new ThreadReader(pool, partitions);
  const number = (n: number) => String(n).padStart(9, '0');
  const questions: Readonly<Record<string, (n: number) => Promise<unknown>>> = {
    'by order number': (n) => reader.find(`S${number(n)}`, 20),
    'by customer PO': (n) => reader.find(`PO-${number(n)}`, 20),
    'by the beginning of a tracking number': (n) => reader.find(`1Z${number(n).slice(0, 8)}`, 20),
    'the newest threads': () => reader.find('', 20),
    'a thread with messages and deliveries': (n) =>
      Promise.all([
        reader.thread(keyOf(n)),
        reader.messages(keyOf(n)),
        reader.deliveries(keyOf(n)),
        reader.identifiers(keyOf(n)),
      ]),
    'attempts of a thread': (n) => attemptsOf(pool, partitions, keyOf(n)),
  };
  const figures: Record<string, { p50: number; p99: number }> = {};
  for (const [name, ask] of Object.entries(questions)) {
    const took: number[] = [];
    for (let i = 0; i < SEARCHES; i++) {
      const startedMs = performance.now();
      await ask((i * 7919) % keys);
      took.push(performance.now() - startedMs);
    }
    took.sort((a, b) => a - b);
    const at = (share: number) => Math.round((took[Math.floor(took.length * share)] ?? Number.NaN) * 10) / 10;
    figures[name] = { p50: at(0.5), p99: at(0.99) };
  }
  return figures;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
