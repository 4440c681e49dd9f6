/**
 * Classification of every failure that real servers answered. Real: the recorded answers of 19.0 (both transports)
 * and 18.0. Doubled: the server that plays them back. Skipped, and said so, where the recordings are absent.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OdooClient } from '../src/client.ts';
import { createOdooClient } from '../src/client.ts';
import { classifyLoadMessage, classifyOdooError } from '../src/error-classification.ts';
import { OdooError } from '../src/errors.ts';
import type { Exchange } from './recordings.ts';
import { readRecording, recordingsExist } from './recordings.ts';
import type { ScriptedOdoo } from './scripted-odoo.ts';
import { startScriptedOdoo, version19 } from './scripted-odoo.ts';

/** What each recorded failure means, by its note in recording 15. */
const meanings: Readonly<Record<string, string>> = {
  'unknown model': 'odoo-model-missing',
  'unknown method': 'odoo-method-missing',
  'private method': 'odoo-right-missing',
  'unknown field read': 'odoo-field-mismatch',
  'unknown field in domain': 'odoo-field-mismatch',
  'unknown field create': 'odoo-field-mismatch',
  'unknown field write': 'odoo-field-mismatch',
  'bad operator': 'odoo-field-mismatch',
  'bad selection': 'odoo-field-mismatch',
  'bad type for float': 'odoo-field-mismatch',
  'bad date': 'odoo-field-mismatch',
  'ISO date with T': 'odoo-field-mismatch',
  'ISO date with Z': 'odoo-field-mismatch',
  'extra kwarg': 'odoo-field-mismatch',
  'ids on an @api.model method': 'odoo-field-mismatch',
  'missing required': 'odoo-refused',
  'bad m2o id': 'odoo-record-missing',
  'missing record write': 'odoo-record-missing',
  'missing record action': 'odoo-record-missing',
  'missing unlink': 'odoo-record-missing',
  'access error read': 'odoo-right-missing',
  'access error create': 'odoo-right-missing',
  'access error write': 'odoo-right-missing',
  'integrity: delete used partner': 'odoo-refused',
  'validation: duplicate barcode': 'odoo-refused',
  'validation: negative': 'odoo-refused',
  'json2: no auth header': 'odoo-key-refused',
  'json2: wrong key': 'odoo-key-refused',
  'json2: unknown database header': 'odoo-database-unknown',
  'json2: empty body {}': 'odoo-field-mismatch',
};

describe.runIf(recordingsExist)('recorded failures', () => {
  let played: Exchange['response'] | undefined;
  let server: ScriptedOdoo;
  let clients: Record<'json2' | 'jsonrpc', OdooClient>;

  beforeAll(async () => {
    server = await startScriptedOdoo(({ path, body }) => {
      if (path === '/web/version') return version19;
      if ((body['params'] as { method?: string } | undefined)?.method === 'authenticate') {
        return { json: { jsonrpc: '2.0', id: 1, result: 7 } };
      }
      if (played === undefined) return 'hang up';
      const { status, headers, body: answer } = played;
      const html = String(headers['Content-Type']).startsWith('text/html');
      return html ? { status, html: String(answer) } : { status, json: answer };
    });
    const options = { url: server.url, database: 'odoo19', apiKey: 'k', login: 'hub' };
    clients = {
      json2: createOdooClient({ ...options, transport: 'json2' }),
      jsonrpc: createOdooClient({ ...options, transport: 'jsonrpc' }),
    };
  });

  afterAll(async () => {
    await clients.json2.close();
    await clients.jsonrpc.close();
    await server.close();
  });

  const cases = recordingsExist
    ? [
        ...failuresOf('19/15-errors.json', 'json2'),
        ...failuresOf('19/15-errors-jsonrpc.json', 'jsonrpc'),
        ...failuresOf('18/15-errors.json', 'jsonrpc'),
        ...failuresOf('19/01-version-auth.json', 'json2').filter(({ note }) => note in meanings),
      ]
    : [];

  test.each(cases)('$file: $note', async ({ note, response, transport }) => {
    played = response;
    const failure = await clients[transport].call('res.partner', 'write', { ids: [1], vals: {} }).then(
      () => expect.fail('the recorded failure was taken for a success'),
      (error: unknown) => classifyOdooError(error),
    );
    expect(failure).toMatchObject({
      kind: 'rejected',
      code: meanings[note] ?? expect.fail(`no meaning is given for "${note}"`),
    });
  });

  test('there are at least 60 of them', () => expect(cases.length).toBeGreaterThanOrEqual(60));
});

function failuresOf(file: string, transport: 'json2' | 'jsonrpc') {
  const isFailure = ({ response: { status, body } }: Exchange): boolean =>
    status >= 400 || (typeof body === 'object' && body !== null && 'error' in body);
  return readRecording(file)
    .filter(isFailure)
    .map(({ note, response }) => ({ file, note, response, transport }));
}

describe('what no recording of one call shows', () => {
  const refused = (name: string, message: string) =>
    classifyOdooError(new OdooError({ kind: 'refused', name, message, status: 500 }));

  test.each([
    ['psycopg2.errors.SerializationFailure', 'could not serialize access due to concurrent update\n'],
    ['psycopg2.errors.DeadlockDetected', 'deadlock detected'],
    ['psycopg2.OperationalError', 'server closed the connection unexpectedly'],
    ['odoo.exceptions.LockError', 'Cannot grab a lock on records'],
    ['odoo.exceptions.ValidationError', 'Error, a partner cannot follow twice the same object.'],
  ])('%s: %s is a retry', (name, message) => {
    expect(refused(name, message).kind).toBe('retry');
  });

  test('a database that does not exist is no passing failure of the database', () => {
    const message =
      'connection to server at "127.0.0.1", port 5499 failed: FATAL:  database "nodb" does not exist\n';
    expect(refused('psycopg2.OperationalError', message)).toMatchObject({ code: 'odoo-database-unknown' });
  });

  test('an exception that nobody foresaw goes to a person', () => {
    expect(refused('builtins.ZeroDivisionError', 'division by zero')).toMatchObject({
      code: 'odoo-server-error',
    });
  });

  test('a load() message with an exception in its text is read by that', () => {
    const text =
      "Unknown error during import: <class 'odoo.exceptions.AccessError'>: You are not allowed to create 'Product Variant'";
    expect(classifyLoadMessage(text)).toMatchObject({
      code: 'odoo-right-missing',
      message: "You are not allowed to create 'Product Variant'",
    });
    expect(classifyLoadMessage("'Contacts require a name'")).toMatchObject({
      code: 'odoo-refused',
      message: 'Contacts require a name',
    });
  });

  test('what is no OdooError is a defect and is thrown on', () => {
    expect(() => classifyOdooError(new TypeError('x'))).toThrow(TypeError);
  });
});
