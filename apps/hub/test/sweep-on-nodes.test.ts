/**
 * The sweep on two nodes. Real: PostgreSQL, the scheduler and the sweep in processes of their own, one of which is killed with -9. Doubled:
 * the ERP, which notes who asks, and the clock, by moving the job's due time back. Observed: who asked how often, the job's row.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type JobRow, listJobs, migrate, openDatabase } from '@trunkline/journal';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { until } from '../../../tests/landscape/until.ts';
import type { SweepingNode } from './support/sweeping-node.ts';

const DUE_TIMES = 4;
let database: TestDatabase;
let pool: Pool;
let nodes: ChildProcess[];
/** The pid of each node that asked, in order. */
const asked: number[] = [];
/** While set, questions get no answer. */
let silent = false;
const unanswered: ServerResponse[] = [];
const erp = createServer((request, response) => {
  asked.push(Number(request.url?.split('/').at(-1)));
  if (silent) unanswered.push(response);
  else response.end();
});

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, 4);
  await pool.query(
    `insert into canonical_state (part, key, kind, stage, body) values (0, 'so_1', 'order', 'confirmed', '{"erp":{"id":"7"},"plans":[]}')`,
  );
  erp.listen(0, '127.0.0.1');
  await once(erp, 'listening');
  const erpUrl = `http://127.0.0.1:${(erp.address() as AddressInfo).port}`;
  const node: SweepingNode = { databaseUrl: database.url, erpUrl, leaseSeconds: 2 };
  nodes = [1, 2].map(() =>
    fork(new URL('./support/sweeping-node.ts', import.meta.url), [JSON.stringify(node)]),
  );
  await until('both look for what is due', async () => {
    const { rows } = await pool.query<{ nodes: number }>(
      "select count(distinct client_port)::int as nodes from pg_stat_activity where datname = current_database() and query like '%schedule_job%' and pid <> pg_backend_pid()",
    );
    return (rows[0]?.nodes ?? 0) >= 2;
  });
});
afterAll(async () => {
  for (const node of nodes) {
    if (node.exitCode !== null || node.signalCode !== null) continue;
    node.kill('SIGKILL');
    await once(node, 'exit');
  }
  erp.closeAllConnections();
  erp.close();
  await pool.end();
  await database.drop();
});

async function job(): Promise<JobRow | undefined> {
  return (await listJobs(pool)).find(({ name }) => name === 'sweep-orders');
}

async function makeDue(): Promise<void> {
  await pool.query(
    "update schedule_job set next_run_at = date_trunc('second', clock_timestamp() - interval '1 second') where name = 'sweep-orders'",
  );
}

const ended = (runs: number) =>
  until(`run ${runs} has ended`, async () => {
    const now = await job();
    return now?.runningBy === null && now.runs === String(runs) && now.lastOutcome === 'succeeded';
  });

it('one node sweeps per due time, and one that is killed while it sweeps is replaced', async () => {
  for (let run = 1; run <= DUE_TIMES; run++) {
    await makeDue();
    await ended(run);
    expect(asked).toHaveLength(run);
  }

  silent = true;
  await makeDue();
  await until('one asks', () => asked.length === DUE_TIMES + 1);
  const doomed = nodes.find(({ pid }) => pid === asked.at(-1));
  const survivor = nodes.find(({ pid }) => pid !== asked.at(-1));
  silent = false;
  doomed?.kill('SIGKILL');
  await until('the other asks in its place', () => asked.at(-1) === survivor?.pid);
  await ended(DUE_TIMES + 2);
  expect(asked).toHaveLength(DUE_TIMES + 2);

  await makeDue();
  await ended(DUE_TIMES + 3);
  expect(asked.at(-1)).toBe(survivor?.pid);
});
