// `npm test`: every check that the project has, on Node 24. The last line is `N passed, N failed`
// (`, N skipped` when there are any): each static step counts one, each of Vitest's tests one.
import { parseArgs } from 'node:util';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStatic, STATIC_STEPS } from './static-steps.mjs';
import { runVitest } from './vitest-step.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const STEPS = [...Object.keys(STATIC_STEPS), 'unit'];
const BUDGET_MINUTES = 10;

const HELP = `npm test [-- [--only STEP,...] [PATH...]]
  --only STEP,...  only these of: ${STEPS.join(', ')} ("unit" is everything that Vitest runs)
  PATH...          only test files whose path contains one of these; without --only, no static step runs
`;

function chosenSteps(only, paths) {
  if (only === undefined) return paths.length > 0 ? ['unit'] : STEPS;
  const chosen = only.split(',').map((name) => name.trim());
  const unknown = chosen.filter((name) => !STEPS.includes(name));
  if (unknown.length > 0) {
    throw new Error(`--only ${unknown.join(',')}: no such step. There are: ${STEPS.join(', ')}.`);
  }
  return chosen;
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const started = Date.now();
  const steps = chosenSteps(values.only, positionals);
  const counts = await runStatic(
    root,
    steps.filter((name) => name in STATIC_STEPS),
  );
  if (steps.includes('unit')) {
    const tests = await runVitest(root, positionals);
    for (const key of ['passed', 'failed', 'skipped']) counts[key] += tests[key];
  }
  const minutes = (Date.now() - started) / 60_000;
  if (minutes > BUDGET_MINUTES) {
    process.stdout.write(
      `This took ${minutes.toFixed(1)} minutes; ${BUDGET_MINUTES} is the budget on two free cores.\n`,
    );
  }
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
  return counts.failed === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`npm test: ${error.message}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    process.exitCode = 1;
  },
);
