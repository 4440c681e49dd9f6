/**
 * Servers of a version that nobody tried: how they are talked to, what they are shown as, what `trunkline doctor` says of them.
 * Real: the connector, HTTP. Doubled: Odoo, by a script whose fields are those of the table of versions.
 */
import { afterEach, expect, test } from 'vitest';
import { createOdooConnector } from '../../src/connector.ts';
import { FIELDS } from '../../src/versions/differences.ts';
import { valueAt } from '../../src/versions/lookup.ts';
import { shownVersion } from '../../src/versions/treated-as.ts';
import { exception, type Reply, type SeenRequest, startScriptedOdoo } from '../scripted-odoo.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

test.each([
  ['18.0', 18, '18.0'],
  ['18.0-20250702', 18, '18.0-20250702'],
  ['19.0+e', 19, '19.0+e'],
  ['saas~17.4', 17, 'saas~17.4 (treated as 17.0)'],
  ['saas~18.2+e', 18, 'saas~18.2+e (treated as 18.0)'],
  ['saas~19.2', 19, 'saas~19.2 (newer than all that were tried, treated as 19.0)'],
  ['20.0', 20, '20.0 (newer than all that were tried, treated as 19.0)'],
  ['saas~20.1', 20, 'saas~20.1 (newer than all that were tried, treated as 19.0)'],
])('%s is shown as what it is treated as', (version, major, shown) => {
  expect(shownVersion({ version, major })).toBe(shown);
});

/** Names of the table as of a version. */
function fieldsAt(model: string, major: number): Record<string, { type: string }> {
  const names = FIELDS.filter((row) => row.model === model).map((row) =>
    valueAt<string | null>(row.names, major),
  );
  return Object.fromEntries(names.flatMap((name) => (name === null ? [] : [[name, { type: 'char' }]])));
}

/** A server of a version with JSON-2 that has the fields of another. */
const script =
  (version: string, fieldsOf: number) =>
  ({ path, headers }: SeenRequest): Reply => {
    if (path === '/web/version') return { json: { version } };
    if (headers.authorization === undefined)
      return exception(401, 'werkzeug.exceptions.Unauthorized', 'User not authenticated').reply;
    const [, model = '', method] = /^\/json\/2\/([\w.]+)\/(\w+)$/.exec(path) ?? [];
    if (method === 'fields_get') return { json: fieldsAt(model, fieldsOf) };
    return { json: method === 'search_read' ? [] : 3 };
  };

async function checked(version: string, fieldsOf: number) {
  const odoo = await startScriptedOdoo(script(version, fieldsOf));
  const config = { url: odoo.url, database: 'acme', apiKey: 'key-1', login: 'hub' };
  const connector = createOdooConnector(config, { system: 'erp' });
  opened.push(odoo, connector);
  const checks = await connector.check(AbortSignal.timeout(10_000));
  return { checks, connector };
}

test.each([
  ['saas~18.4', 18, 'version between', 'lies between'],
  ['saas~19.2', 19, 'newer version', 'newer than 19.0'],
  ['20.0', 19, 'newer version', 'newer than 19.0'],
])(
  '%s goes over JSON-2 where it has that, with a note that it was not tried',
  async (version, major, name, why) => {
    const { checks, connector } = await checked(version, major);
    expect(checks.find((check) => check.name === 'version')?.detail).toMatch(
      /treated as 1[89]\.0\) over JSON-2$/,
    );
    const note = checks.find((check) => check.name === name);
    expect(note).toMatchObject({ ok: true, detail: expect.stringContaining(why) as string });
    expect(note?.detail).toMatch(/(\d+) of \1 names/);
    expect(connector.serverVersion?.()).toContain(`treated as ${major}.0`);
  },
);

test('a version between two that has the later one’s names already fails the check, with both names', async () => {
  const { checks } = await checked('saas~18.4', 19);
  const note = checks.find((check) => check.name === 'version between');
  expect(note?.ok).toBe(false);
  expect(note?.detail).toContain('sale.order.line.product_uom (it has product_uom_id)');
});

test('a version that was tried has no such note', async () => {
  const { checks } = await checked('19.0', 19);
  expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['version']) as string[]);
  expect(checks.filter(({ name }) => name.includes('version'))).toHaveLength(1);
});
