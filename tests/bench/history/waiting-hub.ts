import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate, openDatabase, partitionOf, WaitingCounts } from '@trunkline/journal';
import type { Pool } from 'pg';

const HUB = fileURLToPath(new URL('../../../apps/hub/src/cli.ts', import.meta.url));
/** As `npm run trunkline` starts it. */
const FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=50'];
const PATIENCE_MS = 180_000;
const SETTLE_MS = 20_000;

export interface WaitingHub {
  readonly messages: number;
  readonly deliveries: number;
  /** The highest resident size that the kernel saw. */
  readonly peakMegabytes: number;
  readonly endMegabytes: number;
  readonly counting: Counting;
}

/** What waits, counted, and as the overview tells it while the count is good. Milliseconds. */
interface Counting {
  readonly counted: number;
  readonly told: number;
}

/**
 * A whole hub that finds `waiting` messages and as many deliveries to a system that is down. It reads and ends the messages (nobody knows
 * their system any more) and keeps the deliveries, for which its breaker opens.
 */
export async function waitingHub(url: string, waiting: number): Promise<WaitingHub> {
  const pool = openDatabase({ url });
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-bench-hub-'));
  let hub: ChildProcess | undefined;
  try {
    const partitions = await migrate(pool);
    const keys = Array.from({ length: waiting }, (_, i) => `so_w${i}`);
    const parts = keys.map((key) => partitionOf(key, partitions));
    await pool.query(
      `with k as (select * from unnest($1::text[], $2::smallint[]) as k(key, part)), stored as (
         insert into message (part, class, key, source, source_id, type, payload)
         select part, 0, key, 'gone', key, 'event', json_build_object('pad', repeat('x', 950)) from k returning part, id, key
       ), waits as (insert into message_waiting (part, id, key) select part, id, key from stored)
       insert into delivery (part, class, target, key, message_id, type, flow, payload)
       select part, 0, 'erp', key, id, 'order.place', 'order-acceptance', json_build_object('pad', repeat('y', 950)) from stored`,
      [keys, parts],
    );
    const counting = await countWaiting(pool);
    const file = join(folder, 'trunkline.yaml');
    await writeFile(file, CONFIGURATION);
    hub = spawn(process.execPath, [...FLAGS, HUB, 'start', '-c', file], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: 'ignore',
    });
    const ended = new Promise<never>((_, reject) =>
      hub?.once('exit', (code) => reject(new Error(`The hub ended with ${code}.`))),
    );
    const deadline = performance.now() + PATIENCE_MS;
    for (let left = waiting; left > 0; ) {
      if (performance.now() > deadline) throw new Error(`${left} messages still wait.`);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500))]);
      const { rows } = await pool.query<{ count: number }>(
        'select count(*)::int as count from message_waiting',
      );
      left = rows[0]?.count ?? 0;
    }
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, SETTLE_MS))]);
    ended.catch(() => undefined);
    const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from delivery');
    const status = await readFile(`/proc/${hub.pid}/status`, 'utf8');
    const megabytes = (name: string) =>
      Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024);
    return {
      messages: waiting,
      deliveries: rows[0]?.count ?? 0,
      peakMegabytes: megabytes('VmHWM'),
      endMegabytes: megabytes('VmRSS'),
      counting,
    };
  } finally {
    if (hub !== undefined) {
      const gone = new Promise((resolve) => hub?.once('exit', resolve));
      if (hub.exitCode === null && hub.kill('SIGTERM')) await gone;
    }
    await pool.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Medians of 15. */
async function countWaiting(pool: Pool): Promise<Counting> {
  const counted: number[] = [];
  const told: number[] = [];
  for (let round = 0; round < 15; round++) {
    const counts = new WaitingCounts(pool);
    counted.push(await timed(() => counts.read()));
    told.push(await timed(() => counts.read()));
  }
  return { counted: middle(counted), told: middle(told) };
}

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await ask();
  return performance.now() - startedMs;
}

function middle(figures: readonly number[]): number {
  return Math.round(([...figures].sort((a, b) => a - b)[figures.length >> 1] ?? 0) * 10) / 10;
}

/** Port 9 (discard) of this machine: nothing listens. */
const CONFIGURATION = `
hub: { name: bench }
gateway: { port: 0 }
systems:
  crm:
    connector: salesforce
    instance: http://127.0.0.1:9
    auth: { flow: client_credentials, clientId: bench, clientSecret: bench-secret }
    currency: USD
  erp: { connector: odoo, url: "http://127.0.0.1:9", database: bench, apiKey: bench-key }
  dallas: { connector: warehouse-rest, url: "http://127.0.0.1:9", site: DAL, token: bench-token, webhookSecret: whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB }
sites:
  DAL: { executes: dallas, odooWarehouse: DAL, timezone: America/Chicago }
routes:
  - { site: DAL }
`;
