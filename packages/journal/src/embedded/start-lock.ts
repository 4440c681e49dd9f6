import { link, rename, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError, errnoOf } from './errors.ts';
import { isAlive, startTimeOf } from './process-identity.ts';
import { createExclusively, readIfPresent } from './state-directory.ts';

const POLL_MS = 50;

/**
 * Runs `work` alone among all processes that start this state directory. The lock lasts for the start only,
 * not for the server's life. PostgreSQL's own postmaster.pid and the atomic rename of a fresh cluster stand
 * behind it, so losing this lock could cost a failed start but no data.
 */
export async function withStartLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, started: startTimeOf(process.pid), nonce: nextNonce() });
  const deadline = Date.now() + timeoutMs;
  while (!(await createExclusively(path, mine, 0o644))) {
    const theirs = await readIfPresent(path);
    if (theirs !== undefined && isStale(theirs)) await removeStale(path, theirs);
    else if (Date.now() > deadline) throw lockTimeout(path, theirs);
    else await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    if ((await readIfPresent(path)) === mine) await rm(path, { force: true });
  }
}

let nonce = 0;
function nextNonce(): number {
  nonce += 1;
  return nonce;
}

function isStale(content: string): boolean {
  try {
    const { pid, started } = JSON.parse(content) as { pid: number; started?: string };
    return !isAlive(pid) || startTimeOf(pid) !== started;
  } catch {
    return true;
  }
}

/** Two finders of one stale lock: the rename has one winner, and it puts back a lock that was fresh by then. */
async function removeStale(path: string, expected: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
    if ((await readIfPresent(aside)) !== expected) await link(aside, path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' && errno !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function lockTimeout(path: string, holder: string | undefined): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'START_TIMEOUT',
    `Another process has been starting the embedded PostgreSQL for too long (${path} says ${holder ?? 'nothing'}). End that process, then start again.`,
  );
}
