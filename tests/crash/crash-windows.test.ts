/**
 * Real: PostgreSQL with fsync, the engine and the poller in a process that ends by SIGKILL on the named side of the named commit, a second
 * node that finishes. Doubled: the processor (bookkeeping of what it saw) and the system outside, a book on HTTP that is not
 * idempotent. Observed: the book's entries, the journal's tables, what the sender was answered before the kill.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createFirstCredentials, type CredentialKind, renewCredentials } from '@trunkline/gateway';
import { CredentialTable, ExceptionDesk } from '@trunkline/journal';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { Random } from '../../apps/hub/src/demo/demand/random.ts';
import { createTestDatabase } from '../../packages/journal/test/support/database.ts';
import { until } from '../landscape/until.ts';
import { Books } from './windows/books.ts';
import type { Doom } from './windows/doomed-node.ts';
import { ACTS, finishAct } from './windows/bulk.ts';
import { openPool, PARTITIONS, startNode } from './windows/node.ts';
import { COMMITS, isOfRetention, TIMES, WINDOWS } from './windows/windows.ts';
import { INVALID_ID, KEYS, PER_KEY, POLLED_KEYS, pushedBatches, REFUSED } from './windows/workload.ts';

const SEED = Number(process.env['TRUNKLINE_TEST_SEED'] ?? 7);
const ROOT = resolve(import.meta.dirname, '../..');
console.log(`seed ${SEED}`);

test('every window of the spec has a test, and every test is of a window of the spec', () => {
  const spec = readFileSync(resolve(ROOT, 'docs/spec/crash-windows.md'), 'utf8');
  const named = [...spec.matchAll(/^\| `([a-z-]+\/[a-z]+)`/gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(Object.keys(WINDOWS)));
  expect(new Set(named).size).toBe(named.length);
});

test('every statement of the journal that writes is a commit of the spec, or runs inside one', () => {
  const folder = resolve(ROOT, 'packages/journal/src/sql');
  const writing = readdirSync(folder)
    .filter((file) =>
      /\b(insert into|update|delete from)\b/.test(readFileSync(resolve(folder, file), 'utf8')),
    )
    .map((file) => file.replace('.sql', ''));
  const told = Object.values(COMMITS).flatMap((commit) => Object.values(commit));
  // Only ever run in the transaction of complete-messages or settle-deliveries, or in that of a person's act.
  const inside = ['open-exceptions', 'resolve-exceptions', 'resolve-exception', 'replay-message'];
  // Who is alive, which lanes there are and which job is due: no message, delivery or state is in them, and each is said again by the next round.
  const besides = ['announce-node', 'bury-nodes', 'register-lanes'];
  // What nodes agree on about targets: a call too few after a crash, never a lost one. A person who pauses a target sees whether it is.
  const agreed = [
    'close-breaker',
    'hold-target',
    'lease-slots',
    'lock-targets',
    'open-breaker',
    'pause-target',
    'register-targets',
    'resume-target',
    'take-tokens',
  ];
  const jobs = /^(claim|end|interrupt|register|renew|skip)-jobs?$/;
  const untold = writing.filter((name) => !told.includes(name as never) && !jobs.test(name));
  expect(untold.filter((name) => ![...inside, ...besides, ...agreed].includes(name))).toEqual([]);
});

/** Files that write by statements of their own, and which commit that is, or why it is none of these windows. */
const WRITERS: Readonly<Record<string, string>> = {
  'accept.ts': 'keep-invalid',
  'audit/operator-action.ts': 'in the transaction of a person’s act',
  'bulk/bulk-desk.ts': 'bulk-preview, bulk-steer',
  'bulk/bulk-edit.ts': 'in the transaction of bulk-preview',
  'bulk/bulk-step.ts': 'bulk-retry, bulk-discard, bulk-edit, bulk-replay',
  'bulk/preview.ts': 'in the transaction of bulk-preview',
  'cases/case-desk.ts':
    'who looks after a case; no message, delivery or state is in it, and the person asks again',
  'cases/exception-acts.ts': 'retry-by-hand, edit-by-hand, discard-by-hand',
  'credential-table.ts': 'first-credentials',
  'deliver/target-control.ts':
    'a node’s share of a target’s calls; it ends by its lease, and each round says it again',
  'exceptions.ts': 'in the transaction of complete-messages or settle-deliveries',
  'lease/lease-keeper.ts': 'a node that leaves takes its name off; else its lease ends',
  'mapping/mapping-table.ts': 'a person’s mapping; the person asks again',
  'mapping/mend-mapped.ts': 'goes by what is stored: the next look lets go what is left',
  'migrate.ts': 'migrate',
  'poll-progress.ts': 'how far behind a stream is, for people to see; each poll says it again',
  'process/partition-processor.ts': 'complete-with-exceptions',
  'retention/dedupe-generations.ts': 'in the transaction of slices; generation-drop',
  'retention/retention.ts': 'slices, ids-move-on, slice-drop',
  'retention/slices.ts': 'in the transaction of slices',
  'system-servers.ts': 'which server a system is, for people to see; it is said again when it is found again',
};

test('every file of the journal that writes is told here with its commit', () => {
  const folder = resolve(ROOT, 'packages/journal/src');
  const writing = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      /\b(insert into|update [a-z_]+ (set|as)|delete from|drop table|create table)\b/.test(
        readFileSync(resolve(folder, file), 'utf8'),
      ),
  );
  expect(writing.sort()).toEqual(Object.keys(WRITERS).sort());
});

// Those of retention are tested in retention-windows.test.ts.
const OF_NODES = Object.entries(WINDOWS).filter(([, window]) => !isOfRetention(window));

