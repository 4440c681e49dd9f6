import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Engine, migrate, openDatabase } from '@trunkline/journal';
import { startEmbeddedPostgres } from '@trunkline/journal/embedded';
import type { Delivery, IncomingMessage, Outcome, Processor, Target } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { wholeNumber } from './whole-number.ts';

const ORDERS_PER_SECOND = 25;
const ORDERS_IDLE = 250;
/** A warehouse that sends its events 50 at a time over four connections, as fast as it is answered. */
const SENDERS = 4;
const PER_CALL = 50;
const STOCK_KEYS = 5000;
/** A round's flood that has not drained by then is measured as far as it came. */
const LONGEST_MS = 120_000;
const PAD = 'x'.repeat(500);
/** Files of the log, 16 MB each, that a server which has seen a few floods keeps for use again. */
const LOG_FILES = 32;

interface Job {
  readonly events: number;
  readonly rounds: number;
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
}

interface Figures {
  readonly job: string;
  /** From before the order's accept to its release in the warehouse connector's hands. Milliseconds. */
  readonly releaseMs: { readonly idle: Latency; readonly flood: Latency };
  /** The same of a command to the very target that the flood's commands go to. */
  readonly sharedTargetMs: { readonly idle: Latency; readonly flood: Latency };
  readonly p99Ratio: number;
  readonly p99RatioSharedTarget: number;
  readonly floodEventsPerSecond: number;
  readonly orders: { readonly idle: number; readonly flood: number };
}

/** Takes a while, as a system does; the connectors' own batch sizes and lingers. */
class TimedTarget implements Target {
  readonly batch = 50;
  readonly lingerMs = 20;
  readonly concurrency: number;
  readonly #callMs: number;
  readonly #onDelivery: (delivery: Delivery) => void;

  constructor(concurrency: number, callMs: number, onDelivery: (delivery: Delivery) => void) {
    this.concurrency = concurrency;
    this.#callMs = callMs;
    this.#onDelivery = onDelivery;
  }

  async deliver(deliveries: readonly Delivery[]): Promise<readonly Outcome[]> {
    for (const delivery of deliveries) this.#onDelivery(delivery);
    await pause(this.#callMs);
    return deliveries.map(() => ({ kind: 'succeeded' }));
  }
}

/** What the orders of one phase took, to each target. */
class Clock {
  readonly release: number[] = [];
  readonly shared: number[] = [];
  readonly #sentAt = new Map<string, number>();

  started(id: string): void {
    this.#sentAt.set(id, performance.now());
  }

