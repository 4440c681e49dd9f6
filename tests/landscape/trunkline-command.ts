import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import type { RunningLandscape } from './running-landscape.ts';

const CLI = resolve(import.meta.dirname, '../../apps/hub/src/cli.ts');

/** Runs `trunkline <args> --json` on the landscape's hub, as a process, and gives what it printed. */
export async function trunkline<T>({ folder }: RunningLandscape, ...args: readonly string[]): Promise<T> {
  const argv = [CLI, ...args, '--json', '-c', folder.file('trunkline.yaml')];
  const printed = await new Promise<string>((done, failed) => {
    execFile(process.execPath, argv, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else failed(new Error(`trunkline ${args.join(' ')}: ${stderr}`, { cause: error }));
    });
  });
  return JSON.parse(printed) as T;
}
