import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Name -> command lines run one after the other; every one has to end with 0. */
export const STATIC_STEPS = {
  format: () => [tool('@biomejs/biome/bin/biome', 'format')],
  lint: () => [tool('oxlint/bin/oxlint', '--type-aware', '--deny-warnings')],
  types: typeChecks,
  boundaries: () => [['scripts/check-boundaries.mjs']],
  knip: () => [tool('knip/bin/knip.js', '--no-progress', '--no-config-hints')],
};

const AT_ONCE = 2;
const OUTPUT_BYTES = 64 * 1024 * 1024;

function tool(path, ...args) {
  return [join('node_modules', path), ...args];
}

function typeChecks(root) {
  const projects = ['tsconfig.json', 'apps/console/tsconfig.json'];
  return projects
    .filter((project) => existsSync(join(root, project)))
    .map((project) => tool('typescript/bin/tsc', '-p', project));
}

/** Runs the named steps, two at a time; shows one line each, and the output of those that failed. */
export async function runStatic(root, names) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const waiting = [...names];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { ok, output, seconds } = await runStep(root, name);
      counts[ok ? 'passed' : 'failed'] += 1;
      process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.toFixed(1)} s\n`);
      if (!ok) process.stdout.write(`${output.trim()}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return counts;
}

async function runStep(root, name) {
  const started = performance.now();
  let output = '';
  let ok = true;
  for (const argv of STATIC_STEPS[name](root)) {
    const result = await run(root, argv);
    output += result.output;
    ok &&= result.ok;
  }
  return { ok, output, seconds: (performance.now() - started) / 1000 };
}

function run(cwd, argv) {
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd, maxBuffer: OUTPUT_BYTES }, (error, stdout, stderr) => {
      const crash = error !== null && typeof error.code !== 'number' ? `${error.message}\n` : '';
      resolve({ ok: error === null, output: `${stdout}${stderr}${crash}` });
    });
  });
}
