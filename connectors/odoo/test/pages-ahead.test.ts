/**
 * Pages that are read ahead leave no gap. Real: the paging, its cursors and the questions that it asks. Doubled: the table of an Odoo that
 * answers them, in whose rows something changes before each answer. Observed: which versions of the rows are handed out, in which order.
 */
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import type { ChangeSource } from '../src/inbound/change-stream.ts';
import { type ChangeCursor, type Stamped, startCursor } from '../src/inbound/change-cursor.ts';
import { PagesAhead } from '../src/inbound/pages-ahead.ts';

const PAGE = 3;
const BEGIN_MS = Date.parse('2026-03-02T10:00:00Z');

interface Row extends Stamped {
  readonly version: number;
}

/** Stamps are exact inside and read back in whole seconds; a change stamps its row later than all others. */
class Table {
  readonly #rows = new Map<number, { atMs: number; version: number }>();
  #nowMs = BEGIN_MS;
  asked = 0;

  write(id: number, laterMs: number): void {
    this.#nowMs += laterMs;
    this.#rows.set(id, { atMs: this.#nowMs, version: this.version(id) + 1 });
  }

  version(id: number): number {
    return this.#rows.get(id)?.version ?? 0;
  }

  newest(): string | undefined {
    return this.#rows.size === 0 ? undefined : secondOf(this.#nowMs);
  }

  answer(query: { domain: readonly unknown[]; order: string; limit: number; offset?: number }): Row[] {
    this.asked += 1;
    const { domain, order, limit, offset = 0 } = query;
    const byId = order === 'id';
    return [...this.#rows]
      .filter(([id, { atMs }]) => matches(domain, id, atMs))
      .sort(([id, { atMs }], [otherId, other]) => (byId ? 0 : atMs - other.atMs) || id - otherId)
      .slice(offset, offset + limit)
      .map(([id, { atMs, version }]) => ({ id, version, changedAt: secondOf(atMs) }));
  }
}

const secondOf = (atMs: number) => new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');

type Term = '|' | readonly [field: string, operator: string, value: unknown];

function matches(domain: readonly unknown[], id: number, atMs: number): boolean {
  const terms = [...(domain as readonly Term[])];
  const next = (): boolean => {
    const term = terms.shift();
    if (term === '|') return [next(), next()].includes(true);
    const [, operator = '', value] = term ?? [];
    if (operator === 'not in') return !(value as number[]).includes(id);
    if (operator === '>') return id > Number(value);
    const limitMs = Date.parse(`${String(value).replace(' ', 'T')}Z`);
    return operator === '>=' ? atMs >= limitMs : atMs < limitMs;
  };
  let all = true;
  while (terms.length > 0) all = next() && all;
  return all;
}

function sourceOf(table: Table, beforeEach: () => void): ChangeSource<Row> {
  return {
    stream: 'rows',
    model: 'rows',
    document: 'row',
    domain: [],
    children: [],
    page: PAGE,
    rows(query) {
      const rows = table.answer(query);
      beforeEach();
      return Promise.resolve(rows);
    },
    complete: (rows) =>
      Promise.resolve(
        rows.map(({ id, changedAt, version }) => ({
          id,
          changedAt,
          children: [],
          message: { key: String(id), payload: version },
        })),
      ),
  };
}

/** The last version of each row that was handed out; then once more, when nothing changes any longer. */
async function readAll(
  table: Table,
  beforeNext: () => void,
  byId = false,
): Promise<ReadonlyMap<number, number>> {
  let changing = true;
  const source = sourceOf(table, () => {
    if (changing) beforeNext();
  });
  const pages = new PagesAhead(source, () => 0, byId ? () => Promise.resolve(table.newest()) : undefined);
  const read = new Map<number, number>();
  let cursor: ChangeCursor = startCursor(secondOf(BEGIN_MS));
  for (let more = true; more; ) {
    const page = await pages.take(cursor, AbortSignal.timeout(10_000));
    for (const { id, message } of page.records) read.set(id, Number(message?.payload));
    ({ cursor } = page);
    more = page.more || changing;
    if (!page.more) changing = false;
  }
  return read;
}

const writes = fc.array(
  fc.record({ id: fc.integer({ min: 1, max: 40 }), laterMs: fc.integer({ min: 0, max: 900 }) }),
  {
    maxLength: 60,
  },
);
// A row that changes again within its second is for the look behind the cursor.
const change = fc.record({
  id: fc.integer({ min: 1, max: 40 }),
  laterMs: fc.integer({ min: 1000, max: 3000 }),
});
const during = fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 25 });

property.prop([writes, during, fc.boolean()], { numRuns: 300 })(
  'whatever changes between the questions, the last version of each row comes, and comes last',
  async (before, between, byId) => {
    const table = new Table();
    for (const { id, laterMs } of before) table.write(id, laterMs);
    const left = [...between];
    const read = await readAll(
      table,
      () => {
        for (const { id, laterMs } of left.shift() ?? []) table.write(id, laterMs);
      },
      byId,
    );
    const rows = Array.from({ length: 41 }, (_, id) => id).filter((id) => table.version(id) > 0);
    expect(rows.map((id) => [id, read.get(id)])).toEqual(rows.map((id) => [id, table.version(id)]));
  },
);

test('a page costs one question, and the end two that find nothing', async () => {
  const table = new Table();
  for (let id = 1; id <= 10 * PAGE; id++) table.write(id, 400);
  const read = await readAll(table, () => undefined);
  // And once more.
  expect([read.size, table.asked]).toEqual([10 * PAGE, 10 + 2 + 1]);
});
