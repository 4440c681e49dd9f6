// Real: scripts/run.mjs as a process, signals, exit codes, files. Doubled: the checkout around it (a small one
// made here, whose command line does what a test asks) and npm (a script that answers as npm does).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const SCRIPTS = fileURLToPath(new URL('../../scripts', import.meta.url));
const checkouts: string[] = [];

afterEach(() => {
  for (const root of checkouts.splice(0)) rmSync(root, { recursive: true, force: true });
});

const LOCKFILE = JSON.stringify({
  packages: { 'node_modules/tool': { optionalDependencies: { '@tool/darwin': '1.0.0' } } },
});

/** A checkout whose `trunkline` runs `cli`, and whose npm runs `npm` (it sees its arguments in `args`). */
function checkout({ cli = '', npm = '' }: { cli?: string; npm?: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'trunkline-run-'));
  checkouts.push(root);
  cpSync(SCRIPTS, join(root, 'scripts'), { recursive: true });
  const files = {
    'package.json': '{"type":"module"}',
    'package-lock.json': LOCKFILE,
    'apps/hub/src/cli.ts': cli,
    'npm/npm-cli.cjs': `const fs = require('node:fs'); const args = process.argv.slice(2);
      fs.appendFileSync('npm-calls', args[0] + '\\n'); ${npm}
      fs.mkdirSync('node_modules', { recursive: true });`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

function start(root: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'scripts', 'run.mjs'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, npm_execpath: join(root, 'npm', 'npm-cli.cjs') },
  });
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => (out += String(chunk)));
  child.stderr?.on('data', (chunk) => (err += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const run = (root: string, ...args: string[]): Promise<Ended> => ended(start(root, ...args));
const npmCalls = (root: string): string[] => readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n');

test('the first start installs, the second does not, and a changed lockfile installs again', async () => {
  const root = checkout({});
  expect((await run(root, 'trunkline')).err).toContain('Installing');
  expect((await run(root, 'trunkline')).err).toBe('');
  expect(npmCalls(root)).toEqual(['ci']);
  writeFileSync(join(root, 'package-lock.json'), `${LOCKFILE}\n`);
  await run(root, 'trunkline');
  expect(npmCalls(root)).toEqual(['ci', 'ci']);
});

const REFUSED = 'npm error code EUSAGE\\nnpm error\\nnpm error ';

test('a lockfile that lacks only other platforms builds is installed from all the same', async () => {
  const npm = `if (args[0] === 'ci') { console.error('${REFUSED}Missing: @tool/darwin@ from lock file'); process.exit(1); }`;
  const root = checkout({ npm });
  expect((await run(root, 'trunkline')).code).toBe(0);
  expect(npmCalls(root)).toEqual(['ci', 'install']);
});

test.each([
  ['a package that is not optional', 'Missing: tool@1.0.0 from lock file'],
  ['another version', "Invalid: lock file's @tool/darwin@1.0.0 does not satisfy @tool/darwin@2.0.0"],
])('a lockfile that disagrees about %s is refused', async (_what, complaint) => {
  const root = checkout({
    npm: `console.error(${JSON.stringify(`npm error code EUSAGE\nnpm error ${complaint}`)}); process.exit(1);`,
  });
  const { code, err } = await run(root, 'trunkline');
  expect(code).toBe(1);
  expect(err).toContain('package.json and package-lock.json do not fit each other');
  expect(npmCalls(root)).toEqual(['ci']);
  expect(existsSync(join(root, 'node_modules', '.trunkline-lock'))).toBe(false);
});

test.each([
  ['EAI_AGAIN', 'registry can not be reached'],
  ['ENOSPC', 'the disk is full'],
  ['EACCES', 'may not write into the checkout'],
  ['EINTEGRITY', 'npm cache clean'],
])('a failed install (%s) is a sentence with a remedy', async (errno, sentence) => {
  const root = checkout({ npm: `console.error('npm error code ${errno}'); process.exit(1);` });
  const { code, err } = await run(root, 'trunkline');
  expect(code).toBe(1);
  expect(err).toContain(sentence);
});

test('arguments, exit code and output are the command line’s own, and its node is first on PATH', async () => {
  const cli = `console.log(JSON.stringify([process.argv.slice(2), process.env.PATH?.split(':')[0]])); process.exit(7);`;
  const { code, out } = await run(checkout({ cli }), 'demo', '--orders', '3');
  expect(JSON.parse(out)).toEqual([['demo', '--orders', '3'], dirname(process.execPath)]);
  expect(code).toBe(7);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s is passed on, and the answer to it is the exit code',
  async (signal) => {
    const cli = `process.on('${signal}', () => process.exit(5)); console.log('up'); setInterval(() => {}, 1000);`;
    const child = start(checkout({ cli }), 'trunkline', 'start');
    const end = ended(child);
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill(signal);
    expect((await end).code).toBe(5);
  },
);

test('a command line that a signal ended gives 128 and the signal', async () => {
  const { code } = await run(checkout({ cli: `process.kill(process.pid, 'SIGKILL');` }), 'trunkline');
  expect(code).toBe(128 + constants.signals.SIGKILL);
});

test('an unknown command names those that there are', async () => {
  const { code, err } = await run(checkout({}), 'dance');
  expect(code).toBe(1);
  expect(err).toContain('demo, trunkline, check-odoo, schema, chaos, bench, test, lint, types');
});
