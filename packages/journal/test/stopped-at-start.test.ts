/** Real: PostgreSQL, the engine. Doubled: targets. Observed: whether a node that has stopped still asks the database. */
import { expect, onTestFinished, test } from 'vitest';
import { migrate, openDatabase } from '../src/index.ts';
import { createTestDatabase } from './support/database.ts';
import { count, NOTHING, ScriptedTarget, startEngine, until } from './support/engine.ts';

test('a node that is stopped while its partitions still read what waits asks the database nothing afterwards', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const observer = openDatabase({ url: database.url });
  onTestFinished(() => observer.end());
  await migrate(observer, 4);
  const blocker = await observer.connect();
  await blocker.query('begin; lock table delivery in access exclusive mode');
  // Many: each is read after the other, which lasts longer than the rest of a stop.
  const targets = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`t${i}`, new ScriptedTarget()]));
  const node = await startEngine(database.url, () => NOTHING, targets);
  await until('it reads', async () => {
    const waiting = "pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    return (await count(observer, waiting)) > 0;
  });
  const closed = node.close();
  await until('it is leaving', async () => (await count(observer, 'node')) === 0);
  await blocker.query('commit');
  blocker.release();
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(node.errors).toEqual([]);
});
