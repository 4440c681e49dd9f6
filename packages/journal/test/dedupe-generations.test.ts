/**
 * Real: PostgreSQL, the intake, the retention job. Doubled: time, by dating the rows of `dedupe_generation` back. Observed: which
 * repeats are answered as such. What must hold (L2): a repeat is known from whatever generation, and at the change of one, too.
 */
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_RETENTION, MessageIntake, migrate, openDatabase, Retention } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { count, message } from './support/engine.ts';

let database: TestDatabase;
let pool: Pool;
let intake: MessageIntake;
let retention: Retention;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url, poolSize: 24 });
  const partitions = await migrate(pool, 4);
  intake = new MessageIntake({ pool, partitions });
  retention = new Retention(pool, DEFAULT_RETENTION);
});
beforeEach(() => pool.query('truncate message, message_waiting, message_dedupe'));
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function pass(days: number): Promise<void> {
  await pool.query(
    `update dedupe_generation set from_at = from_at - $1 * interval '1 day', until_at = until_at - $1 * interval '1 day'`,
    [days],
  );
}

const answers = async (...ids: string[]) =>
  (await intake.accept(ids.map((id) => message('k', id)))).map((answer) => answer.kind);

test('a repeat is known until its generation is dropped, which is after its retention', async () => {
  expect(await answers('m1')).toEqual(['stored']);
  let known = 0;
  for (let day = 0; day < 60; day += 5) {
    const [answer] = await answers('m1');
    if (answer === 'stored') break;
    known = day;
    await pass(5);
    await retention.run();
  }
  expect(known).toBeGreaterThanOrEqual(30);
  expect(known).toBeLessThanOrEqual(45);
  expect(await count(pool, 'dedupe_generation')).toBeLessThanOrEqual(5);
  expect(await count(pool, "message where source_id = 'm1'")).toBe(2);
});

test('near a change both generations are written, and a repeat after it is known', async () => {
  const { rows } = await pool.query<{ generation: number }>(
    "select generation from dedupe_generation where until_at = 'infinity'",
  );
  const present = rows[0]?.generation ?? -1;
  await pass(10);
  await retention.prepare();
  expect(await answers('before notice')).toEqual(['stored']);
  await pass(50 / 24 / 60);
  expect(await answers('near', 'near')).toEqual(['stored', 'duplicate']);
  expect(await answers('near', 'before notice')).toEqual(['duplicate', 'duplicate']);
  const written = await pool.query<{ generation: number }>(
    "select generation from message_dedupe where source_id = 'near' order by generation",
  );
  expect(written.rows.map((row) => row.generation)).toEqual([present, present + 1]);
  await pass(1 / 24);
  expect(await answers('near', 'before notice', 'later')).toEqual(['duplicate', 'duplicate', 'stored']);
});

test('the same ids accepted at once by many while the generation changes are stored once each', async () => {
  await pass(10);
  await retention.prepare();
  const ids = Array.from({ length: 40 }, (_, i) => `m${i}`);
  const intakes = Array.from({ length: 5 }, () => new MessageIntake({ pool, partitions: 4 }));
  const all: string[] = [];
  // The change passes by while they run: an hour before, near, after.
  for (const minutes of [0, 46, 10, 10, 30]) {
    const moved = pass(minutes / 24 / 60);
    const rounds = intakes.map((each) => each.accept(ids.map((id) => message('k', id))));
    for (const answers of await Promise.all(rounds)) all.push(...answers.map((answer) => answer.kind));
    await moved;
  }
  expect(all.filter((kind) => kind === 'stored')).toHaveLength(40);
  expect(await count(pool, 'message')).toBe(40);
});
