import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ORDERS = 3000;
const CLI = fileURLToPath(new URL('../../apps/hub/src/cli.ts', import.meta.url));

interface Figures {
  readonly job: string;
  readonly ordersPerSecond: number;
  readonly seconds: number;
  /** From the command to the first order that the CRM is told is in Odoo, every process cold. */
  readonly secondsToFirstOrder: number;
  readonly lost: number;
  readonly duplicated: number;
  /** The hub's process alone, at its highest. */
  readonly hubPeakRssMegabytes: number;
}

/**
 * Whole order threads, from a deal won in the CRM to its CRM status after shipment, on simulators that answer at once. Everything
 * shares this machine: simulators, Postgres, hub and the counting.
 */
export async function threadsBench(): Promise<Figures> {
  const state = await mkdtemp(join(tmpdir(), 'trunkline-threads-'));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [CLI, 'demo', '--headless', '--orders', String(ORDERS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TRUNKLINE_STATE: state },
  });
  try {
    const peak = watchPeak(child, state);
    const firstOrder = watchFirstOrder(child, state, startedAt);
    const output = await textOf(child);
    const report = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
    return {
      job: `${ORDERS} generated orders, CRM to shipped and back`,
      ordersPerSecond: report['ordersPerSecond'] ?? Number.NaN,
      seconds: report['seconds'] ?? Number.NaN,
      secondsToFirstOrder: await firstOrder,
      lost: report['lost'] ?? Number.NaN,
      duplicated: report['duplicated'] ?? Number.NaN,
      hubPeakRssMegabytes: await peak,
    };
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

async function textOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}

/** The kernel's own high-water mark (VmHWM) of the hub, read each second while it lives. Linux only. */
async function watchPeak(child: ChildProcess, state: string): Promise<number> {
  let peak = 0;
  while (child.exitCode === null) {
    const pid = await hubOf(state);
    if (pid !== undefined) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return Math.round(peak / 1024);
}

async function hubOf(state: string): Promise<string | undefined> {
  const found = await promisify(execFile)('pgrep', ['-f', `cli.ts start -c ${state}`]).catch(() => undefined);
  return found?.stdout.trim().split('\n')[0];
}

/** Asks the simulated CRM for its first order number, each 50 ms until there is one. */
async function watchFirstOrder(child: ChildProcess, state: string, startedAt: number): Promise<number> {
  while (child.exitCode === null) {
    const configuration = await readFile(join(state, 'batch', 'trunkline.yaml'), 'utf8').catch(() => '');
    const crm = /instance: (\S+)/.exec(configuration)?.[1];
    if (crm !== undefined && (await hasOrder(crm)))
      return Math.round((performance.now() - startedAt) / 10) / 100;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Number.NaN;
}

async function hasOrder(crm: string): Promise<boolean> {
  const answer = await fetch(`${crm}/_sim/orders?limit=2000`).catch(() => undefined);
  const page = (await answer?.json()) as { records?: { Order_Number__c: string | null }[] } | undefined;
  return page?.records?.some((record) => record.Order_Number__c !== null) ?? false;
}
