/**
 * Several `trunkline start` processes on one database, each with roles of its own. Real: the processes, their signals, HTTP, PostgreSQL.
 * The configured systems are not there (port 1 of this machine). Observed: who owns the partitions, what `status` and `doctor` say.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { until } from '../../../tests/landscape/until.ts';
import { configurationFile, RIGHT } from './support/configuration-file.ts';
import { RunningCommand, trunkline } from './support/trunkline.ts';

vi.setConfig({ testTimeout: 120_000 });

const ALONE = RIGHT.replaceAll(/https:\/\/[\w.]+/g, 'http://127.0.0.1:1').replace('8470', '0');

interface NodeJson {
  readonly alive: boolean;
  readonly roles: readonly string[];
  readonly address: string | null;
  readonly partitions: readonly number[];
}

let database: TestDatabase;
let file: string;
beforeAll(async () => {
  database = await createTestDatabase();
  file = configurationFile(ALONE);
});
afterAll(() => database.drop());

async function started(...args: string[]): Promise<{ hub: RunningCommand; url: string | null }> {
  const hub = new RunningCommand(['start', '--json', '-c', file, ...args], { DATABASE_URL: database.url });
  const { listening } = JSON.parse(await hub.printed(/\n/)) as { listening: string | null };
  return { hub, url: listening };
}

async function nodes(): Promise<{ living: readonly NodeJson[]; unowned: readonly number[] }> {
  const { stdout, stderr } = await trunkline(['status', '--json', '-c', file], {
    DATABASE_URL: database.url,
  });
  expect(stderr).toBe('');
  const seen = JSON.parse(stdout) as { nodes: NodeJson[]; unownedPartitions: number[] };
  return { living: seen.nodes.filter(({ alive }) => alive), unowned: seen.unownedPartitions };
}

const held = (of: readonly NodeJson[], role: string) =>
  of.filter(({ roles }) => roles.includes(role)).map(({ partitions }) => partitions.length);

it('each does its part: a gateway owns nothing, workers share all, and take over within a lease', async () => {
  const gateway = await started('--role', 'gateway');
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  expect(await nodes()).toMatchObject({
    living: [{ roles: ['gateway'], address: gateway.url, partitions: [] }],
    unowned: [0, 1, 2, 3, 4, 5, 6, 7],
  });
  const ill = await trunkline(['doctor', '--json', '-c', file], { DATABASE_URL: database.url });
  expect(ill.stdout).toContain('No living node has the role worker.');
  expect(ill.stdout).toContain('No living node has the role scheduler.');

  const silent = await started('--role', 'worker,scheduler');
  expect(silent.url, 'a worker listens nowhere unless it is told to').toBeNull();
  const probed = await started('--role', 'worker', '--port', '0');
  expect((await fetch(`${probed.url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${probed.url}/metrics`)).text()).toContain('trunkline_messages_waiting 0');
  expect((await fetch(`${probed.url}/webhooks/dallas`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${probed.url}/api/v1/overview`)).status).toBe(404);

  await until('the workers share the partitions evenly', async () => {
    const { living } = await nodes();
    return String(held(living, 'worker')) === '4,4' && String(held(living, 'gateway')) === '0';
  });
  const shown = await trunkline(['status', '-c', file], { DATABASE_URL: database.url });
  expect(shown.stdout).toMatch(/\/\d+ +worker, scheduler +(\d-\d|\d, )/);

  silent.hub.signal('SIGKILL');
  await until('the other has all', async () => String(held((await nodes()).living, 'worker')) === '8');

  const third = await started('--role', 'worker');
  await until('it has half', async () => String(held((await nodes()).living, 'worker')) === '4,4');
  probed.hub.signal('SIGTERM');
  expect((await probed.hub.ended()).code).toBe(0);
  await until('the one that stays has all', async () => {
    const { living, unowned } = await nodes();
    return String(held(living, 'worker')) === '8' && unowned.length === 0;
  });
  for (const { hub } of [gateway, third]) {
    hub.signal('SIGTERM');
    expect((await hub.ended()).code).toBe(0);
  }
});

it('refuses a role that there is not, before it opens anything', async () => {
  const { code, stdout, stderr } = await trunkline(['start', '-c', file, '--role', 'wrker'], {
    DATABASE_URL: database.url,
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('--role names the role "wrker", which there is not.');
});
