import { execFile, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { type RunningPostmaster, readPostmaster } from './postmaster-pid.ts';
import { isPostmasterOf } from './process-identity.ts';
import { invocationAs, type ServerAccount } from './server-account.ts';
import { openLog, readLogFrom } from './server-log.ts';
import { explainServerOutput } from './server-output.ts';
import { settingArguments } from './settings.ts';
import type { StatePaths } from './state-directory.ts';

const POLL_MS = 20;
const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;

export interface Launch {
  readonly paths: StatePaths;
  readonly binaries: Binaries;
  readonly account: ServerAccount | undefined;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Resolves when the server says that it is ready; it runs in a session of its own, so Ctrl-C doesn't reach it. */
export async function launchPostmaster(launch: Launch): Promise<RunningPostmaster> {
  const { paths, binaries, account, port, settings } = launch;
  const log = openLog(paths.log);
  const args = ['-D', paths.data, ...settingArguments(port, settings)];
  const invocation = invocationAs(account, binaries.postgres, args);
  const child = spawn(invocation.command, invocation.args, {
    ...invocation.options,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  closeSync(log.fd);
  child.unref();
  let spawnFailure: Error | undefined;
  child.once('error', (error) => {
    spawnFailure = error;
  });
  const deadline = Date.now() + launch.timeoutMs;
  while (Date.now() < deadline) {
    await delay(POLL_MS);
    if (spawnFailure !== undefined) throw spawnFailure;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw explainServerOutput(readLogFrom(paths.log, log.offset), paths.data);
    }
    const running = await readPostmaster(paths.data);
    if (running?.status === 'ready' && running.pid === child.pid) return running;
  }
  child.kill('SIGQUIT');
  throw startTimeout(paths, launch.timeoutMs);
}

/** A server that is starting or stopping settles; undefined: it has gone. */
export async function settled(paths: StatePaths, timeoutMs: number): Promise<RunningPostmaster | undefined> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const running = await readPostmaster(paths.data);
    if (running === undefined || running.status === 'ready') return running;
    await delay(POLL_MS);
  }
  throw startTimeout(paths, timeoutMs);
}

function startTimeout(paths: StatePaths, timeoutMs: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'START_TIMEOUT',
    `The embedded PostgreSQL was not ready within ${timeoutMs / 1000} s; after a crash with much unwritten data, or on a slow disk, it needs longer. See ${paths.log}, then start again.`,
  );
}

/** Fast shutdown (sessions are cut, data is written out), then immediate (recovery at the next start), then SIGKILL. */
export async function stopPostmaster(pid: number, dataDir: string, pgCtl: string | undefined): Promise<void> {
  if (process.platform === 'win32' && pgCtl !== undefined) {
    await promisify(execFile)(pgCtl, ['stop', '-D', dataDir, '-m', 'fast', '-w', '-s']);
    return;
  }
  for (const [signal, patience] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
    ['SIGKILL', IMMEDIATE_STOP_MS],
  ] as const) {
    if (!isPostmasterOf(pid, dataDir)) return;
    process.kill(pid, signal);
    if (await gone(pid, dataDir, patience)) return;
  }
}

async function gone(pid: number, dataDir: string, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  while (isPostmasterOf(pid, dataDir)) {
    if (Date.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}
