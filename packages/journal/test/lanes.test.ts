/**
 * Real: PostgreSQL, the engine, its leases and statements. Doubled: the processor (each test's own rule) and the targets, which record
 * what reaches them. Observed: in which order messages of several lanes are decided and sent.
 */
import { type IncomingMessage, PageOvertaken, type Processor } from '@trunkline/messaging';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MessageIntake, migrate, openDatabase } from '../src/index.ts';
import { LaneTraffic } from '../src/lane/lane-traffic.ts';
import { LaneTurns } from '../src/lane/lane-turns.ts';
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

/** Stores messages while no engine runs, so that all of them wait when one starts. */
async function acceptBeforehand(messages: readonly IncomingMessage[]): Promise<void> {
  const pool = openDatabase({ url: database.url });
  const intake = new MessageIntake({ pool, partitions: await migrate(pool, 4) });
  for (let at = 0; at < messages.length; at += 500) await intake.accept(messages.slice(at, at + 500));
  await pool.end();
}

function inLane(lane: string, key: string, id: string): IncomingMessage {
  return { ...message(key, id), lane };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const forward: Processor = ({ sourceId }) => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: { id: sourceId } }],
});

test('L7: what one lane piled up holds back no other lane: neither its messages nor its deliveries', async () => {
  const flood = Array.from({ length: 4000 }, (_, n) => inLane('flood', `f${n % 400}`, `f${n}`));
  await acceptBeforehand([...flood, ...['o1', 'o2', 'o3', 'o4'].map((id) => inLane('orders', id, id))]);
  const a = new ScriptedTarget(10, 2);
  running = await startEngine(database.url, forward, { a });
  const orders = () => a.delivered.filter(({ key }) => key.startsWith('o'));
  await until('the orders are sent', () => orders().length === 4);
  expect(a.delivered.length, 'sent by then').toBeLessThan(flood.length / 2);
});

test('L8: a key keeps its order across lanes, however deep one lane’s backlog is', async () => {
  const seed = Date.now() % 1_000_000;
  const random = seeded(seed);
  const lanes = ['flood', 'orders', 'replay', 'erp/eu'];
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const messages = Array.from({ length: 3000 }, (_, n) => {
    const lane = random() < 0.85 ? 'flood' : pick(lanes);
    return inLane(lane, `k${Math.floor(random() ** 2 * 200)}`, `m${n}`);
  });
  await acceptBeforehand(messages);
  const seen = new Map<string, string[]>();
  const a = new ScriptedTarget(20, 3);
  running = await startEngine(
    database.url,
    (incoming, state, now) => {
      seen.set(incoming.key, [...(seen.get(incoming.key) ?? []), incoming.sourceId]);
      return forward(incoming, state, now);
    },
    { a },
  );
  const { pool } = running;
  await until('all are sent', async () => (await count(pool, 'delivery_done')) === messages.length);
  for (const key of new Set(messages.map((one) => one.key))) {
    const own = messages.filter((one) => one.key === key).map(({ sourceId }) => sourceId);
    expect(seen.get(key), `decided, seed ${seed}`).toEqual(own);
    const sent = a.delivered.filter((one) => one.key === key).map(({ payload }) => payload['id']);
    expect(sent, `sent, seed ${seed}`).toEqual(own);
  }
}, 60_000);

test('L7: all that a message causes runs in its lane: messages to other keys, deliveries, and their replies', async () => {
  const lanes: string[] = [];
  const a = new ScriptedTarget();
  running = await startEngine(
    database.url,
    ({ key, type, lane }) => {
      lanes.push(`${key} ${type} ${lane}`);
      if (type !== 'event') return NOTHING;
      if (key !== 'k')
        return {
          ...NOTHING,
          commands: [{ role: 'a', target: 'a', type: 'act', flow: 'f', payload: {}, reply: 'acted' }],
        };
      return {
        ...NOTHING,
        messages: [{ source: 'hub', sourceId: 'x', key: 'other', type: 'event', payload: {} }],
      };
    },
    { a },
  );
  await running.engine.intake.accept([inLane('replay', 'k', 'm1'), message('plain', 'm2')]);
  await until('all are decided', () => lanes.length === 5);
  expect(lanes.sort()).toEqual([
    'k event replay',
    'other event replay',
    'other reply:acted replay',
    'plain event test',
    'plain reply:acted test',
  ]);
});

test('L7: a page that a poller read of a flood waits for its turn to be stored, and one of another lane does not', async () => {
  const pool = openDatabase({ url: database.url });
  const partitions = await migrate(pool, 4);
  const [traffic, turns] = [new LaneTraffic(), new LaneTurns()];
  const intake = new MessageIntake({ pool, partitions, traffic, turns });
  const page = (lane: string) =>
    intake.acceptAndMove(
      lane,
      'changes',
      { at: 1 },
      Array.from({ length: 20 }, (_, n) => inLane(lane, `k${n}`, `${lane}-page-${n}`)),
    );
  const storedOf = (lane: string) => count(pool, `message where lane = '${lane}'`);
  const flood = () => {
    traffic.saw('flooding', true);
    traffic.saw('orders', false);
  };
  flood();
  const flooding = setInterval(flood, 50);
  const deciding = turns.giveWay({ who: {}, bulk: false, wake: () => undefined });
  const waiting = page('flooding');
  await page('orders');
  expect([await storedOf('flooding'), await storedOf('orders')]).toEqual([0, 20]);
  expect(await intake.read('flooding', 'changes'), 'its cursor moves with it').toBeUndefined();
  deciding?.end();
  expect(await waiting).toHaveLength(20);
  clearInterval(flooding);
  expect(await storedOf('flooding')).toBe(20);
  expect(await intake.read('flooding', 'changes')).toEqual({ at: 1 });
  flood();
  const another = turns.giveWay({ who: {}, bulk: false, wake: () => undefined });
  const late = intake.acceptAndMove('flooding', 'changes', { at: 2 }, [inLane('flooding', 'k0', 'older')], {
    cursor: { at: 1 },
  });
  const node = new MessageIntake({ pool, partitions });
  await node.acceptAndMove('flooding', 'changes', { at: 3 }, [inLane('flooding', 'k0', 'newer')], {
    cursor: { at: 1 },
  });
  another?.end();
  await expect(late, 'another node was faster while it waited').rejects.toThrow(PageOvertaken);
  expect(await count(pool, "message where source_id = 'older'")).toBe(0);
  expect(await intake.read('flooding', 'changes')).toEqual({ at: 3 });
  await pool.query('truncate message, message_dedupe, message_waiting, poll_cursor');
  await pool.end();
});
