/** What a refused poll says of all calls. Real: the connector, HTTP. Doubled: Odoo, by a script. */
import { expect, onTestFinished, test } from 'vitest';
import { createOdooConnector } from '../src/index.ts';
import { type Reply, startScriptedOdoo } from './scripted-odoo.ts';

const exception = (status: number, name: string, message: string): Reply => ({
  status,
  json: { name, message, arguments: [], context: {}, debug: '' },
});

test.each<[string, Reply, unknown]>([
  [
    'a pause',
    { status: 429, html: 'slow down', headers: { 'retry-after': '7' } },
    { name: 'SystemRefusal', code: 'target_busy', afterMs: 7000 },
  ],
  [
    'a refused key',
    exception(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey'),
    {
      name: 'SystemRefusal',
      code: 'credentials_refused',
      message: expect.stringContaining('refuses the API key'),
    },
  ],
  ['an outage', { status: 503, html: 'restarting' }, { name: '', kind: 'http' }],
])('a poll that is answered with %s says what it means for the system', async (_what, reply, expected) => {
  const odoo = await startScriptedOdoo(({ path }) =>
    path.includes('version')
      ? { json: { version: '19.0', version_info: [19, 0, 0, 'final', 0, ''] } }
      : reply,
  );
  onTestFinished(() => odoo.close());
  const connector = createOdooConnector({ url: odoo.url, database: 'acme', apiKey: 'k' }, { system: 'erp' });
  onTestFinished(() => connector.close());
  const poll = connector.pollers?.[0]?.poll(undefined, new AbortController().signal);
  await expect(poll).rejects.toMatchObject(expected as object);
});
