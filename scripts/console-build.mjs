import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IGNORED = new Set(['dist', 'node_modules', 'test']);

/** Builds apps/console when its sources or the lockfile changed since the last build; does nothing before it exists. */
export async function ensureConsoleBuilt(root, node) {
  const console = join(root, 'apps', 'console');
  if (!existsSync(join(console, 'index.html'))) return;
  const wanted = sourcesHash(console, join(root, 'package-lock.json'));
  const marker = join(console, 'dist', '.sources');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  process.stderr.write('Building the console ... ');
  const started = Date.now();
  await build(root, console, node);
  writeFileSync(marker, wanted);
  process.stderr.write(`done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function sourcesHash(console, lockfile) {
  const hash = createHash('sha256').update(readFileSync(lockfile));
  for (const path of files(console)) hash.update(path).update('\0').update(readFileSync(path));
  return `${hash.digest('hex')}\n`;
}

function files(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (!entry.isDirectory()) return [path];
      return IGNORED.has(entry.name) ? [] : files(path);
    });
}

async function build(root, console, node) {
  const vite = [console, root]
    .map((dir) => join(dir, 'node_modules', 'vite', 'bin', 'vite.js'))
    .find(existsSync);
  if (vite === undefined)
    throw new Error('The console can not be built: vite is not installed. Run "npm ci".');
  const child = spawn(node, [vite, 'build', '--logLevel', 'warn'], {
    cwd: console,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(undefined);
      else reject(new Error(`The console could not be built:\n${output.trim()}`));
    });
  });
}
