// Real: the project's own rules and checker, run as the process that `npm test` runs, on small trees made
// here. Doubled: the trees' files. Each forbidden import must be named by its own rule, each allowed one passed.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const CHECKER = fileURLToPath(new URL('../../scripts/check-boundaries.mjs', import.meta.url));
const trees: string[] = [];

afterEach(() => {
  for (const root of trees.splice(0)) rmSync(root, { recursive: true, force: true });
});

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'trunkline-boundaries-'));
  trees.push(root);
  for (const [path, content] of Object.entries({ ...MODULES, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** Something to import in every place. */
const MODULES = {
  'packages/canonical/src/index.ts': 'export const canonical = 1;',
  'packages/messaging/src/index.ts': 'export const messaging = 1;\nexport type Port = string;',
  'packages/journal/src/index.ts': 'export const journal = 1;',
  'packages/gateway/src/index.ts': 'export const gateway = 1;',
  'connectors/odoo/src/index.ts': 'export const odoo = 1;',
  'connectors/salesforce/src/index.ts': 'export const salesforce = 1;',
  'flows/src/index.ts': 'export const flows = 1;',
  'apps/hub/src/index.ts': 'export const hub = 1;',
  'apps/console/src/main.tsx': 'export const main = 1;',
  'simulators/odoo/src/main.ts': 'export const simulator = 1;',
  'node_modules/pg/package.json': '{"name":"pg","version":"1.0.0","main":"index.js"}',
  'node_modules/pg/index.js': 'module.exports = {};',
  'node_modules/vitest/package.json': '{"name":"vitest","version":"1.0.0","main":"index.js"}',
  'node_modules/vitest/index.js': 'module.exports = {};',
};

function check(root: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CHECKER, root], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test('what the design allows passes', async () => {
  const root = tree({
    'packages/journal/src/a.ts':
      "import type { Port } from '../../messaging/src/index.ts';\nexport const a: Port = '';",
    'packages/gateway/src/a.ts':
      "import { messaging } from '../../messaging/src/index.ts';\nexport const a = messaging;",
    'connectors/odoo/src/a.ts': "export { canonical } from '../../../packages/canonical/src/index.ts';",
    'flows/src/a.ts': "export { messaging } from '../../packages/messaging/src/index.ts';",
    'apps/hub/src/a.ts':
      "export { odoo } from '../../../connectors/odoo/src/index.ts';\nexport { flows } from '../../../flows/src/index.ts';",
    'packages/journal/test/a.test.ts': "import { test } from 'vitest';\nimport '../src/index.ts';\ntest;",
    'packages/journal/src/database.ts': "import pg from 'pg';\nexport const pool = pg;",
  });
  const { code, output } = await check(root);
  expect(output).toContain('17 modules, 0 violations');
  expect(code).toBe(0);
});

test.each([
  ['canonical-stands-alone', 'packages/canonical/src/a.ts', '../../messaging/src/index.ts'],
  ['messaging-stands-alone', 'packages/messaging/src/a.ts', '../../canonical/src/index.ts'],
  ['journal-on-messaging', 'packages/journal/src/a.ts', '../../canonical/src/index.ts'],
  ['gateway-on-messaging', 'packages/gateway/src/a.ts', '../../journal/src/index.ts'],
  ['connector-on-core', 'connectors/odoo/src/a.ts', '../../salesforce/src/index.ts'],
  ['connector-on-core', 'connectors/odoo/src/a.ts', '../../../flows/src/index.ts'],
  ['connector-on-core', 'connectors/odoo/src/a.ts', '../../../packages/journal/src/index.ts'],
  ['flows-on-core', 'flows/src/a.ts', '../../connectors/odoo/src/index.ts'],
  ['flows-on-core', 'flows/src/a.ts', '../../packages/journal/src/index.ts'],
  ['console-on-http', 'apps/console/src/a.tsx', '../../hub/src/index.ts'],
  ['console-on-http', 'apps/console/src/a.tsx', '../../../packages/canonical/src/index.ts'],
  ['simulator-stands-alone', 'simulators/odoo/src/a.ts', '../../../packages/canonical/src/index.ts'],
  ['simulator-stands-alone', 'simulators/odoo/test/a.test.ts', '../../../connectors/odoo/src/index.ts'],
  ['pure-core', 'packages/canonical/src/a.ts', 'node:fs'],
  ['pure-core', 'packages/messaging/src/a.ts', 'node:timers/promises'],
  ['pure-core', 'flows/src/a.ts', 'pg'],
  ['product-imports-no-test', 'packages/journal/src/a.ts', 'vitest'],
  ['product-imports-no-test', 'packages/journal/src/a.ts', '../test/support.ts'],
  ['resolvable', 'packages/journal/src/a.ts', './nowhere.ts'],
])('%s: %s may not import %s', async (rule, path, specifier) => {
  const root = tree({
    'packages/journal/test/support.ts': 'export const support = 1;',
    [path]: `import * as it from '${specifier}';\nexport const a = it;`,
  });
  const { code, output } = await check(root);
  expect(output).toContain(`${rule}: ${path} -> `);
  expect(output).toContain(', 1 violations');
  expect(code).toBe(1);
});

test('an import of a type alone counts too', async () => {
  const root = tree({
    'packages/canonical/src/a.ts':
      "import type { Port } from '../../messaging/src/index.ts';\nexport const a: Port = '';",
  });
  expect((await check(root)).output).toContain('canonical-stands-alone: packages/canonical/src/a.ts -> ');
});

test('a workspace is recognised by its package name', async () => {
  const root = tree({
    'packages/messaging/package.json': '{"name":"@trunkline/messaging","exports":{".":"./src/index.ts"}}',
    'packages/canonical/src/a.ts': "export { messaging } from '@trunkline/messaging';",
  });
  mkdirSync(join(root, 'node_modules/@trunkline'));
  symlinkSync('../../packages/messaging', join(root, 'node_modules/@trunkline/messaging'), 'junction');
  const { output } = await check(root);
  expect(output).toContain(
    'canonical-stands-alone: packages/canonical/src/a.ts -> packages/messaging/src/index.ts',
  );
});

test('a cycle of modules is refused', async () => {
  const root = tree({
    'packages/journal/src/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
    'packages/journal/src/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
  });
  expect((await check(root)).output).toContain(
    'no-cycle: packages/journal/src/a.ts -> packages/journal/src/b.ts',
  );
});

test('a file that the checker did not look at is named, and so is a tree without any module', async () => {
  const hidden = await check(tree({ 'packages/journal/src/coverage/a.ts': 'export const a = 1;' }));
  expect(hidden.output).toContain('packages/journal/src/coverage/a.ts was not looked at');
  expect(hidden.code).toBe(1);

  const empty = mkdtempSync(join(tmpdir(), 'trunkline-boundaries-'));
  trees.push(empty);
  mkdirSync(join(empty, 'packages'));
  const nothing = await check(empty);
  expect(nothing.output).toContain('No module was looked at');
  expect(nothing.code).toBe(1);
});
