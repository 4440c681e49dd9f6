/**
 * Real: PostgreSQL, a process that does a run of retention and ends by SIGKILL on the named side of the named commit, a second run that
 * finishes. Doubled: the calendar, 98 days on; the dates of dedupe generations. Observed: slices, generations and rows, against those of
 * a run that nobody disturbed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { DEFAULT_RETENTION, dayOf, readSlices, Retention, type RetentionPolicy } from '@trunkline/journal';
import type { Processor } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../packages/journal/test/support/database.ts';
import { count, message, NOTHING, startEngine, until } from '../../packages/journal/test/support/engine.ts';
import type { RetentionDoom } from './windows/doomed-retention.ts';
import { openPool } from './windows/node.ts';
import { isOfRetention, WINDOWS } from './windows/windows.ts';

const POLICY: RetentionPolicy = {
  ...DEFAULT_RETENTION,
  classes: [{ class: 3, name: 'stock', prefix: 'st_', days: 14 }],
};
const LATER = 98;
const ENDED = 'st_ended';
const HELD = 'so_held';

const holding: Processor = ({ key }) => {
  if (key === HELD) throw new Error('no idea what to do with it');
  return { ...NOTHING, state: { kind: 'stock', stage: 'open', body: {} } };
};

interface Journal {
  readonly pool: Pool;
  readonly url: string;
  readonly today: number;
  close(): Promise<void>;
}

/** A journal with a message that has ended, one that is held, a dedupe generation whose time has come and one that is to be followed. */
async function filled(): Promise<Journal> {
  const database = await createTestDatabase();
  const pool = openPool(database.url);
  const node = await startEngine(database.url, holding, {});
  const retention = new Retention(pool, POLICY);
  await retention.prepare();
  await node.engine.intake.accept([message(ENDED, 'm1')]);
  // An open exception keeps the day of its message in every class.
  await retention.prepare((await dayOf(pool)) + 3);
  await node.engine.intake.accept([message(HELD, 'm2')]);
  await until(
    'one has ended and one is held',
    async () =>
      (await count(pool, 'message_result')) === 1 && (await count(pool, 'message_waiting where held')) === 1,
  );
  await node.close();
  for (const days of [11, 50]) {
    await pool.query(
      `update dedupe_generation set from_at = from_at - $1 * interval '1 day', until_at = until_at - $1 * interval '1 day'`,
      [days],
    );
    if (days === 11) await retention.prepare();
  }
  const close = async () => {
    await pool.end();
    await database.drop();
  };
  return { pool, url: database.url, today: await dayOf(pool), close };
}

async function standing({ pool, today }: Journal) {
  const slices = await readSlices(pool);
  const generations = await pool.query(
    'select generation, until_at is not null as known from dedupe_generation',
  );
  const tables = await pool.query(
    "select relname from pg_class where relname ~ '^message_dedupe_g[0-9]+$' order by 1",
  );
  const ids = await pool.query<{ day: number }>(
    'select (last_value >> 36)::int - $1::int as day from message_id',
    [today],
  );
  return {
    slices: slices.map(({ name }) => name.replaceAll(/\d{5,}/g, (day) => String(Number(day) - today))),
    generations: generations.rows,
    tables: tables.rows,
    idsMovedOn: ids.rows[0]?.day,
    ended: await count(pool, `message where key = '${ENDED}'`),
    held: await count(pool, `message join message_waiting using (part, id) where message.key = '${HELD}'`),
    states: await count(pool, 'canonical_state'),
  };
}

let undisturbed: Awaited<ReturnType<typeof standing>>;
beforeAll(async () => {
  const journal = await filled();
  await new Retention(journal.pool, POLICY).run(journal.today + LATER);
  undisturbed = await standing(journal);
  await journal.close();
});

test('a run that nobody disturbs drops what has ended and keeps what is held', () => {
  expect(undisturbed).toMatchObject({ ended: 0, held: 1, states: 1, idsMovedOn: LATER });
  expect(undisturbed.slices).not.toContain('message_c3_0_1');
  expect(undisturbed.slices).toContain('message_c0_0_7');
});

test.each(Object.entries(WINDOWS).filter(([, window]) => isOfRetention(window)))(
  '%s',
  async (_name, window) => {
    const journal = await filled();
    try {
      const doom = { databaseUrl: journal.url, policy: POLICY, today: journal.today + LATER, window, nth: 1 };
      await die(doom);
      // Whatever it left, nothing that comes in is refused, and nothing that has its place is lost.
      const node = await startEngine(journal.url, () => NOTHING, {});
      const [answer] = await node.engine.intake.accept([message('so_new', 'm3')]);
      expect(answer?.kind).toBe('stored');
      await node.close();
      expect(node.errors).toEqual([]);
      const report = await new Retention(journal.pool, POLICY).run(doom.today);
      expect(report.kept.map(({ why }) => why)).toContain('a message waits');
      expect(await standing(journal)).toEqual(undisturbed);
    } finally {
      await journal.close();
    }
  },
);

async function die(doom: RetentionDoom): Promise<void> {
  const child = spawn(
    process.execPath,
    [resolve(import.meta.dirname, 'windows/doomed-retention.ts'), JSON.stringify(doom)],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal }, `the window was not reached. ${words}`).toEqual({ code: null, signal: 'SIGKILL' });
}
