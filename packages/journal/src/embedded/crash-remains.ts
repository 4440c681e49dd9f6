import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.ts';
import { processesWorkingIn } from './process-identity.ts';
import { readIfPresent } from './state-directory.ts';

const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/**
 * After a crash `postmaster.pid` stays, and PostgreSQL refuses to start while any process of the same user
 * happens to carry its number. It may be removed only when no server process works in the directory any
 * more: backends of a killed postmaster notice within moments. Call only when no postmaster runs. Where
 * that can't be seen (no /proc) the file is left for PostgreSQL to judge.
 */
export async function clearCrashRemains(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  if ((await readIfPresent(pidFile)) === undefined || process.platform !== 'linux') return;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const remaining = processesWorkingIn(dataDir);
    if (remaining.length === 0) break;
    if (Date.now() > deadline) throw stillWorking(dataDir, remaining);
    await delay(POLL_MS);
  }
  await rm(pidFile, { force: true });
}

function stillWorking(dataDir: string, pids: number[]): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'START_FAILED',
    `The embedded PostgreSQL can't start: processes of an earlier server still work in ${dataDir} (${pids.join(', ')}). End them, then start again.`,
  );
}
