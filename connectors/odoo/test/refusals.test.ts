/** What a refused call that carries no command says of all calls. Real: the connector, HTTP. Doubled: Odoo, by a script. */
import { expect, onTestFinished, test } from 'vitest';
import { createOdooConnector } from '../src/index.ts';
import { type Reply, startScriptedOdoo } from './scripted-odoo.ts';

const exception = (status: number, name: string, message: string): Reply => ({
  status,
  json: { name, message, arguments: [], context: {}, debug: '' },
});

const REFUSED_KEY = exception(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey');

const CANCEL = {
  id: '1',
  key: 'so_1',
  target: 'erp',
  flow: 'test',
  type: 'backorder.cancel',
  attempt: 1,
  ambiguous: true,
  payload: { orderId: 'so_1', planId: '7' },
};

test.each<[string, Reply, unknown]>([
  [
    'a pause',
    { status: 429, html: 'slow down', headers: { 'retry-after': '7' } },
    { name: 'SystemRefusal', code: 'target_busy', afterMs: 7000 },
  ],
  [
    'a refused key',
    REFUSED_KEY,
    {
      name: 'SystemRefusal',
      code: 'credentials_refused',
      message: expect.stringContaining('refuses the API key'),
    },
  ],
  ['an outage', { status: 503, html: 'restarting' }, { name: '', kind: 'http' }],
])(
  'what is answered with %s, be it a poll, a verification, a sweep, an inspection or the renewal of a key, says what it means for the system',
  async (what, reply, expected) => {
    const odoo = await startScriptedOdoo(({ path }) =>
      path.includes('version')
        ? { json: { version: '19.0', version_info: [19, 0, 0, 'final', 0, ''] } }
        : reply,
    );
    onTestFinished(() => odoo.close());
    const connector = createOdooConnector(
      { url: odoo.url, database: 'acme', apiKey: 'k' },
      { system: 'erp', keyStore: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() } },
    );
    onTestFinished(() => connector.close());
    const { signal } = new AbortController();
    const plan = [{ record: 'plan' as const, id: '7' }];
    for (const ask of [
      () => connector.pollers?.[0]?.poll(undefined, signal),
      () => connector.sweep?.marks(plan, signal),
      () => connector.sweep?.read(plan, signal),
      () => connector.renewCredentials?.(signal),
    ])
      await expect(ask()).rejects.toMatchObject(expected as object);
    const [verdict] = (await connector.target?.verify?.([CANCEL], signal)) ?? [];
    expect(verdict?.kind).toBe('undecided');
    if (what === 'an outage') expect(verdict).not.toHaveProperty('refusal');
    else expect(verdict).toMatchObject({ refusal: expected });
    const inspection = connector.inspect?.(signal);
    if (reply === REFUSED_KEY)
      expect((await inspection)?.findings).toMatchObject([{ code: 'credentials_refused' }]);
    else await expect(inspection).rejects.toMatchObject(expected as object);
  },
);
