/** Real: the registry, docs/errors.md and the sources of this repository. Nothing is doubled. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ERROR_REGISTRY, explainError } from '../src/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(`${root}docs/errors.md`, 'utf8');

describe('the registry and docs/errors.md', () => {
  const sections = new Map<string, string>();
  let consequence = '';
  for (const part of page.split(/^(?=#{2,3} )/m)) {
    consequence = /^## .*`([a-z]+)`/.exec(part)?.[1] ?? consequence;
    const code = /^### (\S+)/.exec(part)?.[1];
    if (code !== undefined) sections.set(code, `${consequence}\n${part}`);
  }

  test('name the same codes', () => {
    expect([...sections.keys()].sort()).toEqual([...ERROR_REGISTRY.keys()].sort());
  });

  test('the HTTP API’s codes stand in its table, and no others', () => {
    const source = readFileSync(`${root}packages/gateway/src/problems/problem.ts`, 'utf8');
    const listed = [...source.matchAll(/^ {2}(\w+): \{ status: (\d+), title: '([^']*)' \},$/gm)];
    const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (.*) \|$/gm)];
    expect(listed.length).toBeGreaterThan(10);
    expect(rows.map((row) => row.slice(1))).toEqual(listed.map((entry) => entry.slice(1)));
  });

  test.each([...ERROR_REGISTRY.values()])('say the same of $code', (entry) => {
    const section = sections.get(entry.code) ?? '';
    expect(section.split('\n')[0]).toBe(entry.consequence);
    expect(section).toContain(`\n${entry.meaning}\n`);
    expect(section).toContain(`\n- What to do: ${entry.remedy}\n`);
    expect(section).toContain(`\n- Owner: ${entry.owner}\n`);
  });
});

describe('a code', () => {
  const sources = globSync('{packages,connectors,apps}/*/src/**/*.{ts,tsx}', { cwd: root })
    .concat(globSync('flows/src/**/*.ts', { cwd: root }))
    .filter((file) => !file.endsWith('errors/registry.ts'))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
    .join('\n');

  test.each([...ERROR_REGISTRY.keys()])('%s is raised somewhere', (code) => {
    expect(sources).toContain(`'${code}'`);
  });

  test('that nobody registered is explained as a plain refusal', () => {
    expect(explainError('no_such_code')).toBe(ERROR_REGISTRY.get('target_rejected'));
    expect(explainError('no_route').owner).toBe('integration');
  });
});
