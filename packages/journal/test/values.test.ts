/**
 * What the journal writes of values itself instead of leaving it to the client. Real: PostgreSQL, whose reading of them is the measure.
 * Doubled: the processor, which keeps what it is given.
 */
import { fc, test as property } from '@fast-check/vitest';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayLiteral } from '../src/array-literal.ts';
import { Engine, migrate, openDatabase } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { message, NOTHING, until } from './support/engine.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  await migrate(pool, 2);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What arrays have signs for, and whatever else text may hold in Postgres. */
const text = fc.oneof(
  fc.constantFrom('', 'NULL', 'null', '{}', '{"a"}', '"', '\\', '\\"', ',', ' ', '\n', '\t', "'"),
  fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0')),
);

property.prop([fc.array(fc.option(text), { maxLength: 20 })])(
  'an array comes to Postgres as it was',
  async (values) => {
    const { rows } = await pool.query('select to_json($1::text[]) as back', [arrayLiteral(values)]);
    expect(rows[0]?.back).toEqual(values);
  },
);

test('numbers and truth values come as such; what it does not write itself is left to the client', async () => {
  const { rows } = await pool.query(
    'select $1::float8[] as numbers, $2::bool[] as truths, $3::bigint[] as large',
    [arrayLiteral([1, -2.5, 1e300]), arrayLiteral([true, null, false]), arrayLiteral([9007199254740993n])],
  );
  expect(rows).toEqual([
    { numbers: [1, -2.5, 1e300], truths: [true, null, false], large: ['9007199254740993'] },
  ]);
  expect(arrayLiteral([new Date()])).toBeUndefined();
  expect(arrayLiteral([['nested']])).toBeUndefined();
});

test('a message is decided with the instant that is stored, in milliseconds, whatever the server’s zone', async () => {
  const { rows } = await pool.query('select current_database() as name');
  await pool.query(`alter database "${rows[0]?.name}" set timezone = 'Asia/Kolkata'`);
  const elsewhere = openDatabase({ url: database.url });
  const seen = new Map<string, string>();
  const engine = new Engine({
    pool: elsewhere,
    partitions: 2,
    targets: new Map(),
    process: ({ sourceId, acceptedAt }) => {
      seen.set(sourceId, acceptedAt);
      return NOTHING;
    },
    onError: (error) => expect.unreachable(String(error)),
  });
  const stored: Record<string, string> = {
    '2026-11-25 09:58:00+00': '2026-11-25T09:58:00.000Z',
    '2026-11-25 09:58:00.5+00': '2026-11-25T09:58:00.500Z',
    '2026-11-25 23:59:59.999999+00': '2026-11-25T23:59:59.999Z',
    '2026-03-29 02:30:00.05+01': '2026-03-29T01:30:00.050Z',
  };
  const instants = Object.keys(stored);
  await engine.intake.accept(instants.map((_, i) => message(`k${i}`, `m${i}`)));
  for (const [i, instant] of instants.entries()) {
    await pool.query('update message set accepted_at = $1 where source_id = $2', [instant, `m${i}`]);
  }
  await engine.start();
  await until('all are decided', async () => seen.size === instants.length);
  await engine.stop();
  await elsewhere.end();
  expect(instants.map((_, i) => seen.get(`m${i}`))).toEqual(Object.values(stored));
});
