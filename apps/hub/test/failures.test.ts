/**
 * What the command line says of a failure. Real: the errors of sockets, files and the PostgreSQL client where this machine can bring them
 * about; the others carry the codes that their systems document.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { JournalStartError, openDatabase } from '@trunkline/journal';
import pg from 'pg';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import '../../../packages/journal/test/support/database-server.ts';
import { ConfigurationError } from '../src/configuration/problem.ts';
import { CommandError, describeFailure } from '../src/terminal/command-error.ts';

function coded(code: string, more: Readonly<Record<string, unknown>> = {}): Error {
  return Object.assign(new Error(`${code}: words of the system`), { code, ...more });
}

async function failureOf(work: () => unknown): Promise<string> {
  const error: unknown = await Promise.resolve()
    .then(work)
    .then(
      () => new Error('It did not fail.'),
      (reason: unknown) => reason,
    );
  return describeFailure(error).text;
}

describe('a real failure', () => {
  it('of a port in use names it and the setting', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const second = createServer().listen(port, '127.0.0.1');
    const [error] = (await once(second, 'error')) as [Error];
    expect(describeFailure(error).text).toBe(
      `Port ${port} on 127.0.0.1 is in use by another program. Stop it, or set gateway.port to another one (0 takes any free).`,
    );
  });

  it.each([
    ['postgres://127.0.0.1:1/x', /^Nothing listens on 127\.0\.0\.1:1\. Is the server up/],
    // Two addresses, two errors, one sentence.
    ['postgres://localhost:1/x', /^Nothing listens on .+:1\. Is the server up/],
    ['postgres://nowhere.invalid/x', /^The name nowhere\.invalid leads nowhere\./],
  ])('of a database that is not there: %s', async (connectionString, words) => {
    expect(await failureOf(() => new pg.Client({ connectionString }).connect())).toMatch(words);
  });

  it('of a login that the database refuses, or a database that it does not have', async () => {
    const wrong = new URL(inject('databaseUrl'));
    wrong.password = 'wrong';
    expect(await failureOf(() => new pg.Client({ connectionString: wrong.href }).connect())).toMatch(
      /^The database refused the login: .+ Check user and password in DATABASE_URL\.$/,
    );
    const other = new URL(inject('databaseUrl'));
    other.pathname = '/nowhere';
    expect(await failureOf(() => new pg.Client({ connectionString: other.href }).connect())).toBe(
      'database "nowhere" does not exist. Create the database, or correct its name in DATABASE_URL.',
    );
  });

  it('of a database without a journal', async () => {
    const client = new pg.Client({ connectionString: inject('databaseUrl') });
    await client.connect();
    onTestFinished(() => client.end());
    expect(await failureOf(() => client.query('select 1 from journal_setting'))).toMatch(
      /^The database holds no journal yet\. Start the hub on it once/,
    );
  });

  it('of a database that ends in the middle of a question', async () => {
    const pool = openDatabase({ url: inject('databaseUrl'), poolSize: 2 });
    onTestFinished(() => pool.end());
    const ended = () =>
      pool.query('select pg_terminate_backend(pg_backend_pid())').then(() => pool.query('select 1'));
    expect(await failureOf(ended)).toMatch(/Try again in a moment\.$/);
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const connectionString = `postgres://127.0.0.1:${port}/x`;
    expect(await failureOf(() => new pg.Client({ connectionString }).connect())).toMatch(
      /^The connection broke off: .+ Try again in a moment\.$/,
    );
  });

  it('of a file below what is no folder keeps its stack: nobody planned for it', async () => {
    expect(await failureOf(() => readFile('/dev/null/x'))).toMatch(/ENOTDIR/);
  });
});

it.each([
  ['ECONNRESET', { syscall: 'read' }, 'The connection broke off: the other side, the database most likely,'],
  ['ENOSPC', {}, 'The disk is full. Free some space'],
  ['EDQUOT', {}, 'The disk is full. Free some space'],
  ['EACCES', { path: '/srv/state' }, '/srv/state: no permission. Run as the user that owns it'],
  ['ETIMEDOUT', { address: '10.0.0.9', port: 5432 }, 'No answer from 10.0.0.9:5432. Is the server up'],
  ['EHOSTUNREACH', { address: '10.0.0.9' }, 'No answer from 10.0.0.9. Is the server up'],
  ['42501', {}, 'Grant the user of DATABASE_URL the right to create a schema.'],
  ['53100', {}, 'The database server’s disk is full.'],
  ['53300', {}, 'Raise max_connections'],
  ['57P03', {}, 'Try again in a moment.'],
])('says what to do about %s', (code, more, words) => {
  const { text, exitCode } = describeFailure(coded(code, more));
  expect(text).toContain(words);
  expect(text).not.toContain('\n');
  expect(exitCode).toBe(1);
});

it('lets errors that are written for people speak for themselves, without a stack', () => {
  expect(describeFailure(new JournalStartError('Too old.'))).toEqual({ text: 'Too old.', exitCode: 1 });
  expect(describeFailure(new CommandError('Not so.', 2))).toEqual({ text: 'Not so.', exitCode: 2 });
  const cause = coded('EACCES', { syscall: 'listen' });
  expect(describeFailure(new Error('Port 80 needs rights.', { cause })).text).toBe('Port 80 needs rights.');
  const problem = { file: 'a.yaml', line: 3, path: 'hub', message: 'is wrong', remedy: 'Mend it.' };
  expect(describeFailure(new ConfigurationError([problem]))).toEqual({
    text: 'a.yaml:3: hub: is wrong\n  Mend it.',
    exitCode: 2,
  });
});

it('shows the stack of a defect of ours', () => {
  expect(describeFailure(new TypeError('x is undefined')).text).toMatch(
    /^TypeError: x is undefined\n {4}at /,
  );
  expect(describeFailure('thrown text')).toEqual({ text: 'thrown text', exitCode: 1 });
});
