import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** @throws Error with a sentence for a person when the file is no state of this simulator. */
export function readState<T>(file: string | undefined, format: string): T | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  let content: { format?: unknown; state?: T };
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `The state file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}. ` +
        'Move it away to start empty.',
    );
  }
  if (content.format !== format || content.state === undefined) {
    throw new Error(
      `The state file ${file} is of format ${JSON.stringify(content.format)}, this simulator reads "${format}". ` +
        'Name another file with --state, or move this one away to start empty.',
    );
  }
  return content.state;
}

/** Whole or not at all: written beside, synced, then renamed over. */
export function writeState(file: string | undefined, format: string, state: unknown): void {
  if (file === undefined) return;
  const beside = `${file}.${process.pid}.new`;
  const handle = openSync(beside, 'w', 0o600);
  try {
    writeFileSync(handle, JSON.stringify({ format, state }));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(beside, file);
}
