import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';

const MAX_BYTES = 8 * 1024 * 1024;
const CHECK_EVERY_MS = 60_000;
const READ_BYTES = 16 * 1024;

/**
 * The server appends to one file that outlives its parent (a pipe would break with the parent). Beyond 8 MB
 * it is copied to `.1` and cut, which an appending writer survives; lines written between copy and cut are
 * lost. PostgreSQL's own logging collector was refused: bounded by size it makes ever new file names.
 */
export async function boundLog(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= MAX_BYTES) return;
  await copyFile(path, `${path}.1`);
  await truncate(path, 0);
}

export function keepLogBounded(path: string): NodeJS.Timeout {
  const timer = setInterval(() => {
    boundLog(path).catch(() => {
      // A full disk shows itself in the server; the next minute tries again.
    });
  }, CHECK_EVERY_MS);
  return timer.unref();
}

export function openLog(path: string): { fd: number; offset: number } {
  const fd = openSync(path, 'a', 0o600);
  return { fd, offset: fstatSync(fd).size };
}

/** What the server wrote since `offset`, at most the last 16 KB. */
export function readLogFrom(path: string, offset: number): string {
  const fd = openSync(path, 'r');
  try {
    const from = Math.max(offset, fstatSync(fd).size - READ_BYTES);
    const buffer = Buffer.alloc(READ_BYTES);
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, READ_BYTES, from));
  } finally {
    closeSync(fd);
  }
}
