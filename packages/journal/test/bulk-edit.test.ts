/**
 * Real: PostgreSQL, an engine, a case worker, the desks. Doubled: the processor (one order per key) and the target, which refuses by script.
 * Observed: what reached the target, what the act tells, what is kept beside it.
 */
import type { JsonObject, Processor } from '@trunkline/messaging';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BulkDesk, CaseWorker, ExceptionDesk, type JudgeEdit, type NewBulk } from '../src/index.ts';
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
let worker: CaseWorker | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await running?.pool.query(
    'truncate message, message_dedupe, message_waiting, message_result, canonical_state, delivery, delivery_done, delivery_attempt, exception_case, failure_case, case_tally, exception_event, exception_missing, identifier, operator_action, bulk_operation, bulk_item',
  );
  await running?.close();
  running = undefined;
});
afterAll(() => database.drop());

const order: Processor = ({ payload }) => ({
  ...NOTHING,
  commands: [{ role: 'erp', target: 'erp', type: 'act', flow: 'orders', payload: payload as JsonObject }],
});

/** `n` stays as its flow wrote it, and a colour is a word. */
const judgeEdit: JudgeEdit = (type, original, edited) => [
  ...(edited['n'] === original['n']
    ? []
    : [{ code: 'payload_invalid', path: '/n', message: `of ${type} must stay` }]),
  ...(typeof edited['colour'] === 'string'
    ? []
    : [{ code: 'payload_invalid', path: '/colour', message: 'must be a word' }]),
];

async function start() {
  const target = new ScriptedTarget(20, 4);
  running = await startEngine(database.url, order, { erp: target });
  const { pool, engine, errors } = running;
  const bulk = new BulkDesk({ pool, partitions: 4, internalSources: ['hub'], judge: () => [], judgeEdit });
  const preview = async (wanted: Omit<NewBulk, 'limit'>) => {
    const answer = await bulk.preview('ada', { ...wanted, limit: 1000 });
    if (answer.kind !== 'previewed') throw new Error(`Refused: ${JSON.stringify(answer)}`);
    return answer.operation.id;
  };
  const work = () => {
    worker = new CaseWorker({ pool, judgeEdit, onError: (error) => errors.push(error) });
    worker.start();
  };
  const state = async (id: string) => (await bulk.find(id))?.state;
  return { pool, engine, target, bulk, desk: new ExceptionDesk(pool, 4), preview, work, state };
}

const refuse = (detail: string) => ({ kind: 'rejected', code: 'target_rejected', detail }) as const;

