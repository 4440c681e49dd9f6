/** Real: PostgreSQL, the migrations, the retention job. Doubled: the calendar, by a policy and by moving it on. Observed: what doctor says. */
import { dayOf, migrate, openDatabase, Retention } from '@trunkline/journal';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { historyFindings } from '../src/commands/doctor-history.ts';
import { retentionPolicy } from '../src/composition/retention.ts';
import type { Configuration } from '../src/configuration/schema.ts';

const configuration = { retention: { default: '30d', audit: '7d' } } as Configuration;
let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, 4);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('tells sizes by table and what goes next, and is well once slices stand for the days to come', async () => {
  const retention = new Retention(pool, retentionPolicy(configuration));
  await retention.prepare();
  const [history, ...more] = await historyFindings(configuration, pool);
  expect(more).toEqual([]);
  expect(history).toMatchObject({ name: 'history', ok: true });
  // Today's slice of requests and responses is a day long and kept for seven.
  const due = new Date(((await dayOf(pool)) + 8) * 86_400_000).toISOString().slice(0, 10);
  expect(history?.detail).toMatch(/slices: .*message \d+ KiB in \d/);
  expect(history?.detail).toContain(`Next to go, on ${due}: exchange`);
});

test('is ill when nobody made slices for the days to come, and names what to start', async () => {
  const findings = await historyFindings(configuration, pool, (await dayOf(pool)) + 60);
  expect(findings).toMatchObject([
    { name: 'history' },
    { name: 'slices', ok: false, remedy: expect.stringContaining('role scheduler') as string },
  ]);
});
