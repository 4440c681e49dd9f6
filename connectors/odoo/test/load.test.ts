/**
 * load(): sheets, messages, second calls. Real: HTTP and the client; the answers are those of recording 26 and of
 * the import code's other branches seen on live servers. Doubled: Odoo.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createOdooClient } from '../src/client.ts';
import type { LoadRecord } from '../src/load.ts';
import { load } from '../src/load.ts';
import type { ScriptedOdoo } from './scripted-odoo.ts';
import { json2Script, startScriptedOdoo } from './scripted-odoo.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

interface Sheet {
  readonly fields: string[];
  readonly data: string[][];
}

/** Runs a load against answers in turn. */
async function run(records: readonly LoadRecord[], answers: readonly unknown[]) {
  const sheets: Sheet[] = [];
  const server: ScriptedOdoo = await startScriptedOdoo(
    json2Script((_call, body) => {
      sheets.push(body as unknown as Sheet);
      return answers[sheets.length - 1];
    }),
  );
  const client = createOdooClient({ url: server.url, database: 'd', apiKey: 'k' });
  opened.push(server, client);
  const outcomes = await load({ client, externalIdModule: 'hub' }, 'res.partner', records);
  return { outcomes, sheets };
}

const partner = (name: string): LoadRecord => ({ externalId: `p_${name}`, cells: { name } });
const error = (record: number, message: string, field?: string, row = record) => ({
  type: 'error',
  record,
  rows: { from: row, to: row },
  message,
  ...(field === undefined ? {} : { field }),
});

test('lines become continuation rows below their order, with the parent columns empty', async () => {
  const order = (n: number, lines: number): LoadRecord => ({
    externalId: `so_${n}`,
    cells: { 'partner_id/id': 'hub.p_1' },
    children: {
      field: 'order_line',
      records: Array.from({ length: lines }, (_, i) => ({
        externalId: `so_${n}_${i}`,
        cells: { product_uom_qty: `${i + 1}` },
      })),
    },
  });
  const { sheets, outcomes } = await run(
    [order(1, 2), order(2, 1)],
    [{ ids: [3325, 3326], messages: [], nextrow: 0 }],
  );
  expect(sheets).toMatchObject([
    {
      fields: ['id', 'partner_id/id', 'order_line/id', 'order_line/product_uom_qty'],
      data: [
        ['hub.so_1', 'hub.p_1', 'hub.so_1_0', '1'],
        ['', '', 'hub.so_1_1', '2'],
        ['hub.so_2', 'hub.p_1', 'hub.so_2_0', '1'],
      ],
    },
  ]);
  expect(outcomes).toEqual([
    { kind: 'succeeded', id: 3325 },
    { kind: 'succeeded', id: 3326 },
  ]);
});

test('a message names its record by row where records have several rows', async () => {
  const withLines = (n: number): LoadRecord => ({
    externalId: `so_${n}`,
    cells: {},
    children: {
      field: 'order_line',
      records: [0, 1].map((i) => ({ externalId: `so_${n}_${i}`, cells: { name: 'x' } })),
    },
  });
  const { outcomes } = await run(
    [withLines(1), withLines(2)],
    [
      { ids: false, messages: [error(1, 'bad line', 'order_line', 3)] },
      { ids: [9], messages: [] },
    ],
  );
  expect(outcomes).toMatchObject([
    { kind: 'succeeded', id: 9 },
    { kind: 'rejected', field: 'order_line' },
  ]);
});

test('bad records are dropped and the good ones sent again', async () => {
  const { outcomes, sheets } = await run(
    [partner(''), partner('Good'), partner('Bad')],
    [
      {
        ids: false,
        messages: [
          error(2, "'abc' does not seem to be a number for field 'Credit Limit'", 'credit_limit'),
          error(0, 'Contacts require a name'),
        ],
      },
      { ids: [77], messages: [], nextrow: 0 },
    ],
  );
  expect(outcomes).toMatchObject([
    { kind: 'rejected', message: 'Contacts require a name' },
    { kind: 'succeeded', id: 77 },
    { kind: 'rejected', field: 'credit_limit' },
  ]);
  expect(sheets[1]?.data).toEqual([['hub.p_Good', 'Good']]);
});

test('the error of the whole batch, put on its first record, does not make that one guilty', async () => {
  const { outcomes } = await run(
    [partner('First'), partner('Twice')],
    [
      {
        ids: false,
        messages: [error(0, 'Barcode(s) already assigned'), error(1, 'Barcode(s) already assigned')],
      },
      { ids: [5], messages: [] },
    ],
  );
  expect(outcomes).toMatchObject([{ kind: 'succeeded', id: 5 }, { kind: 'rejected' }]);
});

test('a first record that is guilty as well is found by the next call', async () => {
  const { outcomes, sheets } = await run(
    [partner(''), partner('Good'), partner('')],
    [
      { ids: false, messages: [error(0, 'Contacts require a name'), error(2, 'Contacts require a name')] },
      { ids: false, messages: [error(0, 'Contacts require a name')] },
      { ids: [5], messages: [] },
    ],
  );
  expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'succeeded', 'rejected']);
  expect(sheets).toHaveLength(3);
});

test('at most two further calls; what is still refused then waits for a retry', async () => {
  const all = [1, 2, 3, 4, 5].map((n) => partner(`${n}`));
  const refuseLast = (count: number) => ({ ids: false, messages: [error(count - 1, 'no', 'name')] });
  const { outcomes, sheets } = await run(all, [
    refuseLast(5),
    refuseLast(4),
    refuseLast(3),
    { ids: [1, 2], messages: [] },
  ]);
  expect(sheets).toHaveLength(3);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['retry', 'retry', 'rejected', 'rejected', 'rejected']);
});

test('"could not serialize" is a retry for all', async () => {
  const { outcomes, sheets } = await run(
    [partner('A'), partner('B')],
    [{ ids: false, messages: [error(0, 'could not serialize access due to concurrent update\n')] }],
  );
  expect(outcomes.map(({ kind }) => kind)).toEqual(['retry', 'retry']);
  expect(sheets).toHaveLength(1);
});

test('an error that names no record stands for all', async () => {
  const { outcomes } = await run(
    [partner('A'), partner('B')],
    [{ ids: false, messages: [{ type: 'error', message: 'Unknown column' }] }],
  );
  expect(outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'rejected']);
});

test('records that set different fields go in different sheets, so that no empty cell empties a field', async () => {
  const { sheets, outcomes } = await run(
    [partner('A'), { externalId: 'p_B', cells: { name: 'B', email: 'b@example.com' } }, partner('C')],
    [
      { ids: [1, 3], messages: [] },
      { ids: [2], messages: [] },
    ],
  );
  expect(sheets.map(({ fields }) => fields)).toEqual([
    ['id', 'name'],
    ['id', 'name', 'email'],
  ]);
  expect(outcomes).toEqual([1, 2, 3].map((id) => ({ kind: 'succeeded', id })));
});

describe('a call that fails as a whole', () => {
  test('without an answer leaves every record unknown', async () => {
    const { outcomes } = await run([partner('A'), partner('B')], ['hang up']);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
  });

  test('datetimes are read in UTC, not in the time zone of the user', async () => {
    const { sheets } = await run([partner('A')], [{ ids: [1], messages: [] }]);
    expect(sheets[0]).toMatchObject({ context: { tz: 'UTC' } });
  });
});
