import { join } from 'node:path';
import { isPostmasterOf } from './process-identity.ts';
import { readIfPresent } from './state-directory.ts';

export interface RunningPostmaster {
  readonly pid: number;
  readonly port: number;
  /** PostgreSQL's own word in line 8: "starting", "stopping", "ready" or "standby". */
  readonly status: string;
}

/**
 * Reads `postmaster.pid` (PostgreSQL: src/include/utils/pidfile.h; one value a line: pid, data directory,
 * start time, port, socket directory, listen address, shared memory key, status) and answers only for a
 * live postmaster of exactly this data directory. A file left by a crash gives undefined.
 */
export async function readPostmaster(dataDir: string): Promise<RunningPostmaster | undefined> {
  const lines = (await readIfPresent(join(dataDir, 'postmaster.pid')))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isPostmasterOf(pid, dataDir)) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? 'starting').trim() };
}
