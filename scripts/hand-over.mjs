import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs `node args` in our place: our terminal, our signals; its exit code, or 128 + the signal that ended it.
 * Ctrl-C at a terminal goes to the whole process group, so it is not forwarded a second time there.
 */
export async function handOver(node, args, cwd) {
  const path = [dirname(node), process.env.PATH ?? ''].join(delimiter);
  // What Node compiled at one start the next one reads: of the demo's six processes each is up half a second sooner. Below node_modules,
  // so that an install begins afresh; where that cannot be written Node goes without.
  const NODE_COMPILE_CACHE =
    process.env.NODE_COMPILE_CACHE ?? join(cwd, 'node_modules', '.cache', 'node-compile');
  const env = { ...process.env, PATH: path, NODE_COMPILE_CACHE };
  const child = spawn(node, args, { cwd, stdio: 'inherit', env });
  const forward = (signal) => {
    if (signal !== 'SIGINT' || process.stdin.isTTY !== true) child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of FORWARDED) process.off(name, forward);
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}
