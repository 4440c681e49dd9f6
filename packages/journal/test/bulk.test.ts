/**
 * Real: PostgreSQL, engines, case workers, the desks. Doubled: the processor (one order per key) and the target, which refuses by script.
 * Observed: what reached the target, what the operations tell, what the tables hold.
 */
import type { JsonObject, Processor } from '@trunkline/messaging';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  addMapping,
  BulkDesk,
  CaseWorker,
  ExceptionDesk,
  MappingTable,
  type NewBulk,
  reconsiderRoutes,
} from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import {
  count,
  message,
  NOTHING,
  ScriptedTarget,
  startEngine,
  type TestEngine,
  until,
} from './support/engine.ts';

let database: TestDatabase;
let running: TestEngine | undefined;
let workers: CaseWorker[] = [];
let mappings: MappingTable | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
  await mappings?.stop();
  await running?.pool.query(
    'truncate message, message_dedupe, message_waiting, message_result, canonical_state, delivery, delivery_done, delivery_attempt, exception_case, failure_case, case_tally, exception_event, exception_missing, identifier, operator_action, mapping, bulk_operation, bulk_item',
  );
  await running?.close();
  running = undefined;
});
afterAll(() => database.drop());

let routed = false;

/** Takes each message once by its `n`, as flows do: a replay of what an order knows changes nothing. */
const once: Processor = ({ payload, sourceId }, state) => {
  const content = payload as JsonObject;
  const seen = (state?.body['seen'] ?? []) as readonly number[];
  if (seen.includes(Number(content['n']))) return { ...NOTHING, disposition: 'ignored', reason: 'known' };
  if (content['n'] === -2) {
    if (routed) return { ...NOTHING, resolves: ['no_route'] };
    const report = {
      flow: 'release',
      summary: 'No route.',
      faults: [],
      owner: 'integration',
      remedy: 'Add one.',
    };
    return { ...NOTHING, exceptions: [{ ...report, code: 'no_route' }] };
  }
  if (content['n'] === -1) throw new Error(`no idea what to do with ${sourceId}`);
  return {
    ...NOTHING,
    state: { kind: 'order', stage: 'open', body: { seen: [...seen, Number(content['n'])] } },
    commands: [{ role: 'erp', target: 'erp', type: 'act', flow: 'orders', payload: content }],
  };
};

async function start(target = new ScriptedTarget(20, 4)) {
  running = await startEngine(database.url, once, { erp: target });
  const { pool, engine } = running;
  const bulk = new BulkDesk({
    pool,
    partitions: 4,
    internalSources: ['hub'],
    judge: ({ payload }) =>
      typeof (payload as JsonObject)['n'] === 'number'
        ? []
        : [{ code: 'payload_invalid', path: '/n', message: 'must be a number' }],
    judgeEdit: () => [],
  });
  const errors = running.errors;
  const work = () => {
    const worker = new CaseWorker({ pool, judgeEdit: () => [], onError: (error) => errors.push(error) });
    workers.push(worker);
    worker.start();
    return worker;
  };
  const preview = async (wanted: Omit<NewBulk, 'limit'>, limit = 1000) => {
    const answer = await bulk.preview('ada', { ...wanted, limit });
    if (answer.kind !== 'previewed') throw new Error(`Refused: ${JSON.stringify(answer)}`);
    return answer.operation.id;
  };
  const state = async (id: string) => (await bulk.find(id))?.state;
  return { pool, engine, target, bulk, desk: new ExceptionDesk(pool, 4), work, preview, state };
}

const refuse = (detail: string) => ({ kind: 'rejected', code: 'target_rejected', detail }) as const;

async function parked(hub: Awaited<ReturnType<typeof start>>, orders: number) {
  hub.target.answer = () => refuse('locked');
  await hub.engine.intake.accept(Array.from({ length: orders }, (_, n) => message(`k${n}`, `m${n}`, { n })));
  await until(
    'all are parked',
    async () => (await count(hub.pool, "delivery where state = 'parked'")) === orders,
  );
  return (await hub.desk.list({ status: 'open' }, 1, 0)).items[0]?.fingerprint ?? '';
}

