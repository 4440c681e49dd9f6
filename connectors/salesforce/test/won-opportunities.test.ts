/**
 * The poller against a scripted org on a real socket. Real: HTTP, the connector. Doubled: Salesforce (it reads the SOQL by the
 * platform's documented meaning, with its clock in the test's hand). May observe: messages, cursors, the calls made.
 */
import { fc, test as property } from '@fast-check/vitest';
import type { IncomingMessage, JsonValue, Poller } from '@trunkline/messaging';
import { afterEach, describe, expect, test } from 'vitest';
import { createSalesforceConnector } from '../src/index.ts';
import { toId18 } from '../src/salesforce-id.ts';
import { OpportunityTable } from './opportunity-table.ts';
import { type Script, type ScriptedOrg, startScriptedOrg } from './scripted-org.ts';

const START = Date.parse('2026-03-01T10:00:00Z');
const signal = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

interface Setup {
  readonly org: ScriptedOrg;
  readonly table: OpportunityTable;
  readonly clock: { now: number };
  /** A poller as after a start of the process: with nothing in memory. */
  connect(): Poller;
}

async function setUp(options: { pageSize?: number; overlapSeconds?: number; script?: Script } = {}) {
  const table = new OpportunityTable();
  const clock = { now: START };
  const { script, ...settings } = options;
  const org = await startScriptedOrg(script ?? ((exchange) => table.answer(exchange)), () => clock.now);
  open.push(org);
  const connect = (): Poller => {
    const auth = { flow: 'client_credentials', clientId: 'id', clientSecret: 'secret' } as const;
    const config = { instance: org.url, auth, ...settings };
    const connector = createSalesforceConnector(config, { system: 'crm', now: () => clock.now });
    open.push(connector);
    const poller = connector.pollers?.[0];
    if (poller === undefined) throw new Error('No poller.');
    return poller;
  };
  return { org, table, clock, connect } satisfies Setup;
}

/** A record id whose order is that of `n`. */
function idOf(n: number): string {
  return toId18(`006Sm${String(n).padStart(10, '0')}`) ?? '';
}

/** Polls until nothing more is waiting, as the hub does, and gives what was handed out. */
async function drain(poller: Poller, state: { cursor: JsonValue | undefined }): Promise<IncomingMessage[]> {
  const messages: IncomingMessage[] = [];
  for (let polls = 0; polls < 500; polls += 1) {
    const polled = await poller.poll(state.cursor, signal);
    messages.push(...polled.messages);
    state.cursor = polled.cursor;
    if (!polled.more) return messages;
  }
  throw new Error('The poller always has more.');
}

const idsOf = (messages: readonly IncomingMessage[]) => messages.map(({ key }) => key.slice(3));

