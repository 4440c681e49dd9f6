import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError, errnoOf } from './errors.ts';
import { isAlive } from './process-identity.ts';
import { invocationAs, type ServerAccount } from './server-account.ts';
import { readIfPresent, type StatePaths } from './state-directory.ts';
import { explainServerOutput } from './server-output.ts';

export const SUPERUSER = 'trunkline';
const DRAFT = 'data.new.';

/**
 * Makes the data directory unless it exists. initdb works in a draft that is renamed when complete, so a
 * crash in the middle leaves no half-made `data`, and of two makers one wins.
 */
export async function ensureCluster(
  paths: StatePaths,
  binaries: Binaries,
  account: ServerAccount | undefined,
  password: string,
): Promise<void> {
  if (await isCluster(paths.data, binaries.majorVersion)) return;
  await removeAbandonedDrafts(paths.root);
  const draft = join(paths.root, `${DRAFT}${process.pid}`);
  const secret = `${draft}.secret`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(secret, `${password}\n`, { mode: 0o600 });
    if (account !== undefined) {
      for (const path of [draft, secret]) await chown(path, account.uid, account.gid);
    }
    await runInitdb(binaries, account, draft, secret);
    await adopt(draft, paths.data);
  } finally {
    await rm(secret, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function isCluster(dataDir: string, wantedMajor: string): Promise<boolean> {
  const found = (await readIfPresent(join(dataDir, 'PG_VERSION')))?.trim();
  if (found === wantedMajor) return true;
  if (found !== undefined) {
    throw new EmbeddedPostgresError(
      'OTHER_MAJOR_VERSION',
      `The data in ${dataDir} was written by PostgreSQL ${found}, and this Trunkline brings PostgreSQL ${wantedMajor}, which can't read it. Dump it with the Trunkline version that wrote it (pg_dumpall) and restore into a fresh folder, or move ${dataDir} away to start empty.`,
    );
  }
  const entries = await readdir(dataDir).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  if (entries.length === 0) return false;
  throw new EmbeddedPostgresError(
    'NOT_A_DATA_DIRECTORY',
    `${dataDir} holds files but no PostgreSQL data (PG_VERSION is missing). Move it away, then start again.`,
  );
}

async function runInitdb(
  binaries: Binaries,
  account: ServerAccount | undefined,
  dataDir: string,
  passwordFile: string,
): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const args = ['-D', dataDir, ...access, ...locale, '--no-instructions'];
  const { command, args: argv, options } = invocationAs(account, binaries.initdb, args);
  try {
    await promisify(execFile)(command, argv, options);
  } catch (cause) {
    const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    throw explainServerOutput(stderr, dataDir, cause);
  }
}

async function adopt(draft: string, dataDir: string): Promise<void> {
  try {
    await rename(draft, dataDir);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOTEMPTY' && errno !== 'EEXIST') throw error;
  }
}

async function removeAbandonedDrafts(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(DRAFT)) continue;
    const maker = Number.parseInt(name.slice(DRAFT.length), 10);
    if (maker === process.pid || !isAlive(maker)) {
      await rm(join(root, name), { recursive: true, force: true });
    }
  }
}