describe('R2: an act on many', () => {
  test('touches nothing at its preview, five at its trial, then all, and skips what was mended meanwhile', async () => {
    const hub = await start();
    const kind = await parked(hub, 60);
    const before = hub.target.delivered.length;
    const id = await hub.preview({ act: 'retry', exceptions: { case: kind } });
    expect(await hub.bulk.find(id)).toMatchObject({ state: 'previewed', total: 60, pending: 60 });
    hub.work();
    expect(await hub.bulk.steer(id, 'ada', 'start')).toBe(false);
    hub.target.answer = () => ({ kind: 'succeeded' });
    expect(await hub.bulk.steer(id, 'ada', 'try')).toBe(true);
    await until('the first five have passed', async () => (await hub.state(id)) === 'canary_passed');
    expect(hub.target.delivered.length).toBe(before + 5);
    const [one] = (await hub.desk.list({ status: 'open' }, 1, 0)).items;
    await hub.desk.discard(one?.part ?? -1, one?.id ?? '', 'bob', 'entered by hand');
    await hub.bulk.steer(id, 'ada', 'start');
    await until('it is finished', async () => (await hub.state(id)) === 'finished');
    expect(await hub.bulk.find(id)).toMatchObject({
      mended: 59,
      skipped: 1,
      failed: 0,
      pending: 0,
      underWay: 0,
    });
    expect(hub.target.delivered.length).toBe(before + 59);
    expect(await count(hub.pool, 'exception_case where resolved_at is null')).toBe(0);
    expect(running?.errors).toEqual([]);
  });

  test('stops when one of its first five fails again, and goes on after a person has seen why', async () => {
    const hub = await start();
    const kind = await parked(hub, 12);
    hub.work();
    const id = await hub.preview({ act: 'retry', exceptions: { case: kind } });
    await hub.bulk.steer(id, 'ada', 'try');
    await until('it has stopped', async () => (await hub.state(id)) === 'stopped');
    expect((await hub.bulk.find(id))?.stoppedBecause).toContain('locked');
    expect(await hub.bulk.find(id)).toMatchObject({ pending: 7 });
    hub.target.answer = () => ({ kind: 'succeeded' });
    await hub.bulk.steer(id, 'ada', 'start');
    await until('it is finished', async () => (await hub.state(id)) === 'finished');
    expect((await hub.bulk.find(id))?.mended).toBeGreaterThanOrEqual(7);
  });

  test('stops on a failure of a new kind, with all that has not gone yet left alone', async () => {
    const hub = await start();
    // More than an act lets go before something has come of it.
    const kind = await parked(hub, 150);
    hub.work();
    const id = await hub.preview({ act: 'retry', exceptions: { case: kind } });
    hub.target.answer = () => ({ kind: 'succeeded' });
    await hub.bulk.steer(id, 'ada', 'try');
    await until('the first five have passed', async () => (await hub.state(id)) === 'canary_passed');
    hub.target.answer = () => refuse('the period is closed');
    await hub.bulk.steer(id, 'ada', 'start');
    await until('it has stopped', async () => (await hub.state(id)) === 'stopped');
    const stopped = await hub.bulk.find(id);
    expect(stopped?.stoppedBecause).toContain('A new kind of failure: act to erp: the period is closed');
    expect(stopped?.pending).toBeGreaterThanOrEqual(150 - 5 - 100);
  });

  test('is gone on with by another node, and cancelled for what has not gone', async () => {
    const hub = await start();
    const kind = await parked(hub, 200);
    const id = await hub.preview({ act: 'retry', exceptions: { case: kind } });
    hub.target.answer = () => ({ kind: 'succeeded' });
    const first = hub.work();
    await hub.bulk.steer(id, 'ada', 'try');
    await until('the first five have passed', async () => (await hub.state(id)) === 'canary_passed');
    await hub.bulk.steer(id, 'ada', 'start');
    await until('it runs', async () => ((await hub.bulk.find(id))?.mended ?? 0) > 5);
    await first.stop();
    const left = (await hub.bulk.find(id))?.pending ?? 0;
    expect(left).toBeGreaterThan(0);
    hub.work();
    await until('another goes on', async () => ((await hub.bulk.find(id))?.pending ?? 0) < left);
    expect(await hub.bulk.steer(id, 'ada', 'cancel')).toBe(true);
    await until(
      'what had gone has ended',
      async () => (await count(hub.pool, "delivery where state <> 'parked'")) === 0,
    );
    expect(await hub.state(id)).toBe('cancelled');
    expect(await hub.bulk.steer(id, 'ada', 'start')).toBe(false);
    expect(await count(hub.pool, "delivery where state = 'parked'")).toBe((await hub.bulk.find(id))?.pending);
  });

  test('discards with its reason, and refuses what fits nothing or too much', async () => {
    const hub = await start();
    await parked(hub, 8);
    hub.work();
    const refused = (wanted: Omit<NewBulk, 'limit'>, limit: number) =>
      hub.bulk.preview('ada', { ...wanted, limit });
    expect(await refused({ act: 'retry', exceptions: { code: 'none' } }, 10)).toEqual({ kind: 'nothing' });
    expect(await refused({ act: 'retry', exceptions: { target: 'erp' } }, 7)).toEqual({
      kind: 'too_many',
      most: 7,
    });
    expect(await count(hub.pool, 'bulk_operation')).toBe(0);
    const id = await hub.preview({ act: 'discard', exceptions: { flow: 'orders' }, reason: 'a test run' });
    await hub.bulk.steer(id, 'ada', 'try');
    await until('five are gone', async () => (await hub.state(id)) === 'canary_passed');
    await hub.bulk.steer(id, 'ada', 'start');
    await until('all are gone', async () => (await hub.state(id)) === 'finished');
    expect(await count(hub.pool, "delivery_done where note = 'by ada: a test run'")).toBe(8);
  });
});

