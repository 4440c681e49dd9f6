/** What is looked at again behind a stream's cursor. Real: the rounds. Doubled: a model of rows in memory. Observed: what is read, how often. */
import { expect, test } from 'vitest';
import type { Odoo } from '../src/external-ids.ts';
import type { ChangeSource } from '../src/inbound/change-stream.ts';
import type { Stamped } from '../src/inbound/change-cursor.ts';
import { LookBehind } from '../src/inbound/look-behind.ts';

const STAMP = '2026-03-01T12:00:00Z';
const SIGNAL = AbortSignal.timeout(60_000);

/** So many records of one transaction; `refuse` is asked before each page. */
function imported(count: number, refuse: () => void = () => undefined) {
  const read: number[] = [];
  const call = (
    _model: string,
    _method: string,
    args: { domain: [string, string, number][]; limit: number },
  ) => {
    const after = args.domain.find(([field]) => field === 'id')?.[2] ?? 0;
    const left = Math.min(args.limit, count - after);
    const write_date = STAMP.replace('T', ' ').replace('Z', '');
    return Promise.resolve(Array.from({ length: left }, (_, at) => ({ id: after + at + 1, write_date })));
  };
  const source: ChangeSource<Stamped> = {
    stream: 'imported',
    model: 'imported',
    document: 'imported',
    domain: [],
    children: [],
    page: 500,
    rows(query) {
      refuse();
      const [, , ids] = query.domain.at(-1) as [string, string, number[]];
      read.push(...ids);
      return Promise.resolve(ids.map((id) => ({ id, changedAt: STAMP })));
    },
    complete: (rows) => Promise.resolve(rows.map((row) => ({ ...row, children: [] }))),
  };
  const odoo = { client: { call }, externalIdModule: 'trunkline' } as unknown as Odoo;
  let clockMs = 100_000;
  const behind = new LookBehind(source, odoo, 15, () => clockMs);
  return {
    behind,
    read,
    pass: (ms: number) => {
      clockMs += ms;
    },
    look: () => behind.read({ settled: '2026-03-01T00:00:00Z', since: STAMP }, SIGNAL),
  };
}

test('more records than are remembered are read through once, not for ever', async () => {
  const { read, look } = imported(60_000);
  for (let polls = 1; (await look()).more; polls++) expect(polls, 'polls').toBeLessThan(60_000 / 500 / 5);
  expect(read.length).toBe(60_000);
  expect(new Set(read).size).toBe(60_000);
});

test('a look that fails on its way has passed over nothing', async () => {
  let pages = 0;
  const { read, look } = imported(1500, () => {
    if (++pages === 3) throw new Error('away');
  });
  await expect(look()).rejects.toThrow('away');
  read.length = 0;
  const { records, more } = await look();
  expect([records.length, more]).toEqual([1500, false]);
});

test('what is new goes first, and what may be late has its turn in the next poll', async () => {
  const { behind, pass, look } = imported(10);
  expect(behind.turn(true), 'a first page').toBe('later');
  pass(6000);
  expect([behind.turn(true), behind.turn(true)]).toEqual(['next', 'now']);
  await look();
  expect(behind.turn(false)).toBe('later');
  pass(3000);
  expect(behind.turn(false)).toBe('now');
});
