/**
 * A refused login as people see it. Real: PostgreSQL, the rows that nodes keep of targets, exceptions, the terminal's words. Doubled: the
 * node that was refused, by its row. Observed: open exceptions, the list of targets.
 */
import { ExceptionDesk, migrate, openDatabase } from '@trunkline/journal';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { listTargets } from '../src/commands/targets.ts';
import { loginWatchJob } from '../src/inspection/login-watch-job.ts';
import { TargetOverview } from '../src/operations/targets.ts';
import type { HubInReach } from '../src/terminal/hub-in-reach.ts';

const PARTITIONS = 4;
let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, PARTITIONS);
  await pool.query("insert into target_control (target) values ('crm'), ('erp'), ('gone')");
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const open = async () => (await new ExceptionDesk(pool, PARTITIONS).list({ status: 'open' }, 10, 0)).items;

test('D14: is one exception of the system until the login is taken, and is told with its next try', async () => {
  const job = loginWatchJob({
    pool,
    partitions: PARTITIONS,
    connectors: new Map([['erp', { system: 'erp' }]]),
  });
  const run = () => job.run({ dueAt: new Date().toISOString(), signal: new AbortController().signal });
  await run();
  expect(await open()).toEqual([]);
  await pool.query(
    `update target_control set login_refused_at = now(), login_refusal = 'Odoo refuses the API key.', breaker_until = '2030-01-02T03:04:05Z'
     where target in ('erp', 'gone')`,
  );
  await run();
  await run();
  const [refused, ...others] = await open();
  expect(others, 'a system that is configured no more').toEqual([]);
  expect(refused).toMatchObject({
    key: 'sy_erp',
    code: 'credentials_refused',
    target: 'erp',
    seen: 1,
    summary: expect.stringContaining('Odoo refuses the API key.'),
  });

  const overview = new TargetOverview(pool, {});
  const targets = () => overview.list({ messages: 0, targets: new Map() });
  expect((await targets()).find(({ system }) => system === 'erp')?.hold).toMatchObject({
    by: 'login',
    reason: 'Odoo refuses the API key.',
    until: '2030-01-02T03:04:05.000Z',
  });
  const { text } = await listTargets({ operations: { targets } } as unknown as HubInReach);
  expect(text).toMatch(/erp +login refused/);
  expect(text).toMatch(
    /erp: Odoo refuses the API key\. The login is tried again at 03:04:05 UTC; at once: .*targets resume erp/,
  );

  // As a release that does not know the columns closes it.
  await pool.query("update target_control set breaker_until = null where target = 'erp'");
  await run();
  expect(await open()).toEqual([]);
});
