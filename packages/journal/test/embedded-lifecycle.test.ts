// Real: PostgreSQL from the platform package, processes, signals, files. Nothing is doubled.
// Observed: SQL over the handed-out URL, /proc, the state directory, and the supervisor's public API.
import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { findRunningEmbedded, type PostmasterExit, startEmbeddedPostgres } from '../src/embedded/index.ts';
import { type Started, spawnStarter, started } from './support/starter-process.ts';
import { temporaryStateDirectory } from './support/state-directories.ts';

async function query(url: string, sql: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(sql)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

test('a fresh server has the promised cluster, is durable and private, and keeps data and port', async () => {
  const stateDir = temporaryStateDirectory();
  const first = await startEmbeddedPostgres({ stateDir });
  expect(first.reattached).toBe(false);
  expect(await query(first.url, 'show server_version_num')).toMatchObject({
    server_version_num: expect.stringMatching(/^18/),
  });
  expect(
    await query(
      first.url,
      `select datlocprovider, datlocale, pg_encoding_to_char(encoding) as encoding,
         current_setting('data_checksums') as checksums, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as addresses,
         current_setting('unix_socket_directories') as sockets, current_setting('data_directory') as data
       from pg_database where datname = 'trunkline'`,
    ),
  ).toEqual({
    datlocprovider: 'b',
    datlocale: 'C.UTF-8',
    encoding: 'UTF8',
    checksums: 'on',
    fsync: 'on',
    commit: 'on',
    addresses: '127.0.0.1',
    sockets: '',
    data: first.dataDir,
  });
  expect(statSync(join(stateDir, 'postgres', 'password')).mode & 0o777).toBe(0o600);
  await query(first.url, 'create table kept as select 42 as answer');
  await first.stop();
  expect(await findRunningEmbedded(stateDir)).toBeUndefined();

  const second = await startEmbeddedPostgres({ stateDir });
  expect(second.port).toBe(first.port);
  expect(await query(second.url, 'select answer::text from kept')).toEqual({ answer: '42' });
});

test('nobody gets in without the password', async () => {
  const server = await startEmbeddedPostgres({ stateDir: temporaryStateDirectory() });
  const url = new URL(server.url);
  url.password = 'guessed';
  await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('a server whose parent was killed is re-attached to, its sessions untouched', async () => {
  const stateDir = temporaryStateDirectory();
  const parent = spawnStarter(stateDir);
  const before = started(await parent.answer);
  const session = new pg.Client({ connectionString: before.url });
  await session.connect();
  await session.query('create temporary table mine as select 7 as n');
  await parent.kill();

  expect(await findRunningEmbedded(stateDir)).toBe(before.url);
  const after = await startEmbeddedPostgres({ stateDir });
  expect(after).toMatchObject({ pid: before.pid, url: before.url, reattached: true });
  expect((await session.query<{ n: number }>('select n from mine')).rows).toEqual([{ n: 7 }]);
  await session.end();

  const exits: PostmasterExit[] = [];
  after.onExit((exit) => exits.push(exit));
  await after.stop();
  expect(exits).toEqual([{ expected: true }]);
});

test.each([
  { whose: 'own', reattach: false },
  { whose: 're-attached', reattach: true },
])(
  'a killed postmaster is noticed ($whose), and the next start has all that was committed',
  async ({ reattach }) => {
    const stateDir = temporaryStateDirectory();
    const parent = reattach ? spawnStarter(stateDir) : undefined;
    if (parent !== undefined) started(await parent.answer);
    const server = await startEmbeddedPostgres({ stateDir });
    await parent?.kill();
    expect(server.reattached).toBe(reattach);
    await query(server.url, 'create table committed as select 1 as n');
    const exit = new Promise<PostmasterExit>((resolve) => server.onExit(resolve));
    process.kill(server.pid, 'SIGKILL');
    expect(await exit).toEqual({ expected: false });

    const again = await startEmbeddedPostgres({ stateDir });
    expect(again.pid).not.toBe(server.pid);
    expect(await query(again.url, 'select n::text from committed')).toEqual({ n: '1' });
  },
);

test('a withdrawn exit callback is not called', async () => {
  const server = await startEmbeddedPostgres({ stateDir: temporaryStateDirectory() });
  const called: string[] = [];
  const withdraw = server.onExit(() => called.push('withdrawn'));
  server.onExit(() => called.push('kept'));
  withdraw();
  await server.stop();
  expect(called).toEqual(['kept']);
});

test('of four processes that start at once one starts the server and the others re-attach', async () => {
  const stateDir = temporaryStateDirectory();
  const starters = [1, 2, 3, 4].map(() => spawnStarter(stateDir));
  const answers: Started[] = (await Promise.all(starters.map((starter) => starter.answer))).map(started);
  await Promise.all(starters.map((starter) => starter.kill()));
  expect(answers.filter((answer) => !answer.reattached)).toHaveLength(1);
  expect(new Set(answers.map((answer) => answer.pid)).size).toBe(1);
  expect(new Set(answers.map((answer) => answer.url)).size).toBe(1);
});

test('a lock that a killed starter left is taken over, a half-made data directory is replaced', async () => {
  const stateDir = temporaryStateDirectory();
  const server = await startEmbeddedPostgres({ stateDir });
  await server.stop();
  const dead = 2 ** 22 + 1;
  writeFileSync(join(stateDir, 'postgres', 'start.lock'), JSON.stringify({ pid: dead, nonce: 1 }));
  writeFileSync(join(stateDir, 'postgres', `data.new.${dead}`), '');
  const again = await startEmbeddedPostgres({ stateDir, startTimeoutMs: 10_000 });
  expect(again.reattached).toBe(false);
});

test('a pid file from a crash whose number another program has now does not keep the server down', async () => {
  const stateDir = temporaryStateDirectory();
  const server = await startEmbeddedPostgres({ stateDir });
  const pidFile = join(server.dataDir, 'postmaster.pid');
  // PostgreSQL itself sees through it only when the other program belongs to another user.
  const { uid, gid } = statSync(server.dataDir);
  const other = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
  try {
    const left = readFileSync(pidFile, 'utf8').replace(/^\d+/, String(other.pid));
    await server.stop();
    writeFileSync(pidFile, left);
    expect(await findRunningEmbedded(stateDir)).toBeUndefined();
    expect((await startEmbeddedPostgres({ stateDir })).reattached).toBe(false);
  } finally {
    other.kill('SIGKILL');
  }
});

test('when another program has taken the remembered port, a new one is chosen', async () => {
  const stateDir = temporaryStateDirectory();
  const first = await startEmbeddedPostgres({ stateDir });
  await first.stop();
  const other = createServer().listen(first.port, '127.0.0.1');
  try {
    const second = await startEmbeddedPostgres({ stateDir });
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'select 1::text as one')).toEqual({ one: '1' });
  } finally {
    other.close();
  }
});
