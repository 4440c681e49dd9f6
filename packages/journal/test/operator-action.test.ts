/**
 * Real: PostgreSQL, the engine, the exception desk. Doubled: a target that refuses. Observed: the record of what people did, which
 * stands and falls with the deed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { actionsOf, ExceptionDesk, partitionOf, recordAction } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { message, NOTHING, ScriptedTarget, startEngine, type TestEngine, until } from './support/engine.ts';

let database: TestDatabase;
let running: TestEngine;
const target = new ScriptedTarget();
target.answer = () => ({ kind: 'rejected', code: 'target_rejected', detail: 'no such customer' });
beforeAll(async () => {
  database = await createTestDatabase();
  running = await startEngine(
    database.url,
    () => ({
      ...NOTHING,
      commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: {} }],
    }),
    { a: target },
  );
});
afterAll(async () => {
  await running.close();
  await database.drop();
});

test('A2: a retry and a discard are recorded with who, when and why, once each', async () => {
  const { engine, pool } = running;
  const desk = new ExceptionDesk(pool, 4);
  await engine.intake.accept([message('k', 'm1')]);
  const open = async () => (await desk.list({ status: 'open' }, 10, 0)).items[0];
  await until('parked', async () => (await open()) !== undefined);
  const first = await open();
  await desk.retry(first?.part ?? -1, first?.id ?? '', 'ada');
  expect(await desk.retry(first?.part ?? -1, first?.id ?? '', 'too late')).toBe(false);
  await until('parked again', async () => (await open())?.seen === 2);
  const second = await open();
  await desk.discard(second?.part ?? -1, second?.id ?? '', 'bob', 'entered by hand');
  const actions = await actionsOf(pool, partitionOf('k', 4), 'k');
  expect(actions).toMatchObject([
    { action: 'retry', actor: 'ada', reason: null, target: 'a', exceptionId: first?.id },
    { action: 'discard', actor: 'bob', reason: 'entered by hand', deliveryId: second?.deliveryId },
  ]);
  expect(actions.every((action) => action.actedAt instanceof Date)).toBe(true);
});

test('a deed that is rolled back leaves no record', async () => {
  const { pool } = running;
  const client = await pool.connect();
  await client.query('begin');
  await recordAction(client, { part: 1, key: 'never', action: 'edit', actor: 'ada', detail: { was: 1 } });
  await client.query('rollback');
  client.release();
  expect(await actionsOf(pool, 1, 'never')).toEqual([]);
});
