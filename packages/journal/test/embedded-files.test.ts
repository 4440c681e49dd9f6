// Real: the file system, and PostgreSQL where a log is written. Nothing is doubled but the package folder
// whose library links are made.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createLibraryLinks } from '../src/embedded/binaries.ts';
import { findRunningEmbedded, startEmbeddedPostgres } from '../src/embedded/index.ts';
import { withStartLock } from '../src/embedded/start-lock.ts';
import { CLOSED_CHECKOUT, isCheckoutOpen } from './support/checkout.ts';
import { temporaryStateDirectory } from './support/state-directories.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-embedded-files-'));
  folders.push(folder);
  return folder;
}

function packageWithoutLinks(): string {
  const native = join(temporaryFolder(), 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  const links = [
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' },
  ];
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  return native;
}

test('library links are made, relative to their folder, by many starters at once', async () => {
  const native = packageWithoutLinks();
  await Promise.all([1, 2, 3, 4, 5].map(() => createLibraryLinks(native)));
  expect(readlinkSync(join(native, 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(readlinkSync(join(native, 'lib', 'libpq.so'))).toBe('libpq.so.5.18');
});

test('a package folder that this user may not write is a sentence, unless its links are there', ({
  skip,
}) => {
  if (process.getuid?.() !== 0) skip('only root can act as two users');
  if (!isCheckoutOpen()) skip(CLOSED_CHECKOUT);
  const native = packageWithoutLinks();
  chmodSync(join(native, '..'), 0o755);
  const module = fileURLToPath(new URL('../src/embedded/binaries.ts', import.meta.url));
  const script = `import { createLibraryLinks } from ${JSON.stringify(module)};
    createLibraryLinks(${JSON.stringify(native)}).then(() => console.log('made'), (e) => console.log(e.code));`;
  const asOther = (): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      uid: 1,
      gid: 1,
      cwd: '/',
      encoding: 'utf8',
    });
  expect(asOther().trim()).toBe('BINARIES_READ_ONLY');
  execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(asOther().trim()).toBe('made');
});

test('the log is bounded: beyond 8 MB the next start keeps the old part aside and begins anew', async () => {
  const stateDir = temporaryStateDirectory();
  await (await startEmbeddedPostgres({ stateDir })).stop();
  const log = join(stateDir, 'postgres', 'postgres.log');
  truncateSync(log, 9 * 1024 * 1024);
  await startEmbeddedPostgres({ stateDir });
  expect(statSync(`${log}.1`).size).toBe(9 * 1024 * 1024);
  expect(statSync(log).size).toBeLessThan(64 * 1024);
});

test('where no server was ever started, none is found and nothing is made', async () => {
  const stateDir = temporaryStateDirectory();
  expect(await findRunningEmbedded(stateDir)).toBeUndefined();
  expect(statSync(stateDir, { throwIfNoEntry: false })).toBeUndefined();
});

test('the start lock lets one in at a time, within one process too', async () => {
  const lock = join(temporaryFolder(), 'start.lock');
  let inside = 0;
  let most = 0;
  const visit = (): Promise<void> =>
    withStartLock(lock, 10_000, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    });
  await Promise.all([1, 2, 3, 4].map(visit));
  expect(most).toBe(1);
  expect(statSync(lock, { throwIfNoEntry: false })).toBeUndefined();
});

test('a lock whose holder lives is waited for, then named', async () => {
  const lock = join(temporaryFolder(), 'start.lock');
  await withStartLock(lock, 1_000, async () => {
    await expect(withStartLock(lock, 100, async () => {})).rejects.toMatchObject({
      code: 'START_TIMEOUT',
      message: expect.stringContaining(`"pid":${process.pid}`),
    });
  });
});
