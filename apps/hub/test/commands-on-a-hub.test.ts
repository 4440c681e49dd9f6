/**
 * The looking commands against a journal that holds something. Real: the command processes, PostgreSQL, the journal; in the first part a
 * whole batch of orders through hub and simulators fills it. In the second the two target systems are doubled, so that their deliveries
 * park.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ThreadAttempts } from '@trunkline/gateway';
import type { JsonObject, Processor } from '@trunkline/messaging';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import {
  count,
  message,
  NOTHING,
  ScriptedTarget,
  startEngine,
  until,
} from '../../../packages/journal/test/support/engine.ts';
import { configurationFile, RIGHT, temporaryFolder } from './support/configuration-file.ts';
import { takenPort } from './support/taken-port.ts';
import { RunningCommand, trunkline } from './support/trunkline.ts';

// Each test starts processes, and one takes a second of a whole core.
vi.setConfig({ testTimeout: 120_000 });

const WIDEST = 100;

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

describe('after a batch of orders', () => {
  const ORDERS = 60;
  const state = temporaryFolder();
  let database: TestDatabase;
  let environment: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    environment = { DATABASE_URL: database.url, TRUNKLINE_STATE: state };
    const { port, free } = await takenPort();
    await free();
    const flags = ['--headless', '--orders', String(ORDERS), '--port', String(port)];
    const batch = await trunkline(['demo', ...flags], environment);
    expect(batch.code, batch.stdout + batch.stderr).toBe(0);
    environment['TRUNKLINE_CONFIG'] = join(state, 'batch', 'trunkline.yaml');
  }, 120_000);
  afterAll(() => database.drop());

  const json = async (...args: string[]): Promise<JsonObject> => {
    const { code, stdout, stderr } = await trunkline([...args, '--json'], environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as JsonObject;
  };

  it('status counts every order', async () => {
    const { orders, backlog } = (await json('status')) as unknown as {
      orders: { stage: string; count: number }[];
      backlog: number;
    };
    expect(orders.reduce((sum, row) => sum + row.count, 0)).toBe(ORDERS);
    expect(backlog).toBe(0);
    const { stdout } = await trunkline(['status'], environment);
    expect(stdout).toMatch(new RegExp(`^all +${ORDERS}$`, 'm'));
    expect(stdout).toMatch(/^shipped +\d+$/m);
    expect(widest(stdout)).toBeLessThanOrEqual(WIDEST);
  });

  it('status --watch looks again and again until Ctrl-C', async () => {
    const watch = new RunningCommand(['status', '--watch', '--json'], environment);
    const printed = await watch.printed(/\n.*\n/);
    for (const line of printed.trim().split('\n').slice(0, 2))
      expect(JSON.parse(line)).toMatchObject({ backlog: 0, ordersPerSecond: 0 });
    watch.signal('SIGINT');
    await watch.ended();
  });

  it('thread --attempts shows each attempt with request and response, by whom, and no credential', async () => {
    const { attempts } = (await json('thread', 'S00001', '--attempts')) as unknown as ThreadAttempts;
    expect(new Set(attempts.map(({ system }) => system)).size).toBeGreaterThanOrEqual(3);
    for (const attempt of attempts) {
      expect(attempt.exchanges.length, attempt.what).toBeGreaterThan(0);
      expect(attempt.exchanges.every(({ status }) => status !== undefined && status < 300)).toBe(true);
      expect(attempt.node).not.toBe('');
      expect(attempt.software).toMatch(
        /^trunkline \d+\.\d+\.\d+, (odoo, server \d|salesforce, server API|warehouse-rest)/,
      );
    }
    const told = JSON.stringify(attempts);
    expect(told).toContain('S00001');
    const credentials = [
      ...readFileSync(environment['TRUNKLINE_CONFIG'] ?? '', 'utf8').matchAll(
        /(?:key|token|secret): *"?([^\s"]{6,})/gi,
      ),
    ].map(([, value = '']) => value);
    expect(credentials.length).toBeGreaterThan(3);
    for (const credential of credentials) expect(told).not.toContain(credential);
    const { stdout } = await trunkline(['thread', 'S00001', '--attempts'], environment);
    expect(stdout).toMatch(/try 1: succeeded in/);
    expect(stdout).toMatch(/POST http:.*200/);
  });

  it('thread finds a shipped order by each of its identifiers, and by the beginning of one', async () => {
    const whole = (await json('thread', 'S00001')) as unknown as {
      id: string;
      title: string;
      identifiers: { kind: string; value: string }[];
    };
    expect(whole.title).toBe('S00001');
    const kinds = whole.identifiers.map(({ kind }) => kind);
    for (const kind of ['opportunity', 'customer_po', 'order_number', 'release', 'shipment', 'tracking'])
      expect(kinds).toContain(kind);
    const asked = whole.identifiers.filter(({ kind }) =>
      ['opportunity', 'customer_po', 'tracking'].includes(kind),
    );
    for (const { value } of asked) expect((await json('thread', value))['id']).toBe(whole.id);
    const tracking = whole.identifiers.find(({ kind }) => kind === 'tracking')?.value ?? '';
    expect((await json('thread', tracking.slice(0, -1)))['id']).toBe(whole.id);
    expect((await json('thread', 's00001'))['id']).toBe(whole.id);
  });

  it('thread prints what happened where, with the wait at each hop, within the terminal', async () => {
    const { code, stdout } = await trunkline(['thread', 'S00001'], environment);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^S00001 {2}shipped {2}\S/);
    for (const words of [
      'crm     opportunity.won',
      'erp     → order.place',
      'shipment.shipped',
      '→ shipment.post',
    ])
      expect(stdout).toContain(words);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} +\+[\d.]+ (ms|s) +\w+ +\S/m);
    expect(stdout).toMatch(/Nobody owes a move: the thread has ended, [\d.]+ m?s after it began\.\n$/);
    expect(stdout).not.toMatch(/ +$/m);
    expect(widest(stdout)).toBeLessThanOrEqual(WIDEST);
  });

  it('thread lists what an ambiguous identifier fits, exit code 1', async () => {
    const { code, stdout } = await trunkline(['thread', 'S0000'], environment);
    expect(code).toBe(1);
    expect(stdout).toContain('“S0000” fits 9 threads, newest first. Name one by its whole identifier:');
    expect(stdout).toMatch(/^S00009 {2}\w+.* so_\w+$/m);
    const { stdout: programs } = await trunkline(['thread', 'S0000', '--json'], environment);
    expect((JSON.parse(programs) as { matches: unknown[] }).matches).toHaveLength(9);
  });

  it('thread says what to try for an unknown identifier, exit code 1', async () => {
    const { code, stdout, stderr } = await trunkline(['thread', '%'], environment);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Nothing is known by “%”. Try an opportunity id, a customer PO');
  });

  it('a rejected order is an exception with all its faults; nothing in it can be sent again', async () => {
    const { items } = (await json('exceptions')) as unknown as {
      items: { id: string; code: string; thread: string; case: string }[];
    };
    const rejected = items.find(({ code }) => code === 'order_rejected');
    expect(rejected, 'the seeded batch has a dirty order').toBeDefined();
    const id = rejected?.id ?? '';
    const shown = await trunkline(['exceptions', 'show', id], environment);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(`trunkline thread ${rejected?.thread}`);
    expect(shown.stdout).not.toContain('exceptions retry');
    expect(await json('exceptions', '--order', rejected?.thread ?? '')).toMatchObject({
      items: [{ id }],
      total: 1,
    });
    const ofKind = await trunkline(['exceptions', 'show', rejected?.case ?? ''], environment);
    expect(ofKind.stdout).toContain(`trunkline exceptions ack ${rejected?.case}`);
    expect(ofKind.stdout).not.toContain('bulk retry');
    const thread = await trunkline(['thread', rejected?.thread ?? ''], environment);
    expect(thread.stdout).toContain(`trunkline exceptions show ${id}`);
    expect(thread.stdout).toMatch(/^Next move \(owed for [^)]+\): sales: Correct every listed fault/m);
    for (const command of [
      ['retry', id],
      ['discard', id, '--reason', 'no'],
    ]) {
      const { code, stderr } = await trunkline(['exceptions', ...command], environment);
      expect(code).toBe(1);
      expect(stderr).toContain('it waits for sales. Correct every listed fault');
    }
  });

  it('exceptions pages, counts, and names an unknown id', async () => {
    const all = (await json('exceptions', '--all')) as unknown as { total: number };
    const first = await trunkline(['exceptions', '--all', '--limit', '1'], environment);
    if (all.total > 1)
      expect(first.stdout).toContain(`${all.total - 1} more. All of them: trunkline exceptions`);
    expect(widest(first.stdout)).toBeLessThanOrEqual(WIDEST);
    expect(await json('exceptions', '--summary')).toMatchObject({ order_rejected: expect.any(Number) });
    for (const id of ['9-999999', 'nonsense', '1-99999999999999999999']) {
      const { code, stderr } = await trunkline(['exceptions', 'show', id], environment);
      expect(code).toBe(1);
      expect(stderr).toContain(`There is no exception ${id}.`);
    }
  });
});

describe('parked deliveries', () => {
  let database: TestDatabase;
  let ids: readonly string[] = [];
  const file = configurationFile(RIGHT);
  const refusing = new ScriptedTarget();
  const orders: Processor = ({ key }) => ({
    ...NOTHING,
    state: { kind: 'order', stage: 'validating', body: { stage: 'validating', plans: [], releases: [] } },
    commands: [1, 2].map((n) => ({
      role: 'erp',
      target: 'erp',
      flow: 'order-acceptance',
      type: `t${n}`,
      payload: { key },
    })),
    identifiers: [{ kind: 'customer_po', value: `PO-${key}`, system: 'crm' }],
  });
  const run = (...args: string[]) => trunkline([...args, '-c', file], { DATABASE_URL: database.url });

  beforeAll(async () => {
    database = await createTestDatabase();
    refusing.answer = () => ({ kind: 'rejected', code: 'target_rejected', detail: 'no such product' });
    const seeding = await startEngine(database.url, orders, { erp: refusing });
    await seeding.engine.intake.accept(['a', 'b'].map((key) => message(`so_${key}`, key)));
    await until(
      'both are parked',
      async () => (await count(seeding.pool, "delivery where state = 'parked'")) === 2,
    );
    await seeding.close();
    const { items } = JSON.parse((await run('exceptions', '--json')).stdout) as {
      items: { id: string; title: string }[];
    };
    ids = ['PO-so_a', 'PO-so_b'].map((title) => items.find((item) => item.title === title)?.id ?? '');
  });
  afterAll(() => database.drop());

  it('are shown with the system’s words and what can be done', async () => {
    const { stdout } = await run('exceptions');
    expect(stdout).toContain('no such product');
    expect(stdout).toContain(`then: trunkline exceptions retry ${ids[0]}`);
    const shown = (await run('exceptions', 'show', ids[0] ?? '')).stdout;
    expect(shown).toMatch(/^ {2}means {3}The system understood and refused\.$/m);
    expect(shown).toContain(`trunkline exceptions discard ${ids[0]} --reason`);
    expect((await run('status')).stdout).toMatch(/^erp +2 +2$/m);
  });

  it('a word is mapped only where somebody asks for it, and taken back only where it is mapped', async () => {
    const map = async (...args: string[]) => {
      const { code, stdout, stderr } = await run('exceptions', 'map', ...args);
      return { code, told: stdout + stderr };
    };
    const refused = (words: string) => ({ code: 2, told: expect.stringContaining(words) });
    expect(await map('TL-1', 'TL-2', '--kind', 'bogus')).toEqual(
      refused('There is no kind bogus. Use one of: product, site, country, ship_method.'),
    );
    expect(await map('TL-1', 'TL-2', '--system', 'nope')).toEqual(
      refused('No product is told in nope. Use one of: crm, erp, dallas.'),
    );
    expect(await map('FR', 'AUS', '--kind', 'site')).toEqual(
      refused('There is no site AUS. Use one of: DAL.'),
    );
    expect(await map('TL-1')).toEqual({
      code: 1,
      told: expect.stringContaining('In erp, product TL-1 is not mapped; there is nothing to take back.'),
    });
    expect(JSON.parse((await run('exceptions', 'mappings', '--json')).stdout)).toMatchObject({ items: [] });
    expect(await map('TL-1', 'TL-2')).toMatchObject({ code: 0 });
    expect(await map('TL-1')).toEqual({ code: 0, told: 'In erp, product TL-1 is mapped no more.\n' });
    expect((await map('TL-1')).code).toBe(1);
    expect((await run('exceptions', 'mappings')).stdout).toContain('Nothing is mapped.');
  });

  it('go again or are given up as told, once, and what waited behind them goes on', async () => {
    const [retried = '', discarded = ''] = ids;
    expect(await run('exceptions', 'retry', retried)).toMatchObject({
      code: 0,
      stdout: `${retried}: goes again. trunkline thread so_a\n`,
    });
    expect(await run('exceptions', 'discard', discarded, '--reason', 'entered by hand')).toMatchObject({
      code: 0,
      stdout: `${discarded}: discarded; what waited behind it goes on. trunkline thread so_b\n`,
    });
    const again = await run('exceptions', 'retry', retried);
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/^Exception \S+ was let go again .+ ago/),
    ]);
    const gone = await run('exceptions', 'discard', discarded, '--reason', 'x');
    expect(gone.code).toBe(1);
    expect(gone.stderr).toMatch(/^Exception \S+ was resolved .+ ago; nothing is left to do\.\n$/);

    const willing = new ScriptedTarget();
    const hub = await startEngine(database.url, orders, { erp: willing });
    await until('nothing waits', async () => (await count(hub.pool, 'delivery')) === 0);
    await hub.close();
    expect((await run('exceptions')).stdout).toBe('No open exceptions.\n');
    expect(willing.delivered.map(({ key, type }) => `${key} ${type}`).sort()).toEqual([
      'so_a t1',
      'so_a t2',
      'so_b t2',
    ]);
    const thread = (await run('thread', 'so_b')).stdout;
    expect(thread).toMatch(/discarded/);
    expect(thread).toContain(': entered by hand');
  });
});
