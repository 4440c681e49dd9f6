/** Real: docs/spec/lifecycle.md, the sources and the tests of this repository. Nothing is doubled. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DELIVERY_STATES, DELIVERY_TRANSITIONS, type DeliveryState, MESSAGE_STATES } from '../src/index.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(`${root}docs/spec/lifecycle.md`, 'utf8');
const stated = [...page.matchAll(/^- \*\*([LDOUCRA]\d+)\*\* /gm)].map(([, number]) => number ?? '');

const rows = [...page.matchAll(/^\| ([LDOUCRA]\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number, enforced, held]) => ({
    number: number ?? '',
    enforced: paths(enforced),
    held: paths(held),
  }),
);

function paths(cell: string | undefined): readonly string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '');
}

/** The numbers that the names of a file's tests and suites carry. */
function named(file: string): ReadonlySet<string> {
  const titles = readFileSync(`${root}${file}`, 'utf8').matchAll(
    /\b(?:test|describe)(?:\.concurrent)?(?:\.each\([^)]*\))?\(\s*['"`]([^\n]*)/g,
  );
  return new Set([...titles].flatMap(([, title]) => (title ?? '').match(/\b[LDOUCRA]\d+\b/g) ?? []));
}

const testFiles = globSync(
  [
    '{packages,connectors,simulators,apps}/*/test/**/*.test.{ts,tsx}',
    'flows/test/**/*.test.ts',
    'tests/**/*.test.ts',
    'packages/messaging/src/conformance/*.ts',
  ],
  { cwd: root, exclude: ['**/node_modules/**'] },
);

describe('docs/spec/lifecycle.md', () => {
  test('states each invariant once, numbered without gaps, and has a row for each', () => {
    for (const letter of ['L', 'D', 'O', 'C', 'R', 'A', 'U']) {
      const own = stated.filter((number) => number.startsWith(letter));
      expect(own).toEqual(own.map((_, at) => `${letter}${at + 1}`));
      expect(own.length).toBeGreaterThan(0);
    }
    expect(rows.map(({ number }) => number)).toEqual(stated);
  });

  test.each(rows)(
    '$number is enforced where it says, and held by the tests that it names',
    ({ number, enforced, held }) => {
      expect(enforced.length).toBeGreaterThan(0);
      for (const path of enforced) expect(existsSync(`${root}${path}`), path).toBe(true);
      expect(held.length).toBeGreaterThan(0);
      for (const path of held) expect([...named(path)], path).toContain(number);
    },
  );

  test('knows every number that a test names', () => {
    const unknown = testFiles.flatMap((file) =>
      [...named(file)].filter((number) => !stated.includes(number)).map((number) => `${file}: ${number}`),
    );
    expect(unknown).toEqual([]);
    expect(testFiles.length).toBeGreaterThan(10);
  });

  test('describes the states that the tables have, with the ways out of each delivery', () => {
    const states = (title: string) =>
      [...section(title).matchAll(/^\| `([a-z_]+)` \| .+ \| (.+) \|$/gm)].map(([, state, ways]) => ({
        state: state ?? '',
        ways: paths(ways),
      }));
    expect(states('Messages').map(({ state }) => state)).toEqual([...MESSAGE_STATES]);
    expect(states('Deliveries').map(({ state }) => state)).toEqual([...DELIVERY_STATES]);
    for (const { state, ways } of states('Deliveries')) {
      if (state === 'sending') continue;
      const row = Object.entries(DELIVERY_TRANSITIONS[state as DeliveryState]);
      const out = row.filter(
        ([event, next]) => next !== 'refused' && (next !== state || ways.includes(event)),
      );
      expect([...ways].sort(), state).toEqual(out.map(([event]) => event).sort());
    }
  });
});

function section(title: string): string {
  return page.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`)) ?? '';
}
