// Holds .dependency-cruiser.cjs to every source file. dependency-cruiser answers "no violations" also when it
// could read nothing (its parser doesn't fit the compiler, a folder moved), so the files it looked at are
// compared with the files that are there. A path as argument checks that tree by this project's rules.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';

/** @returns the violations as lines, and how many modules of ours were looked at */
async function checkBoundaries(root) {
  const folders = ['packages', 'connectors', 'flows', 'apps', 'simulators', 'tests'].filter((name) =>
    existsSync(join(root, name)),
  );
  const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
  const { output } = await cruise(folders, {
    ...options,
    ruleSet: { forbidden },
    validate: true,
    baseDir: root,
  });
  const seen = new Set(output.modules.map((module) => module.source));
  const unseen = sourceFiles(root, folders).filter((path) => !seen.has(path));
  const violations = output.summary.violations.map(
    ({ rule, from, to, comment }) =>
      `${rule.name}: ${from} -> ${to}${comment === undefined ? '' : ` (${comment})`}`,
  );
  return { violations, unseen, modules: sourceFiles(root, folders).length - unseen.length };
}

function sourceFiles(root, folders) {
  const patterns = folders.map((folder) => `${folder}/**/*.{ts,tsx}`);
  const paths = globSync(patterns, {
    cwd: root,
    exclude: (path) => /(^|[\\/])(node_modules|dist)$/.test(path),
  });
  return paths
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !path.endsWith('.d.ts') && readFileSync(join(root, path), 'utf8').trim() !== '');
}

const root = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const { violations, unseen, modules } = await checkBoundaries(root);
for (const line of violations) console.error(line);
for (const path of unseen) console.error(`${path} was not looked at; is there a parser for it?`);
if (modules === 0) console.error('No module was looked at.');
console.log(`${modules} modules, ${violations.length} violations`);
process.exitCode = violations.length + unseen.length > 0 || modules === 0 ? 1 : 0;
