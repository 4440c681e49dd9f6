import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CaseDesk,
  countOpenExceptions,
  countStages,
  ExceptionDesk,
  migrate,
  openDatabase,
  WaitingCounts,
} from '@trunkline/journal';
import { startEmbeddedPostgres } from '@trunkline/journal/embedded';
import type { Pool } from 'pg';

const OPEN = 100_000;
const KINDS = 200;
const ROUNDS = 15;

interface Figures {
  readonly job: string;
  /** Median milliseconds of one question. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** Lists and searches of cases with many open exceptions, each on an order with three identifiers. */
export async function casesBench(): Promise<Figures> {
  const stateDir = await mkdtemp(join(tmpdir(), 'trunkline-bench-'));
  const server = await startEmbeddedPostgres({ stateDir });
  const pool = openDatabase({ url: server.url });
  try {
    const partitions = await migrate(pool, 8);
    await fill(pool, partitions);
    const cases = new CaseDesk(pool, partitions, { 'flow-1': 'desk' });
    const desk = new ExceptionDesk(pool, partitions);
    const all = { status: 'active', sort: 'oldest' } as const;
    const [first] = (await cases.list(all, 1, 0)).items;
    const id = first?.id ?? '';
    const waiting = new WaitingCounts(pool);
    const questions: Readonly<Record<string, () => Promise<unknown>>> = {
      'cases, the longest open': () => cases.list(all, 50, 0),
      'cases, most at risk': () => cases.list({ ...all, sort: 'value' }, 50, 0),
      'cases of a queue': () => cases.list({ ...all, queue: 'desk' }, 50, 0),
      'cases by words': () => cases.list({ ...all, q: 'kind k17 of failure' }, 50, 0),
      'the case of an order, by its customer PO': () => cases.list({ ...all, q: 'PO-54321' }, 50, 0),
      'one case': () => cases.find(id),
      'its orders': () => desk.list({ status: 'open', case: id }, 25, 0),
      'exceptions, newest first': () => desk.list({ status: 'open' }, 50, 0),
      'what the overview asks each second': () =>
        Promise.all([countStages(pool, 'order'), countOpenExceptions(pool), waiting.read()]),
    };
    const milliseconds: Record<string, number> = {};
    for (const [name, ask] of Object.entries(questions)) milliseconds[name] = await median(ask);
    return { job: `${OPEN} open exceptions in ${KINDS} cases`, milliseconds };
  } finally {
    await pool.end();
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function median(ask: () => Promise<unknown>): Promise<number> {
  await ask();
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    await ask();
    took.push(performance.now() - startedMs);
  }
  took.sort((a, b) => a - b);
  return Math.round((took[ROUNDS >> 1] ?? 0) * 10) / 10;
}

async function fill(pool: Pool, partitions: number): Promise<void> {
  await pool.query(
    `insert into failure_case (fingerprint, flow, target, code, message, owner, remedy)
     select lpad(to_hex(k), 16, '0'), 'flow-' || k % 7, 'erp', 'target_rejected', 'kind k' || k || ' of failure', 'operations', 'mend it'
     from generate_series(0, $1::int - 1) k`,
    [KINDS],
  );
  await pool.query(
    `insert into exception_case (part, key, code, flow, target, delivery_id, message_id, summary, faults, owner, remedy, fingerprint, units,
       amount, currency, promised_on, opened_at)
     select n % $2, 'so_' || n, 'target_rejected', 'flow-' || (n % $3) % 7, 'erp', n, n, 'kind k' || n % $3 || ' of failure', '[]', 'operations',
       'mend it', lpad(to_hex(n % $3), 16, '0'), n % 50, n % 900, 'EUR', date '2026-03-01' + n % 30, now() - n * interval '1 second'
     from generate_series(1, $1::int) n`,
    [OPEN, partitions, KINDS],
  );
  await pool.query(
    `insert into case_tally select part, fingerprint, 'deliver', currency, count(*), sum(units), sum(amount), count(*), max(last_seen_at)
     from exception_case group by part, fingerprint, currency`,
  );
  await pool.query(
    `insert into identifier (part, key, kind, value, system)
     select n % $2, 'so_' || n, x.kind, x.prefix || n, 'crm' from generate_series(1, $1::int) n,
       (values ('customer_po', 'PO-'), ('order_number', 'S'), ('opportunity', '006D')) as x(kind, prefix)`,
    [OPEN, partitions],
  );
  await pool.query('vacuum analyze');
}
