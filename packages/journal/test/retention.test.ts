/**
 * Real: PostgreSQL, the engine, the retention job on several pools at once. Doubled: the calendar, which each test moves on by
 * itself; the clock of dedupe generations, whose rows are dated back; a target that a test can make refuse. Observed: what the tables hold.
 */
import type { Processor } from '@trunkline/messaging';
import { beforeEach, expect, test } from 'vitest';
import {
  DEFAULT_RETENTION,
  dayOf,
  ExceptionDesk,
  readSlices,
  Retention,
  type RetentionPolicy,
} from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import {
  count,
  message,
  NOTHING,
  ScriptedTarget,
  startEngine,
  type TestEngine,
  until,
} from './support/engine.ts';

const forward: Processor = (_incoming, state) => ({
  ...NOTHING,
  state: { kind: 'order', stage: 'open', body: { seen: Number(state?.body['seen'] ?? 0) + 1 } },
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: {} }],
});

let database: TestDatabase;
let node: TestEngine;
let target: ScriptedTarget;
let today: number;
beforeEach(async () => {
  database = await createTestDatabase();
  target = new ScriptedTarget();
  node = await startEngine(database.url, forward, { a: target });
  today = await dayOf(node.pool);
  return async () => {
    await node.close();
    expect(node.errors).toEqual([]);
    await database.drop();
  };
});

async function done(many: number): Promise<void> {
  await until('all have ended', async () => (await count(node.pool, 'delivery_done')) === many);
}

const STORED = ['message', 'message_result', 'delivery_done', 'delivery_attempt'];
const stored = () => Promise.all(STORED.map((table) => count(node.pool, table)));

test('what is older than its retention goes by DROP; the state of its thread stays, and the hub works on', async () => {
  const retention = new Retention(node.pool, DEFAULT_RETENTION);
  await node.engine.intake.accept([message('k1', 'm1'), message('k2', 'm2')]);
  await done(2);
  const early = await retention.run(today + 90);
  expect(early.dropped.filter((name) => name.includes('_c0_'))).toEqual([]);
  expect(await stored()).toEqual([2, 2, 2, 2]);
  const late = await retention.run(today + 98);
  expect(late.kept).toEqual([]);
  expect(late.dropped).toContain(`message_c0_${today}_${today + 7}`);
  expect(await stored()).toEqual([0, 0, 0, 0]);
  expect(await count(node.pool, 'canonical_state')).toBe(2);
  await node.engine.intake.accept([message('k1', 'm3')]);
  await done(1);
  const { rows } = await node.pool.query(
    "select body->>'seen' as seen from canonical_state where key = 'k1'",
  );
  expect(rows).toEqual([{ seen: '2' }]);
});

test('A3: nothing goes while something of it waits; when that has ended it goes', async () => {
  const retention = new Retention(node.pool, DEFAULT_RETENTION);
  target.answer = () => ({ kind: 'rejected', code: 'target_rejected', detail: 'no' });
  await node.engine.intake.accept([message('k1', 'm1')]);
  await until('parked', async () => (await count(node.pool, "delivery where state = 'parked'")) === 1);
  const first = await retention.run(today + 200);
  const slice = `${today}_${today + 7}`;
  expect(first.kept.map((kept) => kept.name)).toEqual(
    expect.arrayContaining([
      `message_c0_${slice}`,
      `message_result_c0_${slice}`,
      `delivery_attempt_c0_${slice}`,
    ]),
  );
  expect(await stored()).toEqual([1, 1, 0, 1]);
  const desk = new ExceptionDesk(node.pool, 4);
  const [open] = (await desk.list({ status: 'open' }, 10, 0)).items;
  await desk.discard(open?.part ?? -1, open?.id ?? '', 'ada', 'shipped by hand');
  expect((await retention.run(today + 200)).kept).toEqual([]);
  expect(await stored()).toEqual([0, 0, 0, 0]);
});

test('keys of a class with days of its own go by those', async () => {
  const policy: RetentionPolicy = {
    ...DEFAULT_RETENTION,
    classes: [{ class: 3, name: 'stock', prefix: 'st_', days: 14 }],
  };
  const retention = new Retention(node.pool, policy);
  await retention.prepare();
  await node.engine.intake.accept([message('so_1', 'm1'), message('st_1', 'm2')]);
  await done(2);
  await retention.run(today + 16);
  const { rows } = await node.pool.query('select key from message union all select key from delivery_done');
  expect(rows).toEqual([{ key: 'so_1' }, { key: 'so_1' }]);
});

test('nodes that do it at once, under accepts, do it once; ids only rise, and nothing accepted is refused or lost', async () => {
  const retentions = Array.from({ length: 4 }, () => new Retention(node.pool, DEFAULT_RETENTION));
  let sent = 0;
  for (let day = today; day < today + 40; day += 10) {
    const runs = retentions.map((retention) => retention.run(day));
    for (let i = 0; i < 5; i++) {
      await node.engine.intake.accept(
        Array.from({ length: 20 }, () => message(`k${sent % 9}`, `m${sent++}`, { n: sent })),
      );
    }
    const reports = await Promise.all(runs);
    await node.engine.intake.accept([message('k0', `m${sent++}`, { n: sent })]);
    const created = reports.flatMap((report) => report.created);
    expect(new Set(created).size).toBe(created.length);
  }
  await done(sent);
  const { rows } = await node.pool.query<{ source_id: string }>('select source_id from message order by id');
  expect(rows.map((row) => row.source_id)).toEqual(Array.from({ length: sent }, (_, i) => `m${i}`));
  const { rows: bounds } = await node.pool.query<{ days: number }>(
    'select (max(id) / 68719476736 - min(id) / 68719476736)::int as days from message',
  );
  expect(bounds[0]?.days).toBe(30);
});

test('a drop does not make accepts wait behind a long reader; it comes with a later run', async () => {
  const retention = new Retention(node.pool, DEFAULT_RETENTION);
  await node.engine.intake.accept([message('k', 'm1')]);
  await done(1);
  const reader = await node.pool.connect();
  await reader.query('begin');
  await reader.query('select count(*) from message');
  const blocked = await retention.run(today + 98);
  expect(blocked.kept).toMatchObject([{ name: `message_c0_${today}_${today + 7}` }]);
  await reader.query('commit');
  reader.release();
  expect((await retention.run(today + 98)).kept).toEqual([]);
  expect(await count(node.pool, 'message')).toBe(0);
});

test('a long stop of all nodes leaves no hole: the ids go on where slices are', async () => {
  await new Retention(node.pool, DEFAULT_RETENTION).prepare(today + 400);
  await node.engine.intake.accept([message('k', 'm1')]);
  await done(1);
  const slices = await readSlices(node.pool);
  expect(slices.filter((slice) => slice.table === 'message').map((slice) => slice.from - today)).toEqual([
    0, 400, 407,
  ]);
});
