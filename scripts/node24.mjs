import { existsSync } from 'node:fs';
import { join } from 'node:path';

const WANTED = 24;

/** The path of a Node >= 24: this process's own, else the pinned platform package's. */
export function findNode24(root) {
  if (Number.parseInt(process.versions.node, 10) >= WANTED) return process.execPath;
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  const packaged = join(root, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(packaged)) return packaged;
  throw new Error(
    `Trunkline needs Node ${WANTED}; this is ${process.version}, and the package ${name} that would bring it is not installed. ` +
      'Install Node 24 yourself, or on Linux x64/arm64 and Windows x64 run "npm ci" without --omit=optional.',
  );
}
