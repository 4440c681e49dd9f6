// Every npm script starts here, on whatever Node >= 18 the machine has: it installs what is missing, finds
// Node 24, builds the console where it is needed, and hands over. Plain JavaScript without dependencies,
// because at this point there may be none.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureConsoleBuilt } from './console-build.mjs';
import { ensureInstalled } from './install.mjs';
import { findNode24 } from './node24.mjs';
import { handOver } from './hand-over.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** What each npm script runs under Node 24, and whether it serves the console. */
const COMMANDS = {
  demo: { script: 'apps/hub/src/cli.ts', args: ['demo'], console: true },
  // V8's defaults let a hub with 60 MB of live objects grow to 400 MB; with these it peaks at 240 (npm run bench -- threads).
  trunkline: {
    script: 'apps/hub/src/cli.ts',
    args: [],
    flags: ['--max-semi-space-size=4', '--heap-growing-percent=50'],
    console: true,
  },
  'check-odoo': { script: 'apps/hub/src/cli.ts', args: ['check-odoo'] },
  schema: { script: 'scripts/journal-schema.mjs', args: [] },
  chaos: { script: 'tests/chaos/main.ts', args: [] },
  bench: { script: 'tests/bench/main.ts', args: [] },
  test: { script: 'scripts/test.mjs', args: [] },
  lint: { script: 'scripts/test.mjs', args: ['--only', 'format,lint,boundaries,knip'] },
  types: { script: 'scripts/test.mjs', args: ['--only', 'types'] },
};

async function main([what, ...args]) {
  const command = COMMANDS[what];
  if (command === undefined) {
    throw new Error(`"${what ?? ''}" is no command. There are: ${Object.keys(COMMANDS).join(', ')}.`);
  }
  await ensureInstalled(root);
  const node = findNode24(root);
  if (!existsSync(join(root, command.script))) {
    throw new Error(`"npm run ${what}" needs ${command.script}, which is missing from this checkout.`);
  }
  if (command.console) await ensureConsoleBuilt(root, node);
  return await handOver(
    node,
    [...(command.flags ?? []), join(root, command.script), ...command.args, ...args],
    root,
  );
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`trunkline: ${error.message}\n`);
    process.exitCode = 1;
  },
);
