import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Dump } from './orm/database.ts';

/** The saved database, or nothing when the file doesn't exist yet. */
export async function readState(path: string): Promise<Dump | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Dump;
  } catch (error) {
    throw new Error(
      `the state file ${path} is no JSON (${(error as Error).message}): it was not written by this simulator; remove it or give another --state`,
    );
  }
}

/** Replaces the file in one step, so that a crash leaves the old one. */
export async function writeState(path: string, dump: Dump): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, JSON.stringify(dump));
  await rename(draft, path);
}