describe('won-opportunities', () => {
  test('hands out the record as key, source id, type and payload without attributes', async () => {
    const { table, connect } = await setUp();
    const Account = { attributes: { type: 'Account' }, Name: 'Acme' };
    table.rows.push({ Id: idOf(1), stampMs: START - 60_000, fields: { Name: 'Deal', Account } });
    const polled = await connect().poll(undefined, signal);
    const stamp = '2026-03-01T09:59:00.000+0000';
    expect(polled.messages).toEqual([
      {
        source: 'crm',
        sourceId: expect.stringMatching(new RegExp(`^${idOf(1)}:${stamp.replace('+', '\\+')}:[\\w-]{12}$`)),
        key: `so_${idOf(1)}`,
        type: 'opportunity.won',
        payload: { Id: idOf(1), SystemModstamp: stamp, Name: 'Deal', Account: { Name: 'Acme' } },
      },
    ]);
    expect(polled.more).toBe(false);
  });

  test('pages through many records of one stamp without a gap and without a repeat', async () => {
    const { table, connect, org } = await setUp({ pageSize: 10 });
    const ids = Array.from({ length: 57 }, (_, n) => idOf(n));
    for (const Id of ids) table.rows.push({ Id, stampMs: START - 3_600_000 });
    expect(idsOf(await drain(connect(), { cursor: undefined }))).toEqual(ids);
    expect(org.exchanges.filter(({ path }) => path.includes('/query?')).length).toBe(6);
  });

  test('a page that Salesforce cuts shorter than asked is not the end', async () => {
    const { table, connect } = await setUp({ pageSize: 50 });
    table.maxPage = 7;
    const ids = Array.from({ length: 30 }, (_, n) => idOf(n));
    for (const Id of ids) table.rows.push({ Id, stampMs: START - 3_600_000 });
    expect(idsOf(await drain(connect(), { cursor: undefined }))).toEqual(ids);
  });

  test('a record of the second in progress is found although its id is lower', async () => {
    const { table, connect, clock } = await setUp();
    const [poller, state] = [connect(), { cursor: undefined as JsonValue | undefined }];
    table.rows.push({ Id: idOf(5), stampMs: START });
    clock.now = START + 400;
    expect(idsOf(await drain(poller, state))).toEqual([idOf(5)]);
    table.rows.push({ Id: idOf(2), stampMs: START });
    clock.now = START + 1400;
    expect(idsOf(await drain(poller, state))).toEqual([idOf(2)]);
  });

  test('a record that changes again within its second is handed out again, as another message', async () => {
    const { table, connect, clock } = await setUp();
    const [poller, state] = [connect(), { cursor: undefined as JsonValue | undefined }];
    table.rows.push({ Id: idOf(1), stampMs: START, fields: { Amount: 1 } });
    clock.now = START + 300;
    const first = await drain(poller, state);
    table.rows.splice(0, 1, { Id: idOf(1), stampMs: START, fields: { Amount: 2 } });
    clock.now = START + 900;
    const second = await drain(poller, state);
    clock.now = START + 1500;
    expect(await drain(poller, state)).toEqual([]);
    expect([...first, ...second].map(({ payload }) => payload)).toMatchObject([{ Amount: 1 }, { Amount: 2 }]);
    expect(second[0]?.sourceId).not.toBe(first[0]?.sourceId);
  });

  test('a record that becomes visible late is found by the overlap, once', async () => {
    const { table, connect, clock } = await setUp({ overlapSeconds: 5 });
    const [poller, state] = [connect(), { cursor: undefined as JsonValue | undefined }];
    table.rows.push({ Id: idOf(1), stampMs: START });
    clock.now = START + 2000;
    expect(idsOf(await drain(poller, state))).toEqual([idOf(1)]);
    // Stamped before the one that was read, committed after it.
    table.rows.push({ Id: idOf(9), stampMs: START - 2000 });
    const found: string[] = [];
    for (let second = 3; second < 20; second += 1) {
      clock.now = START + second * 1000;
      found.push(...idsOf(await drain(poller, state)));
    }
    expect(found).toEqual([idOf(9)]);
  });

  test('idle costs one call a poll once the overlap is settled', async () => {
    const { table, connect, clock, org } = await setUp({ overlapSeconds: 5 });
    const [poller, state] = [connect(), { cursor: undefined as JsonValue | undefined }];
    table.rows.push({ Id: idOf(1), stampMs: START });
    clock.now = START + 60_000;
    await drain(poller, state);
    const before = org.exchanges.length;
    for (let poll = 0; poll < 10; poll += 1) expect(await drain(poller, state)).toEqual([]);
    expect(org.exchanges.length - before).toBe(10);
  });

  test('what was handed out but not stored is handed out again', async () => {
    const { table, connect, clock } = await setUp();
    const poller = connect();
    table.rows.push({ Id: idOf(1), stampMs: START });
    clock.now = START + 500;
    const first = await poller.poll(undefined, signal);
    const again = await poller.poll(undefined, signal);
    expect(again.messages).toEqual(first.messages);
    expect((await poller.poll(again.cursor, signal)).messages).toEqual([]);
  });

  test('a late record that was handed out and not stored, because another node was faster, is handed out again', async () => {
    const { table, clock, connect } = await setUp({ overlapSeconds: 60 });
    const [late, early, next] = [idOf(0), idOf(5), idOf(9)];
    table.rows.push({ Id: early, stampMs: START - 60_000 });
    const [first, second] = [connect(), connect()];
    const state: { cursor: JsonValue | undefined } = { cursor: undefined };
    expect(idsOf(await drain(first, state))).toEqual([early]);
    table.rows.push({ Id: late, stampMs: START - 60_000 });
    clock.now = START + 2000;
    expect(idsOf((await first.poll(state.cursor, signal)).messages), 'not stored').toEqual([late]);
    table.rows.push({ Id: next, stampMs: START + 3000 });
    clock.now = START + 4000;
    expect(idsOf(await drain(second, state))).toEqual([next]);
    clock.now = START + 120_000;
    expect(idsOf(await drain(first, state))).toContain(late);
  });

  test('a cursor that was deleted hands out everything again, whatever the memory holds', async () => {
    const { table, connect, clock } = await setUp();
    const poller = connect();
    table.rows.push({ Id: idOf(1), stampMs: START });
    clock.now = START + 500;
    const first = await poller.poll(undefined, signal);
    await poller.poll(first.cursor, signal);
    expect((await poller.poll(undefined, signal)).messages).toEqual(first.messages);
  });

  test('lines that Salesforce gives in a second part are part of the order', async () => {
    const lines = Array.from({ length: 5 }, (_, n) => ({
      attributes: {},
      Id: `00k${n}`,
      Quantity: n + 1,
    }));
    const script: Script = ({ path }) => {
      if (path === '/services/oauth2/token' || path.endsWith('/describe')) return {};
      if (path.endsWith('/query/rest-2'))
        return { body: { totalSize: 5, done: true, records: lines.slice(2) } };
      const nextRecordsUrl = '/services/data/v66.0/query/rest-2';
      const OpportunityLineItems = {
        totalSize: 5,
        done: false,
        nextRecordsUrl,
        records: lines.slice(0, 2),
      };
      const stamp = '2026-03-01T09:00:00.000+0000';
      const records = [{ Id: idOf(1), SystemModstamp: stamp, OpportunityLineItems }];
      return { body: { totalSize: 1, done: true, records } };
    };
    const { connect } = await setUp({ script });
    const { messages } = await connect().poll(undefined, signal);
    expect(messages[0]?.payload).toMatchObject({
      OpportunityLineItems: {
        done: true,
        records: [1, 2, 3, 4, 5].map((Quantity) => ({ Quantity })),
      },
    });
  });

  test.each([
    [503, 'SERVER_UNAVAILABLE'],
    [403, 'REQUEST_LIMIT_EXCEEDED'],
    [500, 'UNKNOWN_EXCEPTION'],
  ])(
    'an org that is asked for its fields in a bad moment (%i %s) is asked again',
    async (status, errorCode) => {
      let bad = true;
      const table = new OpportunityTable();
      const { org, connect } = await setUp({
        script: (exchange) =>
          bad && exchange.path.endsWith('/describe')
            ? { status, body: [{ errorCode, message: 'Please try again later.' }] }
            : table.answer(exchange),
      });
      const poller = connect();
      await expect(poller.poll(undefined, signal)).rejects.toThrow(errorCode);
      bad = false;
      await poller.poll(undefined, signal);
      const soql = org.exchanges.at(-1)?.path;
      expect(soql).toContain('CurrencyIsoCode');
      expect(soql).not.toContain('ShippingStateCode');
    },
  );

  test('an org that says that a field is not there is asked for its fields again', async () => {
    const table = new OpportunityTable();
    let fields = ['ShippingStateCode'];
    const { org, connect } = await setUp({
      script: (exchange) => {
        if (exchange.path.endsWith('/describe'))
          return { body: { fields: fields.map((name) => ({ name })) } };
        if (exchange.path.includes('ShippingStateCode') && fields.length === 0)
          return { status: 400, body: [{ errorCode: 'INVALID_FIELD', message: 'No such column' }] };
        return table.answer(exchange);
      },
    });
    const poller = connect();
    const { cursor } = await poller.poll(undefined, signal);
    fields = [];
    await expect(poller.poll(cursor, signal)).rejects.toThrow('INVALID_FIELD');
    await poller.poll(cursor, signal);
    expect(org.exchanges.at(-1)?.path).not.toContain('ShippingStateCode');
  });

  test('asks only for the optional fields that the org has', async () => {
    const { connect, org } = await setUp();
    await connect().poll(undefined, signal);
    const soql = org.exchanges.find(({ path }) => path.includes('/query?'))?.path;
    expect(soql).toContain('Account.ShippingCountryCode');
    expect(soql).toContain('CurrencyIsoCode');
    expect(soql).not.toContain('StateCode');
  });

  test('an error inside a 200 is an error, not an empty page', async () => {
    const script: Script = ({ path }) =>
      path.includes('/query?')
        ? { body: [{ errorCode: 'QUERY_TIMEOUT', message: 'Your query request was running for too long.' }] }
        : {};
    const { connect } = await setUp({ script });
    await expect(connect().poll(undefined, signal)).rejects.toThrow(/QUERY_TIMEOUT/);
  });

  test('a cursor of another version is refused with a remedy', async () => {
    const { connect } = await setUp();
    await expect(connect().poll({ since: 'x' }, signal)).rejects.toThrow(
      /not one of this version.*Delete it/,
    );
  });

  const arrival = fc.record({
    id: fc.integer({ min: 0, max: 99_999 }),
    stampSecond: fc.integer({ min: 0, max: 12 }),
    /** Up to the overlap, which is 5 s. */
    delayMs: fc.integer({ min: 0, max: 5000 }),
  });
  property.prop(
    [
      fc.uniqueArray(arrival, { selector: ({ id }) => id, minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 200, max: 2500 }),
      fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
    ],
    { numRuns: 20 },
  )(
    'whatever commits within the overlap is handed out, however pages, polls and a restart fall',
    async (arrivals, pageSize, intervalMs, restartAt) => {
      const { table, connect, clock } = await setUp({ pageSize, overlapSeconds: 5 });
      const waiting = arrivals.map(({ id, stampSecond, delayMs }) => ({
        row: { Id: idOf(id), stampMs: START + stampSecond * 1000 },
        // A record is stamped within its second and seen some time later.
        visibleAt: START + stampSecond * 1000 + 999 * (id % 2) + delayMs,
      }));
      const found = new Set<string>();
      const state = { cursor: undefined as JsonValue | undefined };
      let poller = connect();
      let delivered = 0;
      for (let n = 0; clock.now < START + 32_000; n += 1) {
        for (const { row, visibleAt } of waiting) {
          if (visibleAt <= clock.now && !table.rows.includes(row)) table.rows.push(row);
        }
        if (n === restartAt) poller = connect();
        const messages = await drain(poller, state);
        delivered += messages.length;
        for (const id of idsOf(messages)) found.add(id);
        clock.now += intervalMs;
      }
      expect([...found].sort()).toEqual(arrivals.map(({ id }) => idOf(id)).sort());
      if (restartAt === undefined) expect(delivered).toBe(arrivals.length);
      for (const one of open.splice(0)) await one.close();
    },
    60_000,
  );
});

