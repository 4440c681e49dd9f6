/**
 * `trunkline start` as a process. Real: the process, its signals, HTTP, PostgreSQL; in one test the embedded server. The configured systems
 * are not there (port 1 of this machine): a hub must come up, serve and go without them.
 */
import { existsSync } from 'node:fs';
import { startEmbeddedPostgres } from '@trunkline/journal/embedded';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { takenPort } from './support/taken-port.ts';
import { configurationFile, RIGHT, temporaryFolder } from './support/configuration-file.ts';
import { RunningCommand, trunkline } from './support/trunkline.ts';

// Each test starts processes, and one takes a second of a whole core.
vi.setConfig({ testTimeout: 120_000 });

const READY = /^Trunkline is up on (http:\/\/127\.0\.0\.1:\d+) with (.+)\.$/m;
const ALONE = RIGHT.replaceAll(/https:\/\/[\w.]+/g, 'http://127.0.0.1:1').replace('8470', '0');
/** A hub finishes calls under way for up to ten seconds; one with nothing under way must not take that long. */
const SECONDS_TO_STOP = 8;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function readyUrl(hub: RunningCommand): Promise<string> {
  return READY.exec(await hub.printed(READY))?.[1] ?? '';
}

describe('a hub on a server', () => {
  it('refuses a port in use with a sentence, and has not given its first login away', async () => {
    const { port, free } = await takenPort();
    onTestFinished(free);
    const file = configurationFile(ALONE.replace('port: 0', `port: ${port}`));
    const { code, stdout, stderr } = await trunkline(['start', '-c', file], { DATABASE_URL: database.url });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is in use by another program. Stop that program, or choose another gateway.port.\n`,
    );
  });

  it('says where it is, serves, and stops within seconds when it is told to', async () => {
    const hub = new RunningCommand(['start', '-c', configurationFile(ALONE)], { DATABASE_URL: database.url });
    const url = await readyUrl(hub);
    const printed = await hub.printed(/Ctrl-C stops it/);
    const [, user, password, token] =
      /^First login, shown once:\n {2}user {7}(\S+)\n {2}password {3}(\S+)\n {2}API token {2}(\S+)$/m.exec(
        printed,
      ) ?? [];
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
      /^trunkline_messages_waiting 0$[^]*^trunkline_breaker_open{system="erp"} 0$/m,
    );
    const signedIn = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user, password }),
    });
    expect(signedIn.status).toBe(200);
    const overview = () => fetch(`${url}/api/v1/overview`, { headers: { authorization: `Bearer ${token}` } });
    expect((await overview()).status).toBe(200);

    const renewed = await trunkline(['login', '--renew', '--json', '-c', configurationFile(ALONE)], {
      DATABASE_URL: database.url,
    });
    expect(JSON.parse(renewed.stdout)).toMatchObject({ user: 'admin', password: expect.any(String) });
    expect((await overview()).status, 'the lost token').toBe(401);

    const told = performance.now();
    hub.signal('SIGTERM');
    const { code, stderr } = await hub.ended();
    expect(code).toBe(0);
    expect((performance.now() - told) / 1000).toBeLessThan(SECONDS_TO_STOP);
    expect(stderr).toContain('SIGTERM: finishing what is under way.');
    await expect(fetch(`${url}/readyz`)).rejects.toThrow();
  });

  it('shows the login at its first start only, and speaks JSON to programs', async () => {
    const hub = new RunningCommand(['start', '--json', '-c', configurationFile(ALONE)], {
      DATABASE_URL: database.url,
    });
    const line = await hub.printed(/\n/);
    expect(JSON.parse(line)).toEqual({
      listening: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      database: 'the configured PostgreSQL',
      roles: ['gateway', 'worker', 'scheduler'],
    });
    hub.signal('SIGINT');
    expect((await hub.ended()).code).toBe(0);
  });
});

describe('a hub on the embedded server', () => {
  it('keeps it while another hub that was started by mistake is refused, and ends it when it ends itself', async () => {
    const folder = temporaryFolder();
    const state = `${folder}/.trunkline`;
    onTestFinished(async () => {
      if (existsSync(state)) await (await startEmbeddedPostgres({ stateDir: state })).stop();
    });
    const hub = new RunningCommand(['start', '-c', configurationFile(ALONE, folder)]);
    const url = await readyUrl(hub);
    const port = new URL(url).port;
    const again = configurationFile(ALONE.replace('port: 0', `port: ${port}`), folder);
    const second = await trunkline(['start', '-c', again]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`Port ${port} on 127.0.0.1 is in use by another program.`);
    expect((await fetch(`${url}/readyz`)).status, 'the first still has its database').toBe(200);

    const status = await trunkline(['status', '-c', again]);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^acme: no messages to process, nothing needs a person\n\nNo orders yet\./);

    hub.signal('SIGTERM');
    const { code, stderr } = await hub.ended();
    expect(code).toBe(0);
    expect(stderr).not.toContain('unexpectedly');
    const after = await trunkline(['status', '-c', again]);
    expect(after.code).toBe(1);
    expect(after.stderr).toContain('is not running, and its embedded database with it.');
  });
});
