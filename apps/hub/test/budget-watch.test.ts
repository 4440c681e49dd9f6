/**
 * A spent budget as people see it. Real: PostgreSQL, the rows that nodes keep of targets, exceptions. Doubled: time, by moving the day of
 * the row; the calls, by counting them up. Observed: open exceptions, what is logged.
 */
import type { CanonicalEvent } from '@trunkline/canonical';
import { ExceptionDesk, migrate, openDatabase } from '@trunkline/journal';
import type { Connector } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { budgetWatchJob } from '../src/inspection/budget-watch-job.ts';

const PARTITIONS = 4;
let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, PARTITIONS);
  await pool.query("insert into target_control (target) values ('crm'), ('erp')");
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const TIMEZONE = 'America/Los_Angeles';
const used = (calls: number, daysAgo = 0) =>
  pool.query(
    `update target_control set budget_used = $1, budget_day = (clock_timestamp() at time zone '${TIMEZONE}')::date - $2::int where target = 'crm'`,
    [calls, daysAgo],
  );
const open = async () => (await new ExceptionDesk(pool, PARTITIONS).list({ status: 'open' }, 10, 0)).items;

it('is one exception until the day turns or there are more calls; a warning comes before, once a day', async () => {
  const warnings: unknown[] = [];
  const connectors = new Map<string, Pick<Connector<CanonicalEvent>, 'pollers'>>();
  const watching = (calls: number) =>
    budgetWatchJob({
      pool,
      partitions: PARTITIONS,
      connectors,
      configuration: {
        limits: { crm: { dailyBudget: { calls, timezone: TIMEZONE } }, erp: { concurrency: 2 } },
      },
      log: { warn: (told: unknown) => warnings.push(told) },
    });
  const run = (job = watch) =>
    job.run({ dueAt: new Date().toISOString(), signal: new AbortController().signal });
  const watch = watching(1000);

  await used(799);
  await run();
  expect([await open(), warnings]).toEqual([[], []]);
  await used(800);
  await run();
  await run();
  expect(await open()).toEqual([]);
  expect(warnings).toMatchObject([{ system: 'crm', used: 800, calls: 1000 }]);

  await used(1000);
  await run();
  await run();
  const [spent, ...others] = await open();
  expect(others).toEqual([]);
  expect(spent).toMatchObject({
    key: 'sy_crm',
    code: 'target_budget_spent',
    target: 'crm',
    owner: 'integration',
    seen: 1,
    summary: expect.stringMatching(
      /^All 1000 calls of the day to crm are used\. What is to go there waits until \d{4}-\d\d-\d\dT0[78]:00:00Z, midnight in America\/Los_Angeles\.$/,
    ),
  });
  expect(warnings).toHaveLength(1);

  const poll = () => Promise.reject(new Error('The watch polls nothing.'));
  connectors.set('crm', { pollers: [{ stream: 'orders', intervalMs: 1000, poll }] });
  await used(800);
  await run();
  expect(await open(), 'it is read no more, and commands go on').toMatchObject([
    { summary: expect.stringMatching(/^Four fifths of the 1000 calls .* nothing new is read of it until /) },
  ]);
  await used(1000);
  await run(watching(2000));
  expect(await open(), 'there are more calls').toEqual([]);
  await run();
  expect(await open()).toMatchObject([{ code: 'target_budget_spent' }]);
  await used(1000, 1);
  await run();
  expect(await open(), 'its day has turned').toEqual([]);
});