test.each([
  [
    'the org’s limit',
    {
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    },
    { name: 'SystemRefusal', code: 'target_busy', afterMs: 900_000 },
  ],
  [
    'a user who may not use the API',
    { status: 403, body: [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'The REST API is not enabled.' }] },
    { name: 'SystemRefusal', code: 'credentials_refused' },
  ],
  ['an outage', { status: 503, body: undefined }, { name: 'UnreadableAnswer' }],
])('a poll that meets %s says what it means for the system', async (_what, answer, expected) => {
  const script: Script = ({ path }) => (path === '/services/oauth2/token' ? {} : answer);
  const { connect } = await setUp({ script });
  await expect(connect().poll(undefined, signal)).rejects.toMatchObject(expected);
});

test('a poll of more calls than the org takes at once comes to its end', async () => {
  const table = new OpportunityTable();
  table.rows.push({ Id: '006000000000001AAA', stampMs: START });
  let calls = 0;
  const script: Script = (exchange) =>
    exchange.path === '/services/oauth2/token' || ++calls % 2 === 0
      ? table.answer(exchange)
      : { status: 429, headers: { 'retry-after': '0' }, body: [] };
  const { connect } = await setUp({ script });
  const polled = await connect().poll(undefined, signal);
  expect(calls).toBeGreaterThan(2);
  expect(polled.messages).toHaveLength(1);
});
