import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { stopPostmaster } from '../../src/embedded/postmaster.ts';
import { readPostmaster } from '../../src/embedded/postmaster-pid.ts';

const made: string[] = [];

export interface Surroundings {
  /** The mode of the folder around the state directory; 0700 unless told. */
  readonly mode?: number;
  /** Makes the state directory beforehand and gives it to this account. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** A state directory of its own; after each test whatever server runs in it is ended. */
export function temporaryStateDirectory({ mode = 0o700, owner }: Surroundings = {}): string {
  const outer = mkdtempSync(join(tmpdir(), 'trunkline-embedded-'));
  made.push(outer);
  chmodSync(outer, mode);
  const stateDir = join(outer, 'state');
  if (owner !== undefined) {
    mkdirSync(stateDir, { mode: 0o700 });
    chownSync(stateDir, owner.uid, owner.gid);
  }
  return stateDir;
}

afterEach(async () => {
  for (const outer of made) {
    const dataDir = join(outer, 'state', 'postgres', 'data');
    const running = await readPostmaster(dataDir);
    if (running !== undefined) await stopPostmaster(running.pid, dataDir, undefined);
  }
});

afterAll(() => {
  for (const outer of made) rmSync(outer, { recursive: true, force: true });
});
