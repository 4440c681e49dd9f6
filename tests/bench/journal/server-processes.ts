import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** A server's processes: the postmaster and its children. Empty where there is no /proc. */
function processesOf(postmaster: number): number[] {
  const children = read(`/proc/${postmaster}/task/${postmaster}/children`);
  return children === undefined
    ? []
    : [postmaster, ...children.trim().split(' ').filter(Boolean).map(Number)];
}

/** Processor time of the server since its start, that of backends which have gone included. NaN where there is no /proc. */
export function serverCpuMs(postmaster: number): number {
  const processes = processesOf(postmaster);
  if (processes.length === 0) return Number.NaN;
  let ticks = 0;
  for (const pid of processes) {
    const stat = read(`/proc/${pid}/stat`);
    // After the name, which may hold anything: utime, stime, and of children that were waited for cutime, cstime.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    const own = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    ticks += own + (pid === postmaster ? Number(fields[13] ?? 0) + Number(fields[14] ?? 0) : 0);
  }
  return ticks * TICK_MS;
}

/** Proportional set size: shared buffers are counted once, however many backends touched them. */
export function serverMegabytes(postmaster: number): number {
  let kilobytes = 0;
  for (const pid of processesOf(postmaster))
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0);
  return kilobytes === 0 ? Number.NaN : kilobytes / 1024;
}

/** The highest that it was seen at, looked at four times a second. */
export function watchMegabytes(postmaster: number): () => number {
  let peak = serverMegabytes(postmaster);
  const timer = setInterval(() => {
    peak = Math.max(peak, serverMegabytes(postmaster));
  }, 250);
  return () => {
    clearInterval(timer);
    return Math.round(peak);
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
