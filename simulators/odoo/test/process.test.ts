/**
 * The program as the demo starts it: announces itself, keeps its state over a restart, goes when its parent does.
 * Real: child processes, files in a temporary folder. Doubled: nothing.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Client } from './client.ts';

// A child takes a second to start on a busy machine, and a test starts up to three.
vi.setConfig({ testTimeout: 30_000 });

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulated-odoo-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function launch(args: string[], ipc = false): ChildProcess {
  const stdio: ('pipe' | 'ipc')[] = ipc ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio });
  children.push(child);
  return child;
}

async function listening(child: ChildProcess): Promise<Client> {
  const [line] = (await once(createInterface(child.stdout as Readable), 'line')) as [string];
  return new Client((JSON.parse(line) as { listening: string }).listening);
}

test('keeps its records over a restart', async () => {
  const state = join(folder, 'odoo.json');
  const first = launch(['--port', '0', '--state', state]);
  const before = await listening(first);
  await before.call('res.partner', 'load', { fields: ['id', 'name'], data: [['hub.kept', 'Kept']] });
  first.kill('SIGTERM');
  expect(await once(first, 'exit')).toEqual([0, null]);
  expect(await readdir(folder)).toEqual(['odoo.json']);

  const after = await listening(launch(['--state', state]));
  const again = await after.call<{ ids: number[] }>('res.partner', 'load', {
    fields: ['id', 'name'],
    data: [['hub.kept', 'Kept']],
  });
  expect(await after.call('res.partner', 'search', { domain: [['name', '=', 'Kept']] })).toEqual(again.ids);
});

test('ends when the channel to its parent closes', async () => {
  const child = launch(['--port', '0'], true);
  await listening(child);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('ends with its input only when asked to watch it', async () => {
  const watching = launch(['--watch-stdin']);
  await listening(watching);
  watching.stdin?.end();
  expect(await once(watching, 'exit')).toEqual([0, null]);

  const ignoring = launch([]);
  const client = await listening(ignoring);
  ignoring.stdin?.end();
  expect(await client.call('res.partner', 'search_count', { domain: [] })).toBeGreaterThan(0);
});

test('refuses a series that it does not simulate, with the ones it does', async () => {
  const child = launch(['--series', '15.0']);
  const lines: string[] = [];
  createInterface(child.stderr as Readable).on('line', (line) => lines.push(line));
  expect(await once(child, 'close')).toEqual([2, null]);
  expect(lines[0]).toContain('take one of 19.0, 18.0, 17.0, 16.0');
});
