/** The org as a process of its own: its one line, its ends, its state file. Real: child processes, signals, files, sockets. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client, DEAL } from './client.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
let folder: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'salesforce-simulator-'));
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

describe('an org process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends cleanly on %s, and the next one goes on from its state',
    async (signal) => {
      const stateFile = join(folder, 'state.json');
      const child = spawn(process.execPath, [MAIN, '--state', stateFile]);
      const url = await listening(child);
      await fetch(`${url}/_sim/seed`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          opportunities: [{ externalId: 'D-1', lines: [{ productCode: 'P', quantity: 2, unitPrice: 1 }] }],
        }),
      });
      child.kill(signal);
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);

      const next = await Client.of({ stateFile });
      const { body } = await next.query(
        "SELECT Amount, (SELECT Quantity FROM OpportunityLineItems) FROM Opportunity WHERE Demand_Id__c = 'D-1'",
      );
      const id = await next.create('Opportunity', DEAL);
      await next.org.close();
      expect(body.records).toMatchObject([
        { Amount: 2, OpportunityLineItems: { records: [{ Quantity: 2 }] } },
      ]);
      expect(id).not.toBe(body.records[0]?.['Id']);
    },
  );

  it('ends when the parent that forked it goes away', async () => {
    const child = fork(MAIN, [], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    await listening(child);
    child.disconnect();
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });

  it('says what is wrong with its flags, its key, its port and its state file, and exits 2', async () => {
    const file = join(folder, 'broken');
    writeFileSync(file, 'neither JSON nor PEM');
    const taken = await Client.of();
    const flag = await failure(['--daily-limit', 'many']);
    const noKey = await failure(['--jwt-public-key', join(folder, 'nothing')]);
    const badKey = await failure(['--jwt-public-key', file]);
    const inUse = await failure(['--port', new URL(taken.org.url).port]);
    const state = await failure(['--state', file]);
    await taken.org.close();
    expect([flag, noKey, badKey, inUse, state].map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
    expect(flag.told).toContain('--daily-limit takes a whole number');
    expect(noKey.told).toContain('openssl rsa -in private.pem -pubout');
    expect(badKey.told).toContain('openssl rsa -in private.pem -pubout');
    expect(inUse.told).toContain('choose another --port');
    expect(state.told).toContain('Move it away to start empty');
  });
});
