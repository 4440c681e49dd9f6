/**
 * The warehouse as a process of its own: its one line, its ends, its state file. Real: child processes, signals,
 * files, sockets. Doubled: the hub, by a recording receiver.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, put, release, SECRET, startWarehouse, TOKEN } from './depositor.ts';
import { Receiver } from './receiver.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let folder: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warehouse-simulator-'));
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(folder, { recursive: true });
});

async function listening(child: ChildProcess): Promise<string> {
  children.push(child);
  const [line] = await once(createInterface({ input: child.stdout as Readable }), 'line');
  return JSON.parse(line).listening;
}

async function failure(args: string[]): Promise<{ code: number; told: string }> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  children.push(child);
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, told };
}

describe('a warehouse process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s and leaves its state', async (signal) => {
    const state = join(folder, 'state.json');
    const child = spawn(process.execPath, [
      MAIN,
      '--token',
      TOKEN,
      '--state',
      state,
      '--pick-delay-ms',
      '3600000',
    ]);
    const url = await listening(child);
    await call(`${url}/v1/releases/S-1`, 'PUT', release('S-1'));
    child.kill(signal);
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(state, 'utf8')).state.floor.releases).toHaveLength(1);
  });

  it('ends when the parent that forked it goes away', async () => {
    const child = fork(MAIN, ['--port', '0'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    await listening(child);
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('says what is wrong with its flags, its port and its state file, and exits 2', async () => {
    const state = join(folder, 'broken.json');
    writeFileSync(state, '{"format":"something else"}');
    const taken = await startWarehouse();
    const port = new URL(taken.url).port;
    const flag = await failure(['--short-rate', 'many']);
    const secret = await failure(['--webhook-secret', 'plain']);
    const inUse = await failure(['--port', port]);
    const file = await failure(['--state', state]);
    await taken.close();
    expect([flag.code, secret.code, inUse.code, file.code]).toEqual([2, 2, 2, 2]);
    expect(flag.told).toContain('--short-rate takes a number from 0 to 1; "many" is none.');
    expect(secret.told).toContain('openssl rand -base64 32');
    expect(inUse.told).toContain('choose another --port');
    expect(file.told).toContain('move this one away to start empty');
  });
});

describe('a restart', () => {
  it('sends what nobody had acknowledged, under the same id, and finishes what was half done', async () => {
    const stateFile = join(folder, 'state.json');
    const refusing = await Receiver.listen(() => 500);
    const first = await startWarehouse({ stateFile, webhookUrl: refusing.url });
    await put(first, release('S-2'));
    await refusing.until((arrivals) => arrivals.length > 0);
    await first.close();
    await refusing.close();

    const waiting = await startWarehouse({ stateFile, pickDelayMs: 3_600_000 });
    await put(waiting, release('S-3'));
    await waiting.close();

    const receiver = await Receiver.listen();
    const second = await startWarehouse({ stateFile, webhookUrl: receiver.url, webhookSecret: SECRET });
    await receiver.untilEnded(['S-2', 'S-3']);
    const repeated = await put(second, release('S-2'));
    await second.close();
    await receiver.close();
    expect(receiver.ofRelease('S-2')[0]?.id).toBe(refusing.arrivals[0]?.id);
    expect(receiver.ofRelease('S-2').map(({ event }) => event.data.sequence)).toEqual([1, 2]);
    expect(receiver.ofRelease('S-3').map(({ event }) => event.data.sequence)).toEqual([1, 2]);
    expect(repeated.status).toBe(200);
  });
});
