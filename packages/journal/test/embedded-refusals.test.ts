// Real: PostgreSQL, files, a mounted full disk (where this user may mount). Nothing is doubled.
// Each promise here: a failure that an operator can mend is a sentence with its remedy, and a stable code.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '../src/embedded/index.ts';
import { readPostmaster } from '../src/embedded/postmaster-pid.ts';
import { temporaryStateDirectory } from './support/state-directories.ts';

async function refusal(options: Parameters<typeof startEmbeddedPostgres>[0]): Promise<EmbeddedPostgresError> {
  const outcome = await startEmbeddedPostgres(options).then(
    () => 'it started',
    (error: unknown) => error,
  );
  if (outcome instanceof EmbeddedPostgresError) return outcome;
  throw new Error(`expected a refusal, got: ${String(outcome)}`);
}

test('data of another major version', async () => {
  const stateDir = temporaryStateDirectory();
  mkdirSync(join(stateDir, 'postgres', 'data'), { recursive: true });
  writeFileSync(join(stateDir, 'postgres', 'data', 'PG_VERSION'), '17\n');
  writeFileSync(join(stateDir, 'postgres', 'password'), 'old\n');
  const error = await refusal({ stateDir });
  expect(error.code).toBe('OTHER_MAJOR_VERSION');
  expect(error.message).toMatch(/PostgreSQL 17.*PostgreSQL 18.*pg_dumpall/s);
});

test('a data folder that holds something else', async () => {
  const stateDir = temporaryStateDirectory();
  mkdirSync(join(stateDir, 'postgres', 'data'), { recursive: true });
  writeFileSync(join(stateDir, 'postgres', 'data', 'holiday.jpg'), '');
  expect((await refusal({ stateDir })).code).toBe('NOT_A_DATA_DIRECTORY');
});

test('a port that is taken', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const error = await refusal({ stateDir: temporaryStateDirectory(), port });
    expect(error.code).toBe('PORT_IN_USE');
    expect(error.message).toContain(`port ${port}: another program has it`);
  } finally {
    other.close();
  }
});

test('a lost or exchanged password file', async () => {
  const stateDir = temporaryStateDirectory();
  await (await startEmbeddedPostgres({ stateDir })).stop();
  const password = join(stateDir, 'postgres', 'password');
  writeFileSync(password, 'another\n');
  expect((await refusal({ stateDir })).code).toBe('PASSWORD_REFUSED');
  expect(await readPostmaster(join(stateDir, 'postgres', 'data'))).toBeUndefined();
  rmSync(password);
  expect((await refusal({ stateDir })).code).toBe('PASSWORD_MISSING');
});

test('a setting that PostgreSQL refuses: its own words', async () => {
  const stateDir = temporaryStateDirectory();
  const error = await refusal({ stateDir, settings: { shared_buffers: 'plenty' } });
  expect(error.code).toBe('START_FAILED');
  expect(error.message).toContain('invalid value for parameter "shared_buffers"');
});

function mountTinyDisk(at: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,mode=0755', 'tmpfs', at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a full disk', async ({ skip }) => {
  const stateDir = temporaryStateDirectory();
  mkdirSync(stateDir);
  if (!mountTinyDisk(stateDir)) skip('this user may not mount a small file system');
  try {
    const error = await refusal({ stateDir });
    expect(error.code).toBe('DISK_FULL');
    expect(error.message).toContain('Free some space');
  } finally {
    execFileSync('umount', [stateDir]);
  }
});