describe('R1: a replay', () => {
  test('decides the messages again, as new ones on the present state: what is known changes nothing, what was lost is done', async () => {
    const hub = await start();
    await hub.engine.intake.accept(
      Array.from({ length: 20 }, (_, n) => message(`k${n % 4}`, `m${n}`, { n })),
    );
    await until('all are done', async () => (await count(hub.pool, 'delivery_done')) === 20);
    // As if a defect had lost what two of the orders knew.
    await hub.engine.intake.accept([{ ...message('other', 'x', { n: 1 }), source: 'hub' }]);
    await running?.close();
    running = undefined;
    const again = await start();
    await again.pool.query("update canonical_state set body = '{}' where key in ('k0', 'k1')");
    again.work();
    const id = await again.preview({ act: 'replay', messages: { from: '2020-01-01T00:00:00Z' } });
    expect(await again.bulk.find(id)).toMatchObject({ total: 20 });
    await again.bulk.steer(id, 'ada', 'try');
    await until('the first five have passed', async () => (await again.state(id)) === 'canary_passed');
    await again.bulk.steer(id, 'ada', 'start');
    await until('it is finished', async () => (await again.state(id)) === 'finished');
    expect(await again.bulk.find(id)).toMatchObject({ mended: 20, failed: 0 });
    expect(
      await count(
        again.pool,
        "message_result r join message m using (part, id) where m.source_id like 'replay:%' and state = 'ignored'",
      ),
    ).toBe(10);
    expect(
      again.target.delivered
        .filter(({ key }) => key !== 'other')
        .map(({ key }) => key)
        .sort(),
    ).toEqual(['k0', 'k1'].flatMap((key) => Array.from({ length: 5 }, () => key)));
    // A replay is no message of a source: it is not replayed in its turn.
    const next = await again.preview({ act: 'replay', messages: { key: 'k0' } });
    expect(await again.bulk.find(next)).toMatchObject({ total: 5 });
  });

  test('takes the messages of a time, also where their ids lag behind their day', async () => {
    const hub = await start();
    await hub.engine.intake.accept(Array.from({ length: 6 }, (_, n) => message(`k${n}`, `m${n}`, { n })));
    await until('all are done', async () => (await count(hub.pool, 'delivery_done')) === 6);
    // As if nobody had moved the ids on for a month: they carry today, and their messages came later.
    await hub.pool.query(
      `update message set accepted_at = accepted_at + interval '30 days' + substr(key, 2)::int * interval '1 hour'`,
    );
    const day = (days: number, hours = 0) =>
      new Date(Date.now() + (days * 24 + hours) * 3_600_000).toISOString();
    const chosen = async (messages: { from: string; to?: string }) =>
      (await hub.bulk.preview('ada', { act: 'replay', messages, limit: 100 })).kind === 'nothing'
        ? 0
        : ((await hub.bulk.list(1))[0]?.total ?? -1);
    expect(await chosen({ from: day(29) })).toBe(6);
    expect(await chosen({ from: day(30, 2.5) })).toBe(3);
    expect(await chosen({ from: day(29), to: day(30, 3.5) })).toBe(4);
    expect(await chosen({ from: day(-2), to: day(29) })).toBe(0);
    expect(await chosen({ from: day(32) })).toBe(0);
    await hub.pool.query("update message set accepted_at = accepted_at - interval '30 days'");
    expect(await chosen({ from: day(-1) })).toBe(6);
    expect(await chosen({ from: day(-1), to: day(-0.5) })).toBe(0);
  });

  test('goes edited, is refused with the path when the edit breaks its contract, and stops when an exception comes of it', async () => {
    const hub = await start();
    hub.work();
    await hub.engine.intake.accept([message('k', 'm1', { n: 1 }), message('k', 'm2', { n: 2 })]);
    await until('both are done', async () => (await count(hub.pool, 'delivery_done')) === 2);
    const wanted = { act: 'replay', messages: { key: 'k', status: 'processed', flow: 'orders' } } as const;
    expect(await hub.bulk.preview('ada', { ...wanted, patch: { n: null }, limit: 10 })).toEqual({
      kind: 'broken',
      faults: [{ code: 'payload_invalid', path: '/n', message: 'must be a number' }],
    });
    const edited = await hub.preview({ ...wanted, patch: { n: 7 } });
    await hub.bulk.steer(edited, 'ada', 'try');
    await until('it is finished', async () => (await hub.state(edited)) === 'finished');
    expect(hub.target.delivered.map(({ payload }) => payload['n'])).toEqual([1, 2, 7]);
    const broken = await hub.preview({ ...wanted, patch: { n: -1 } });
    await hub.bulk.steer(broken, 'ada', 'try');
    await until('it has stopped', async () => (await hub.state(broken)) === 'stopped');
    expect((await hub.bulk.find(broken))?.stoppedBecause).toContain('no idea what to do');
  });
});