describe('C3: one edit of many', () => {
  test('goes with the original kept beside each; what it breaks or does not fit is refused with the place', async () => {
    const hub = await start();
    hub.target.answer = () => refuse('locked');
    const colours = ['red', 'red', 'blue', 'red', 7, 'red', 'red', 'red'];
    await hub.engine.intake.accept(colours.map((colour, n) => message(`k${n}`, `m${n}`, { n, colour })));
    await until(
      'all are parked',
      async () => (await count(hub.pool, "delivery where state = 'parked'")) === 8,
    );
    const kind = (await hub.desk.list({ status: 'open' }, 1, 0)).items[0]?.fingerprint ?? '';
    const edit = (changes: NonNullable<NewBulk['changes']>) => ({
      act: 'edit' as const,
      exceptions: { case: kind },
      reason: 'agreed',
      changes,
    });
    const toMaroon = { op: 'replace', path: '/colour', was: 'red', value: 'maroon' } as const;
    const other = await hub.bulk.preview('ada', {
      ...edit([{ op: 'replace', path: '/n', value: 99 }]),
      limit: 9,
    });
    const stays = { code: 'payload_invalid', path: '/n', message: 'of act must stay' };
    expect(other).toMatchObject({ kind: 'broken', faults: expect.arrayContaining([stays]) });
    expect(await count(hub.pool, 'bulk_operation')).toBe(0);

    const id = await hub.preview(edit([toMaroon]));
    const previewed = await hub.bulk.find(id);
    expect(previewed).toMatchObject({
      total: 8,
      refused: 2,
      pending: 6,
      changes: [toMaroon],
      patch: null,
    });
    const items = (await hub.bulk.items(id, 10)).toSorted((a, b) => a.key.localeCompare(b.key));
    expect(items.filter(({ state }) => state === 'refused').map(({ key, detail }) => [key, detail])).toEqual([
      ['k2', 'the change finds nothing to change here'],
      ['k4', 'the change finds nothing to change here'],
    ]);
    if (previewed === undefined) throw new Error('The preview is gone.');
    const [first, ...others] = await hub.bulk.differences(previewed, 2);
    expect(others).toHaveLength(1);
    expect(first?.differences).toEqual([{ path: '/colour', before: 'red', after: 'maroon' }]);
    expect(await count(hub.pool, 'operator_action')).toBe(0);

    hub.target.answer = () => ({ kind: 'succeeded' });
    hub.work();
    await hub.bulk.steer(id, 'ada', 'try');
    await until('the first five have passed', async () => (await hub.state(id)) === 'canary_passed');
    await hub.bulk.steer(id, 'ada', 'start');
    await until('it is finished', async () => (await hub.state(id)) === 'finished');
    expect(await hub.bulk.find(id)).toMatchObject({ mended: 6, refused: 2, failed: 0, skipped: 0 });
    const sent = hub.target.delivered.filter(({ payload }) => payload['colour'] === 'maroon');
    expect(sent.map(({ key }) => key).sort()).toEqual(['k0', 'k1', 'k3', 'k5', 'k6', 'k7']);
    const { rows } = await hub.pool.query<{ reason: string; actor: string; detail: JsonObject }>(
      "select reason, actor, detail from operator_action where action = 'edit' and key = 'k0'",
    );
    expect(rows).toMatchObject([
      { reason: 'agreed', actor: 'ada', detail: { before: { colour: 'red' }, after: { colour: 'maroon' } } },
    ]);
    expect(running?.errors).toEqual([]);
  });

  test('that breaks the contract of some is refused for these alone, also when they were edited since the preview', async () => {
    const hub = await start();
    hub.target.answer = () => refuse('locked');
    await hub.engine.intake.accept([
      message('k1', 'm1', { n: 1, colour: 'red', was: 'a' }),
      message('k2', 'm2', { n: 2, colour: 'red', was: 'b' }),
      message('k3', 'm3', { n: 3, colour: 'red', was: 'a' }),
    ]);
    await until(
      'all are parked',
      async () => (await count(hub.pool, "delivery where state = 'parked'")) === 3,
    );
    const { items } = await hub.desk.list({ status: 'open' }, 3, 0);
    const id = await hub.preview({
      act: 'edit',
      exceptions: { case: items[0]?.fingerprint ?? '' },
      reason: 'agreed',
      changes: [
        { op: 'replace', path: '/colour', value: 'maroon' },
        { op: 'replace', path: '/was', was: 'b', value: 'c' },
        { op: 'replace', path: '/n', value: 3 },
      ],
    });
    const refusals = async () =>
      (await hub.bulk.items(id, 9))
        .filter(({ state }) => state === 'refused')
        .map(({ key, detail }) => [key, detail])
        .sort();
    expect(await refusals()).toEqual([
      ['k1', '/n of act must stay'],
      ['k2', '/n of act must stay'],
    ]);
    // Somebody turns what is left into what the change finds nothing in.
    const k3 = items.find(({ key }) => key === 'k3');
    await hub.desk.edit({ part: k3?.part ?? -1, id: k3?.id ?? '' }, 'bob', 'mine', {
      n: 3,
      colour: 'maroon',
      was: 'a',
    });
    await until(
      'it is parked again',
      async () => (await count(hub.pool, "delivery where state = 'parked'")) === 3,
    );
    hub.work();
    await hub.bulk.steer(id, 'ada', 'try');
    await until('it is finished', async () => (await hub.state(id)) === 'finished');
    expect((await refusals()).map(([key]) => key)).toEqual(['k1', 'k2', 'k3']);
    expect(await hub.bulk.find(id)).toMatchObject({ refused: 3, mended: 0 });
  });
});