test.each(OF_NODES)('%s', async (name, window) => {
  const timed = window.at === 'commit' ? window.commit : 'effect';
  const nth = 1 + new Random(SEED ^ name.length ^ (name.codePointAt(0) ?? 0)).below(TIMES[timed] ?? 1);
  const database = await createTestDatabase();
  const books = await Books.open();
  const pool = openPool(database.url);
  try {
    const answered = await runDoomed({ databaseUrl: database.url, booksUrl: books.url, window, nth }, books);
    await finish(pool, books, answered, name);
    await expectAllOnce(pool, books, name);
    await expectCredentials(pool, name);
  } finally {
    await pool.end();
    await books.close();
    await database.drop();
  }
});

/** What the sender was answered before the process was killed. */
async function runDoomed(doom: Doom, books: Books): Promise<ReadonlySet<string>> {
  const child = spawn(
    process.execPath,
    [resolve(import.meta.dirname, 'windows/doomed-node.ts'), JSON.stringify(doom)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let entries = 0;
  const { window, nth } = doom;
  books.around = () => {
    entries += 1;
    if (window.at !== 'effect' || entries !== nth) return 'write';
    child.kill('SIGKILL');
    return window.side === 'before' ? 'cut-before' : 'cut-after';
  };
  let [printed, words] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal }, `the window was not reached. ${words}`).toEqual({ code: null, signal: 'SIGKILL' });
  books.around = () => 'write';
  const lines = printed.split('\n').filter((line) => line !== '');
  return new Set(lines.flatMap((line) => JSON.parse(line) as string[]));
}

/** The sender repeats what was not answered; a second node takes over; a person retries what is parked once its cause is mended. */
async function finish(
  pool: Pool,
  books: Books,
  answered: ReadonlySet<string>,
  window: string,
): Promise<void> {
  const errors: unknown[] = [];
  const node = await startNode(pool, books.url, (error) => errors.push(error));
  try {
    for (const batch of pushedBatches()) {
      const again = batch.filter(({ sourceId }) => !answered.has(sourceId));
      await node.engine.intake.accept(again);
    }
    if (!answered.has(INVALID_ID)) await node.engine.intake.keep('sender', INVALID_ID, '{', []);
    const act = actOf(window);
    if (act !== undefined) books.refusing = false;
    if (act !== undefined) await finishAct(pool, act);
    // The replay alone leaves the parked entry to be retried.
    if ((act === undefined || act === 'replay') && window !== 'discard-by-hand/after')
      await retryParked(pool, books);
    const left = async () => {
      const { rows } = await pool.query<{ waiting: number; messages: number; deliveries: number }>(
        `select (select count(*) from message_waiting)::int as waiting, (select count(*) from delivery)::int as deliveries,
           (select count(*) from message)::int as messages`,
      );
      return rows[0];
    };
    const all = (KEYS.length + POLLED_KEYS.length) * PER_KEY;
    await until(
      'all is processed and delivered',
      async () => {
        const now = await left();
        // Each event, and each entry's reply.
        const expected = 2 * all - (isDiscarded(window) ? 1 : 0) + (act === 'replay' ? 2 : 0);
        return now?.waiting === 0 && now.deliveries === 0 && now.messages === expected;
      },
      { withinMs: 15_000, seen: left },
    );
  } finally {
    await node.stop();
  }
  expect(errors).toEqual([]);
}

function actOf(window: string) {
  return ACTS[window.split('/')[0] ?? ''];
}

function isDiscarded(window: string): boolean {
  return window === 'discard-by-hand/after' || actOf(window) === 'discard';
}

async function retryParked(pool: Pool, books: Books): Promise<void> {
  const desk = new ExceptionDesk(pool, PARTITIONS);
  const parked = await until('the refused entry is parked', async () =>
    (await desk.list({ status: 'open' }, 10, 0)).items.find(
      ({ code, retryable }) => code === 'target_rejected' && retryable,
    ),
  );
  books.refusing = false;
  expect(await desk.retry(parked.part, parked.id, 'tester')).toBe(true);
}

async function expectAllOnce(pool: Pool, books: Books, window: string): Promise<void> {
  const skipped = isDiscarded(window) ? REFUSED : undefined;
  for (const key of [...KEYS, ...POLLED_KEYS]) {
    const events = PER_KEY + (key === 'k1' && actOf(window) === 'replay' ? 1 : 0);
    const wanted = Array.from({ length: events }, (_, n) => `${key}/${n}`).filter(
      (entry) => entry !== skipped,
    );
    expect(
      books.entries.filter((entry) => entry.startsWith(`${key}/`)),
      'once, in order',
    ).toEqual(wanted);
    const { rows } = await pool.query<{ body: unknown }>('select body from canonical_state where key = $1', [
      key,
    ]);
    const seen = Array.from({ length: events }, (_, n) => n);
    expect(rows, 'processed once, in order').toEqual([{ body: { seen, booked: wanted.length } }]);
  }
  const { rows } = await pool.query(
    `select (select count(*) from message m left join message_result r using (part, id) where r.id is null)::int as unprocessed,
       (select count(*) from exception_case where resolved_at is null)::int as open,
       (select count(*) > 0 from invalid_message where source_id = $1) as invalid_kept`,
    [INVALID_ID],
  );
  expect(rows).toEqual([{ unprocessed: 0, open: 0, invalid_kept: true }]);
}

/** A login that was stored and never shown is replaced by its operator; one that was not stored comes with the next start. */
async function expectCredentials(pool: Pool, window: string): Promise<void> {
  const rows = new CredentialTable<CredentialKind>(pool);
  const first = await createFirstCredentials(rows);
  expect(first === undefined).toBe(window === 'first-credentials/after');
  expect((first ?? (await renewCredentials(rows))).user).toBe('admin');
}
