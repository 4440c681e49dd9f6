import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const hasProc = process.platform === 'linux';

/** True for a running process, also another user's. A zombie that nobody reaped counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return !hasProc || statFields(pid)?.state !== 'Z';
}

/**
 * Tells a process from a later one with the same number. Undefined when it is gone or when the platform
 * doesn't say (then the number alone has to do).
 */
export function startTimeOf(pid: number): string | undefined {
  return hasProc ? statFields(pid)?.startTime : undefined;
}

/** Field 2 of /proc/PID/stat may hold spaces and brackets; what follows the last bracket is regular (proc(5)). */
function statFields(pid: number): { state: string | undefined; startTime: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startTime: fields[19] };
  } catch {
    return undefined;
  }
}

/** Is this the postmaster of `dataDir`? It carries `-D <data directory>` in a command line that all may read. */
export function isPostmasterOf(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (!hasProc) return true;
  try {
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const at = argv.indexOf('-D');
    return at > 0 && argv[at + 1] === dataDir;
  } catch {
    return false;
  }
}

/**
 * Server processes that still work in `dataDir`: backends outlive a killed postmaster for a moment, and a
 * second postmaster beside them would corrupt the data.
 */
export function processesWorkingIn(dataDir: string): number[] {
  if (!hasProc) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => workingDirectory(pid) === dataDir && isAlive(pid));
}

function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