  ended({ key, target }: Delivery): void {
    const startedMs = this.#sentAt.get(key);
    if (startedMs !== undefined)
      (target === 'dallas' ? this.release : this.shared).push(performance.now() - startedMs);
  }
}

const deciding: Processor = ({ source }, state) => {
  const command = { type: 'act', flow: 'bench', payload: { pad: PAD } };
  const toErp = { ...command, role: 'erp', target: 'erp' };
  return {
    disposition: 'processed',
    state: { kind: 'bench', stage: 'open', body: { n: Number(state?.body['n'] ?? 0) + 1 } },
    commands: source === 'dallas' ? [toErp] : [{ ...command, role: 'warehouse', target: 'dallas' }, toErp],
    messages: [],
    exceptions: [],
    resolves: [],
    identifiers: [],
  };
};

/**
 * What a flood does to others: orders come steadily, alone and while a warehouse sends 100,000 events, in alternating rounds. Every event
 * changes its key's state and makes a command to the ERP, with which the orders' commands to the ERP compete.
 */
export async function isolationBench(args: readonly string[]): Promise<Figures> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      events: { type: 'string', default: '100000' },
    },
  });
  const job = {
    rounds: wholeNumber('--rounds', values.rounds, 1),
    events: wholeNumber('--events', values.events, 1000),
  };
  const stateDir = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
  const server = await startEmbeddedPostgres({ stateDir });
  const pool = openDatabase({ url: server.url });
  try {
    await fillLog(pool);
    return await measure(pool, job);
  } finally {
    await pool.end();
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

/**
 * On a new server each 16 MB of log are a file to be made, during which no commit ends; on one that has been used they are files from before
 * the last checkpoint.
 */
async function fillLog(pool: Pool): Promise<void> {
  for (let file = 0; file < LOG_FILES; file++) {
    await pool.query("select pg_logical_emit_message(false, 'bench', 'fills')");
    await pool.query('select pg_switch_wal()');
  }
  await pool.query('checkpoint');
}

async function measure(pool: Pool, { events, rounds }: Job): Promise<Figures> {
  let clock = new Clock();
  const ended = (delivery: Delivery) => clock.ended(delivery);
  const engine = new Engine({
    pool,
    partitions: await migrate(pool),
    process: deciding,
    targets: new Map([
      ['dallas', { target: new TimedTarget(4, 10, ended), policy: {} }],
      ['erp', { target: new TimedTarget(2, 30, ended), policy: {} }],
    ]),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  });
  await engine.start();
  const idle = new Clock();
  const flood = new Clock();
  let floodMs = 0;
  // What is met for the first time (plans, compiled code) is nobody's latency.
  await orders(engine, clock, 'warm', (sent) => sent < 50);
  for (let round = 0; round < rounds; round++) {
    clock = idle;
    await orders(engine, clock, `i${round}`, (sent) => sent < ORDERS_IDLE);
    clock = flood;
    const startedMs = performance.now();
    let draining = true;
    const drained = sendFlood(engine, pool, round, Math.ceil(events / rounds)).then(() => {
      draining = false;
      floodMs += performance.now() - startedMs;
    });
    await orders(engine, clock, `f${round}`, () => draining);
    await drained;
  }
  await engine.stop();
  const releaseMs = { idle: latency(idle.release), flood: latency(flood.release) };
  const sharedTargetMs = { idle: latency(idle.shared), flood: latency(flood.shared) };
  return {
    job: `${events} warehouse events in ${rounds} rounds beside ${ORDERS_PER_SECOND} orders a second, fsync on`,
    releaseMs,
    sharedTargetMs,
    p99Ratio: ratio(releaseMs),
    p99RatioSharedTarget: ratio(sharedTargetMs),
    floodEventsPerSecond: Math.round((events / floodMs) * 1000),
    orders: { idle: idle.release.length, flood: flood.release.length },
  };
}

/** One every 40 ms, whatever becomes of those before it. */
async function orders(
  engine: Engine,
  clock: Clock,
  phase: string,
  more: (sent: number) => boolean,
): Promise<void> {
  const startedMs = performance.now();
  const accepts: Promise<unknown>[] = [];
  for (let sent = 0; more(sent); sent++) {
    const id = `${phase}-${sent}`;
    clock.started(id);
    accepts.push(
      engine.intake.accept([{ source: 'crm', sourceId: id, key: id, type: 'order', payload: { pad: PAD } }]),
    );
    await pause(Math.max(0, startedMs + ((sent + 1) * 1000) / ORDERS_PER_SECOND - performance.now()));
  }
  await Promise.all(accepts);
  await pause(500);
}

/** Resolves when the flood's share of a round is accepted, processed and delivered. */
async function sendFlood(engine: Engine, pool: Pool, round: number, share: number): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  let next = 0;
  const send = async () => {
    for (let from = next; from < share && performance.now() < deadline; from = next) {
      next += PER_CALL;
      await engine.intake.accept(
        Array.from({ length: Math.min(PER_CALL, share - from) }, (_, n) => event(round, from + n)),
      );
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  while (performance.now() < deadline) {
    const { rows } = await pool.query<{ waiting: boolean }>(
      "select exists (select from message_waiting where lane = 'dallas') or exists (select from delivery where lane = 'dallas') as waiting",
    );
    if (rows[0]?.waiting === false) return;
    await pause(250);
  }
}

function event(round: number, n: number): IncomingMessage {
  return {
    source: 'dallas',
    sourceId: `${round}-${n}`,
    key: `st_${n % STOCK_KEYS}`,
    type: 'stock',
    payload: { pad: PAD },
  };
}

function latency(took: number[]): Latency {
  took.sort((a, b) => a - b);
  const at = (share: number) => Math.round((took[Math.floor(took.length * share)] ?? Number.NaN) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}

function ratio({ idle, flood }: { readonly idle: Latency; readonly flood: Latency }): number {
  return Math.round((flood.p99 / idle.p99) * 100) / 100;
}
