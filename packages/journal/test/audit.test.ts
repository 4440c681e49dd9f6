/**
 * Real: PostgreSQL, the engine, the recorder. Doubled: targets, which report exchanges as a connector's HTTP client does. Observed: what
 * the record says of each attempt, the successful first one too: by whom, under which version, with request and response.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Delivery, Outcome, Processor, ReportExchange, Target } from '@trunkline/messaging';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  attemptsOf,
  DEFAULT_MAX_BODY,
  ExceptionDesk,
  ExchangeRecorder,
  notePollProgress,
  partitionOf,
  readStreamLags,
  Redactor,
  SystemExceptions,
} from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { count, message, NOTHING, startEngine, type TestEngine, until } from './support/engine.ts';

/** Says one thing per delivery and one for the batch, each after a turn of the loop, as sockets do. */
class TalkingTarget implements Target {
  readonly batch = 50;
  readonly concurrency = 4;
  readonly lingerMs = 20;
  readonly #report: ReportExchange;
  answer: (delivery: Delivery) => Outcome = () => ({ kind: 'succeeded' });
  body: unknown = { password: 'hunter22', lines: 1 };
  failure: string | undefined;

  constructor(report: ReportExchange) {
    this.#report = report;
  }

  async deliver(deliveries: readonly Delivery[]): Promise<readonly Outcome[]> {
    await pause(1);
    this.#report({
      method: 'POST',
      url: `http://erp/batch?keys=${deliveries.map((delivery) => delivery.key).join('+')}`,
      request: this.body,
      status: 200,
      response: { ok: true },
      tookMs: 3,
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    });
    await pause(1);
    return deliveries.map((delivery) => this.answer(delivery));
  }
}

const send: Processor = () => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'order.place', flow: 'test', payload: {} }],
});

let database: TestDatabase;
let node: TestEngine;
let target: TalkingTarget;
beforeEach(async () => {
  database = await createTestDatabase();
  const exchanges = new ExchangeRecorder(
    new Redactor({ fields: [], secrets: [], maxBody: DEFAULT_MAX_BODY }),
    (system) => `trunkline 1.2.3, ${system}, server 18.0`,
  );
  target = new TalkingTarget(exchanges.report);
  node = await startEngine(database.url, send, { a: target }, { exchanges });
});
afterEach(async () => {
  await node.close();
  expect(node.errors).toEqual([]);
  await database.drop();
});

const ended = (many: number) =>
  until('all have ended', async () => (await count(node.pool, 'delivery_done')) === many);

test('A1: the successful first attempt is recorded with request and response, node and versions', async () => {
  await node.engine.intake.accept([message('k', 'm')]);
  await ended(1);
  const attempts = await attemptsOf(node.pool, 4, 'k');
  expect(attempts).toMatchObject([
    {
      target: 'a',
      type: 'order.place',
      attempt: 1,
      outcome: 'succeeded',
      node: node.engine.node,
      software: 'trunkline 1.2.3, a, server 18.0',
      exchanges: [
        {
          method: 'POST',
          status: 200,
          request: '{"password":"[redacted]","lines":1}',
          response: '{"ok":true}',
          failure: null,
        },
      ],
    },
  ]);
});

test('words that the database cannot hold keep nothing from being stored', async () => {
  const words = 'busy\u0000 \ud800';
  target.failure = words;
  const missing = { kind: 'unit', value: words };
  target.answer = () => ({
    kind: 'rejected',
    code: 'odoo-refused',
    detail: words,
    remedy: 'r',
    owner: 'o',
    faults: [{ code: 'unmapped', path: '', message: words, missing }],
  });
  await node.engine.intake.accept([message('k', 'm')]);
  await until('it is parked', async () => (await count(node.pool, "delivery where state = 'parked'")) === 1);
  const [attempt] = await attemptsOf(node.pool, 4, 'k');
  expect(attempt?.exchanges[0]?.failure).toBe('busy \ufffd');
  await notePollProgress(node.pool, {
    source: 'a',
    stream: 's',
    caughtUpAgoMs: undefined,
    failing: { sinceAgoMs: 0, reason: words },
  });
  expect(await readStreamLags(node.pool)).toMatchObject([{ failure: 'busy \ufffd' }]);
  const report = {
    code: 'field_missing',
    flow: 'inspect',
    summary: words,
    faults: [],
    owner: 'o',
    remedy: 'r',
  };
  const systems = new SystemExceptions(node.pool, 4);
  await systems.replace('a', ['field_missing'], [report], 'there again');
  await systems.replace('a', ['field_missing'], [report], 'there again');
  const { items } = await new ExceptionDesk(node.pool, 4).list({ status: 'open' }, 10, 0);
  expect(items.map(({ code, summary, seen }) => [code, summary, seen])).toEqual(
    expect.arrayContaining([['field_missing', 'busy \ufffd', 1]]),
  );
});

test('one call for deliveries of several parts is stored once, and each of its attempts finds it', async () => {
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
  expect(new Set(keys.map((key) => partitionOf(key, 4))).size).toBe(4);
  await node.engine.intake.accept(keys.map((key) => message(key, `m-${key}`)));
  await ended(20);
  const calls = await count(node.pool, '(select distinct call from delivery_attempt) c');
  expect(await count(node.pool, 'exchange')).toBe(calls);
  expect(calls).toBeLessThan(20);
  for (const key of keys) {
    const [attempt] = await attemptsOf(node.pool, 4, key);
    expect(attempt?.exchanges).toHaveLength(1);
    expect(attempt?.exchanges[0]?.url).toContain(key);
  }
});

test('calls that run at the same time keep their exchanges apart, and each retry has its own', async () => {
  let tries = 0;
  target.answer = () =>
    ++tries <= 2 ? { kind: 'retry', code: 'target_busy', detail: 'locked' } : { kind: 'succeeded' };
  await node.engine.intake.accept([message('k', 'm')]);
  await ended(1);
  const attempts = await attemptsOf(node.pool, 4, 'k');
  expect(attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, 'retry'],
    [2, 'retry'],
    [3, 'succeeded'],
  ]);
  expect(attempts.map((attempt) => attempt.exchanges.length)).toEqual([1, 1, 1]);
});

test('a large body stands aside, once for all attempts that sent it', async () => {
  target.body = { lines: Array.from({ length: 2000 }, (_, i) => ({ sku: `SKU-${i}` })) };
  let tries = 0;
  target.answer = () =>
    ++tries <= 3 ? { kind: 'retry', code: 'target_busy', detail: 'locked' } : { kind: 'succeeded' };
  await node.engine.intake.accept([message('k', 'm')]);
  await ended(1);
  expect(await count(node.pool, 'exchange where request is null and request_digest is not null')).toBe(4);
  expect(await count(node.pool, 'exchange_body')).toBe(1);
  const attempts = await attemptsOf(node.pool, 4, 'k');
  for (const attempt of attempts) expect(attempt.exchanges[0]?.request).toBe(JSON.stringify(target.body));
});
