/**
 * Real: `trunkline demo` as a process with all of its children (simulators, hub, embedded PostgreSQL), SIGKILL, then `--resume`. Nothing is
 * doubled beyond the demo's own simulators. Observed: which processes live, the CRM's summary, the exit code and report of the second run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Random } from '../../apps/hub/src/demo/demand/random.ts';
import { until } from '../landscape/until.ts';

const SEED = Number(process.env['TRUNKLINE_TEST_SEED'] ?? 13);
const ORDERS = 40;
const CLI = resolve(import.meta.dirname, '../../apps/hub/src/cli.ts');
const left: { state: string; demo: ChildProcess }[] = [];

afterEach(async ({ task }) => {
  for (const { state, demo } of left.splice(0)) {
    const children = descendants(demo.pid ?? 0);
    demo.kill('SIGKILL');
    await until('all its processes are gone', () => !children.some(lives), { withinMs: 40_000 });
    if (task.result?.state === 'fail') console.error(`What the demo left is in ${state}`);
    else await rm(state, { recursive: true, force: true });
  }
});

function startDemo(state: string, ...more: readonly string[]): { demo: ChildProcess; printed: () => string } {
  const args = ['demo', '--headless', '--orders', String(ORDERS), '--seed', String(SEED), ...more];
  const { DATABASE_URL: _none, ...env } = process.env;
  const demo = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, TRUNKLINE_STATE: state },
  });
  let printed = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  return { demo, printed: () => printed };
}

/** Units that the CRM was told to be shipped; undefined while there is no CRM. */
async function unitsShipped(state: string): Promise<number | undefined> {
  const file = join(state, 'batch', 'trunkline.yaml');
  if (!existsSync(file)) return undefined;
  const crm = /^ +instance: (\S+)$/m.exec(await readFile(file, 'utf8'))?.[1] ?? '';
  const response = await fetch(`${crm}/_sim/summary`).catch(() => undefined);
  if (response === undefined) return undefined;
  const summary = (await response.json()) as { trunklineOrders: { units: { shipped: string } } };
  return Number(summary.trunklineOrders.units.shipped);
}

test.each([
  { killed: 'the demo, which is the parent of all', withHub: false },
  { killed: 'the hub and the demo at once', withHub: true },
])(
  'kill -9 of $killed: no process stays, and --resume completes the run',
  async ({ withHub }) => {
    const state = await mkdtemp(join(tmpdir(), 'trunkline-demo-killed-'));
    const first = startDemo(state);
    left.push({ state, demo: first.demo });
    const moment = 1 + new Random(SEED + Number(withHub)).below(200);
    console.log(`seed ${SEED}, killed at ${moment} units shipped`);
    await until('the run is on its way', async () => ((await unitsShipped(state)) ?? 0) >= moment, {
      withinMs: 60_000,
      seen: first.printed,
    });
    const pid = first.demo.pid ?? 0;
    const children = descendants(pid);
    expect(children.length).toBeGreaterThanOrEqual(5);
    const hub = children.find((child) => commandOf(child).includes('trunkline.yaml'));
    if (withHub) process.kill(hub ?? 0, 'SIGKILL');
    first.demo.kill('SIGKILL');
    // An embedded server outlives a hub that could not stop it; the resumed run re-attaches to it.
    const mayStay = (child: number) => withHub && commandOf(child).includes('postgres');
    await until(
      'its processes end by themselves',
      () => !children.some((child) => lives(child) && !mayStay(child)),
      {
        withinMs: 40_000,
        seen: () => children.filter(lives).map(commandOf),
      },
    );

    const second = startDemo(state, '--resume');
    left.push({ state, demo: second.demo });
    const [code] = (await once(second.demo, 'close')) as [number | null];
    expect(code, second.printed()).toBe(0);
    const report: unknown = JSON.parse(second.printed().trim().split('\n').at(-1) ?? '');
    expect(report).toMatchObject({ orders: ORDERS, lost: 0, duplicated: 0, exceptions: 0 });
  },
  180_000,
);

/** Linux's own account: the children of a process, and theirs. */
function descendants(pid: number): readonly number[] {
  let children: readonly number[];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** A zombie has an empty command line: it has ended, and only waits to be reaped. */
function lives(pid: number): boolean {
  return commandOf(pid) !== '';
}
