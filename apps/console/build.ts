import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONSOLE = fileURLToPath(new URL('.', import.meta.url));
const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'];

/** The folder of the built console, built now when there is none or a source is newer. About 6 s on two cores. */
export function builtConsole(): string {
  const dist = join(CONSOLE, 'dist');
  const index = join(dist, 'index.html');
  const newest = Math.max(...SOURCES.map((source) => newestIn(join(CONSOLE, source))));
  if (!existsSync(index) || statSync(index).mtimeMs < newest) {
    const require = createRequire(import.meta.url);
    const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
    execFileSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
      cwd: CONSOLE,
      stdio: 'inherit',
      // A caller's NODE_ENV, such as a test runner's, would build React's development half into it.
      env: { ...process.env, NODE_ENV: 'production' },
    });
  }
  return dist;
}

function newestIn(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

if (import.meta.main) console.log(builtConsole());