test('what found no route is decided again under other routes, once for each set of them', async () => {
  const hub = await start();
  await hub.engine.intake.accept([message('k', 'm1', { n: -2 })]);
  await until('it found none', async () => (await count(hub.pool, 'exception_case')) === 1);
  await reconsiderRoutes(hub.pool, 'first');
  await reconsiderRoutes(hub.pool, 'first');
  await until('it was decided again', async () => (await count(hub.pool, 'message_result')) === 2);
  routed = true;
  await reconsiderRoutes(hub.pool, 'second');
  await until('it is over', async () => (await hub.desk.list({ status: 'open' }, 1, 0)).total === 0);
  expect(await count(hub.pool, 'message')).toBe(3);
});

test('C4: a mapping lets go all that waited for it, once, and what fails on it waits for the next', async () => {
  const hub = await start();
  mappings = new MappingTable(hub.pool, (error) => running?.errors.push(error));
  await mappings.start();
  const table = mappings;
  hub.target.answer = ({ payload }) => {
    const word = `P-${String(payload['n'])}`;
    const known = table.find('product', 'erp', word);
    if (known === 'good') return { kind: 'succeeded' };
    const faults = [
      {
        code: 'line_product_unknown',
        path: 'line 1',
        message: 'no',
        missing: { kind: 'product', value: word },
      },
    ];
    return { kind: 'rejected', code: 'line_product_unknown', detail: `no product ${word}`, faults };
  };
  await hub.engine.intake.accept(
    Array.from({ length: 9 }, (_, at) => message(`k${at}`, `m${at}`, { n: at % 3 })),
  );
  await until('all are parked', async () => (await count(hub.pool, "delivery where state = 'parked'")) === 9);
  expect(await count(hub.pool, 'failure_case')).toBe(1);
  hub.work();
  hub.work();
  const map = (source: string, target: string | null) =>
    addMapping(hub.pool, 'ada', { kind: 'product', system: 'erp', source, target, note: null });
  await map('P-0', 'good');
  await map('P-1', 'bad');
  await until('those for P-0 are through', async () => (await count(hub.pool, 'delivery_done')) === 3);
  await until(
    'those for P-1 were tried once more',
    async () => (await count(hub.pool, 'exception_case where seen = 2')) === 3,
  );
  await map('P-1', 'good');
  await map('P-2', 'good');
  await until('all are through', async () => (await count(hub.pool, 'delivery_done')) === 9);
  expect(hub.target.delivered.length).toBe(9 + 3 + 3 + 3 + 3);
  expect(await count(hub.pool, 'exception_case where resolved_at is null')).toBe(0);
  expect(running?.errors).toEqual([]);
});
