/**
 * Real: PostgreSQL, the engine, its leases and statements. Doubled: the processor (each test's own rule) and the target, which answers
 * by script. Observed: what the target received and what the tables hold. The invariants of docs/spec/lifecycle.md that engine.test.ts
 * and ownership.test.ts do not name.
 */
import type { JsonObject, Outcome, Processor } from '@trunkline/messaging';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await running?.engine.stop();
  await running?.pool.query(
    'truncate message, message_dedupe, message_waiting, message_result, canonical_state, delivery, delivery_done, delivery_attempt, exception_case, identifier',
  );
  await running?.close();
  running = undefined;
});
afterAll(() => database.drop());

async function start(process: Processor, a: ScriptedTarget): Promise<TestEngine> {
  running = await startEngine(database.url, process, { a });
  return running;
}

/** Sends an event on to the target and asks for a reply; counts all that the key saw. */
const asking: Processor = (incoming, state) => {
  const seen = [...((state?.body['seen'] ?? []) as string[]), incoming.sourceId];
  const after = { ...NOTHING, state: { kind: 'order', stage: 'open', body: { seen } } };
  if (incoming.type !== 'event') return after;
  const payload = incoming.payload as JsonObject;
  return {
    ...after,
    commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload, reply: 'acted' }],
  };
};

test('L4, L5: a key’s messages are decided one after the other, each on the state that the one before it left', async () => {
  const { engine, pool } = await start(asking, new ScriptedTarget());
  const ids = Array.from({ length: 120 }, (_, n) => `m${n}`);
  for (let at = 0; at < ids.length; at += 9) {
    await engine.intake.accept(
      ids.slice(at, at + 9).flatMap((id) => [message('k1', `1${id}`), message('k2', `2${id}`)]),
    );
  }
  await until('all are processed, replies too', async () => (await count(pool, 'message_result')) === 480);
  const { rows } = await pool.query<{ key: string; body: { seen: string[] } }>(
    'select key, body from canonical_state order by key',
  );
  for (const [at, row] of rows.entries()) {
    const events = row.body.seen.filter((id) => id.startsWith(`${at + 1}m`));
    expect(events).toEqual(ids.map((id) => `${at + 1}${id}`));
    expect(row.body.seen).toHaveLength(240);
  }
});

test('L6: every accepted message ends processed, ignored or invalid, with the reason where nothing came of it', async () => {
  const rule: Processor = ({ sourceId }) => {
    if (sourceId === 'late') return { ...NOTHING, disposition: 'ignored', reason: 'it came too late' };
    if (sourceId !== 'broken') return NOTHING;
    const faults = [{ code: 'payload_invalid', path: '/lines', message: 'Lines are missing.' }];
    return { ...NOTHING, disposition: 'invalid', faults };
  };
  const { engine, pool } = await start(rule, new ScriptedTarget());
  await engine.intake.accept(['good', 'late', 'broken'].map((id) => message('k', id)));
  await until('all have ended', async () => (await count(pool, 'message_result')) === 3);
  expect(await count(pool, 'message_waiting')).toBe(0);
  const { rows } = await pool.query<{ state: string; note: string | null }>(
    'select state, note from message_result order by id',
  );
  expect(rows.map(({ state }) => state)).toEqual(['processed', 'ignored', 'invalid']);
  expect(rows[1]?.note).toBe('it came too late');
  expect(rows[2]?.note).toContain('Lines are missing.');
});

test('O1: a success’s reply is a message of the same key, once, and carries what the target said', async () => {
  const a = new ScriptedTarget();
  a.answer = () => ({
    kind: 'succeeded',
    reply: { number: 'S7' },
    identifiers: [{ kind: 'order_number', value: 'S7', system: 'a' }],
  });
  const { engine, pool } = await start(asking, a);
  await engine.intake.accept([message('k', 'm1')]);
  await until('the reply is processed', async () => (await count(pool, 'message_result')) === 2);
  const { rows } = await pool.query("select key, source, type, payload from message where type <> 'event'");
  expect(rows).toEqual([
    { key: 'k', source: 'a', type: 'reply:acted', payload: { number: 'S7', type: 'acted' } },
  ]);
  expect(await count(pool, "identifier where key = 'k' and kind = 'order_number' and value = 'S7'")).toBe(1);
});

test('O3: a refusal is parked with the target’s faults and never tried again by itself', async () => {
  const a = new ScriptedTarget();
  const faults = [{ code: 'line_product_unknown', path: 'lines/2', message: 'No product SKU-2.' }];
  a.answer = ({ key }): Outcome =>
    key === 'bad'
      ? { kind: 'rejected', code: 'target_rejected', detail: 'No.', faults }
      : { kind: 'succeeded' };
  const { engine, pool } = await start(asking, a);
  await engine.intake.accept([message('bad', 'm1')]);
  await until('it is parked', async () => (await count(pool, "delivery where state = 'parked'")) === 1);
  await engine.intake.accept(Array.from({ length: 20 }, (_, n) => message('good', `g${n}`)));
  await until('the others are through', async () => (await count(pool, 'delivery_done')) === 20);
  expect(a.delivered.filter(({ key }) => key === 'bad')).toHaveLength(1);
  const { rows } = await pool.query('select code, faults from exception_case');
  expect(rows).toEqual([{ code: 'target_rejected', faults }]);
});

test('O5: a batch that is answered short is known as far as it was answered; the rest comes again as ambiguous', async () => {
  const a = new ScriptedTarget(5, 1);
  let short = true;
  const complete = a.deliver.bind(a);
  a.deliver = async (deliveries) => {
    const outcomes = await complete(deliveries);
    if (!short || deliveries.length < 2) return outcomes;
    short = false;
    return outcomes.slice(0, 1);
  };
  const { engine, pool } = await start(asking, a);
  await engine.intake.accept(['k1', 'k2', 'k3', 'k4', 'k5'].map((key) => message(key, `m-${key}`)));
  await until('all have ended', async () => (await count(pool, 'delivery_done')) === 5);
  const cut = a.calls.find((call) => call.length > 1) ?? [];
  expect(cut.length).toBeGreaterThan(1);
  const again = a.delivered.filter(({ attempt }) => attempt === 2);
  expect(again.map(({ key }) => key).sort()).toEqual(
    cut
      .slice(1)
      .map(({ key }) => key)
      .sort(),
  );
  expect(again.every(({ ambiguous }) => ambiguous)).toBe(true);
});

test('D1: what waits for one target and key goes in order, one at a time, whatever its outcomes', async () => {
  const a = new ScriptedTarget(3, 3);
  const underWay = new Set<string>();
  const twice: string[] = [];
  a.answer = async ({ key, attempt, payload }): Promise<Outcome> => {
    if (underWay.has(key)) twice.push(key);
    underWay.add(key);
    await new Promise((resolve) => setImmediate(resolve));
    underWay.delete(key);
    const shaky = attempt === 1 && Number(payload['n']) % 3 === 0;
    return shaky ? { kind: 'retry', code: 'target_busy', detail: '429', afterMs: 1 } : { kind: 'succeeded' };
  };
  const { engine, pool } = await start(asking, a);
  await engine.intake.accept(Array.from({ length: 40 }, (_, n) => message(`k${n % 4}`, `m${n}`, { n })));
  await until('all have ended', async () => (await count(pool, 'delivery_done')) === 40);
  expect(twice).toEqual([]);
  for (const key of ['k0', 'k1', 'k2', 'k3']) {
    const own = a.delivered.filter((one) => one.key === key).map(({ payload }) => Number(payload['n']));
    expect(own).toEqual([...own].sort((x, y) => x - y));
  }
});
