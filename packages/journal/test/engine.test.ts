/**
 * Real: PostgreSQL, the engine, its leases and statements. Doubled: the processor (each test's own rule) and the targets, which
 * record what reaches them. Observed: what targets received and what the tables hold.
 */
import type { JsonObject, Message, Processor, RoutedCommand } from '@trunkline/messaging';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ExceptionDesk, partitionOf } from '../src/index.ts';
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
let running: TestEngine[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  // First: what a statement under way holds, a truncate would wait for while it holds what that needs next.
  await Promise.all(running.map(({ engine }) => engine.stop()));
  for (const { pool } of running) {
    await pool.query(
      'truncate message, message_dedupe, message_waiting, message_result, canonical_state, delivery, delivery_done, delivery_attempt, exception_case, failure_case, case_tally, identifier',
    );
  }
  await Promise.all(running.map((each) => each.close()));
  running = [];
});
afterAll(() => database.drop());

async function start(process: Processor, targets: Record<string, ScriptedTarget>): Promise<TestEngine> {
  const started = await startEngine(database.url, process, targets);
  running.push(started);
  return started;
}

function command(target: string, payload: JsonObject, more: Partial<RoutedCommand> = {}): RoutedCommand {
  return { role: target, target, type: 'act', flow: 'test', payload, ...more };
}

/** Sends every message on to target `a`, with the order in which the key saw it. */
const forward: Processor = (incoming: Message, state) => {
  const seen = Number(state?.body['seen'] ?? 0) + 1;
  return {
    ...NOTHING,
    state: { kind: 'order', stage: 'open', body: { seen } },
    commands: [command('a', { ...(incoming.payload as JsonObject), seen })],
  };
};

describe('P2: nothing happens twice', () => {
  test('a repeated source id is answered as a duplicate, also within one batch, and processed once', async () => {
    const a = new ScriptedTarget();
    const { engine, pool } = await start(forward, { a });
    const first = await engine.intake.accept([message('k1', 'm1'), message('k1', 'm1'), message('k2', 'm2')]);
    const second = await engine.intake.accept([message('k1', 'm1')]);
    expect(first.map((answer) => answer.kind)).toEqual(['stored', 'duplicate', 'stored']);
    expect(second.map((answer) => answer.kind)).toEqual(['duplicate']);
    await until('two deliveries', async () => (await count(pool, 'delivery_done')) === 2);
    expect(a.delivered.map((delivery) => delivery.key).sort()).toEqual(['k1', 'k2']);
  });

  test('concurrent accepts of the same ids store each once', async () => {
    const { engine, pool } = await start(() => NOTHING, {});
    const batches = Array.from({ length: 20 }, () =>
      Array.from({ length: 50 }, (_, i) => message(`k${i}`, `m${i}`)),
    );
    const answers = await Promise.all(batches.map((batch) => engine.intake.accept(batch)));
    expect(answers.flat().filter((answer) => answer.kind === 'stored')).toHaveLength(50);
    await until('all processed', async () => (await count(pool, 'message_result')) === 50);
  });
});

describe('P3: order per key', () => {
  test('each key’s deliveries reach a target in the order of its messages, one at a time', async () => {
    const a = new ScriptedTarget(7, 3);
    const busy = new Set<string>();
    a.answer = async (delivery) => {
      expect(busy.has(delivery.key), `${delivery.key} is under way twice`).toBe(false);
      busy.add(delivery.key);
      await new Promise((resolve) => setImmediate(resolve));
      busy.delete(delivery.key);
      return { kind: 'succeeded' };
    };
    const { engine, pool } = await start(forward, { a });
    const messages = Array.from({ length: 300 }, (_, i) => message(`k${i % 12}`, `m${i}`, { n: i }));
    for (let i = 0; i < messages.length; i += 30) await engine.intake.accept(messages.slice(i, i + 30));
    await until('all delivered', async () => (await count(pool, 'delivery_done')) === 300);
    for (let key = 0; key < 12; key++) {
      const own = a.delivered
        .filter((delivery) => delivery.key === `k${key}`)
        .map((delivery) => delivery.payload['n']);
      expect(own).toEqual(Array.from({ length: 25 }, (_, i) => key + 12 * i));
    }
  });

  test('D2: a parked delivery holds back its own key and no other; a retry by hand lets it go on in order', async () => {
    const a = new ScriptedTarget();
    let refuse = true;
    a.answer = (delivery) =>
      refuse && delivery.key === 'bad'
        ? { kind: 'rejected', code: 'target_rejected', detail: 'no such customer' }
        : { kind: 'succeeded' };
    const { engine, pool } = await start(forward, { a });
    await engine.intake.accept([
      message('bad', 'b1', { n: 1 }),
      message('bad', 'b2', { n: 2 }),
      message('good', 'g1'),
      message('good', 'g2'),
    ]);
    await until(
      'the good key is through and the bad one parked',
      async () =>
        (await count(pool, "delivery_done where key = 'good'")) === 2 &&
        (await count(pool, "delivery where state = 'parked'")) === 1,
    );
    expect(a.delivered.filter((delivery) => delivery.key === 'bad')).toHaveLength(1);
    const desk = new ExceptionDesk(pool, 4);
    const open = await desk.list({ status: 'open' }, 10, 0);
    expect(open.items).toMatchObject([{ key: 'bad', code: 'target_rejected', target: 'a', retryable: true }]);
    refuse = false;
    const [only] = open.items;
    expect(await desk.retry(only?.part ?? -1, only?.id ?? '', 'tester')).toBe(true);
    await until(
      'the bad key is through',
      async () => (await count(pool, "delivery_done where key = 'bad'")) === 2,
    );
    expect(
      a.delivered.filter((delivery) => delivery.key === 'bad').map((delivery) => delivery.payload['n']),
    ).toEqual([1, 1, 2]);
    expect((await desk.list({ status: 'open' }, 10, 0)).total).toBe(0);
  });

  test('a discarded delivery is kept with its reason and what waited behind it goes on', async () => {
    const a = new ScriptedTarget();
    a.answer = (delivery) =>
      delivery.payload['n'] === 1
        ? { kind: 'rejected', code: 'target_rejected', detail: 'no' }
        : { kind: 'succeeded' };
    const { engine, pool } = await start(forward, { a });
    await engine.intake.accept([message('k', 'm1', { n: 1 }), message('k', 'm2', { n: 2 })]);
    await until('parked', async () => (await count(pool, "delivery where state = 'parked'")) === 1);
    const desk = new ExceptionDesk(pool, 4);
    const [only] = (await desk.list({ status: 'open' }, 10, 0)).items;
    expect(await desk.discard(only?.part ?? -1, only?.id ?? '', 'tester', 'entered by hand')).toBe(true);
    await until(
      'the next went',
      async () => (await count(pool, "delivery_done where state = 'succeeded'")) === 1,
    );
    const { rows } = await pool.query("select state, note from delivery_done where state = 'discarded'");
    expect(rows).toEqual([{ state: 'discarded', note: 'by tester: entered by hand' }]);
  });
});

describe('outcomes', () => {
  test('O2: a transient failure is tried again until it passes; the attempts are kept', async () => {
    const a = new ScriptedTarget();
    let left = 3;
    a.answer = () =>
      left-- > 0 ? { kind: 'retry', code: 'target_busy', detail: '429', afterMs: 5 } : { kind: 'succeeded' };
    const { engine, pool } = await start(forward, { a });
    await engine.intake.accept([message('k', 'm1')]);
    await until('delivered', async () => (await count(pool, 'delivery_done')) === 1);
    expect(a.delivered.map((delivery) => delivery.attempt)).toEqual([1, 2, 3, 4]);
    const { rows } = await pool.query('select outcome from delivery_attempt order by attempt');
    expect(rows.map((row) => row.outcome)).toEqual(['retry', 'retry', 'retry', 'succeeded']);
  });

  test('O4: after an unknown outcome the delivery comes again as ambiguous', async () => {
    const a = new ScriptedTarget();
    a.answer = (delivery) =>
      delivery.attempt === 1
        ? Promise.reject(new Error('socket closed'))
        : { kind: 'succeeded', adopted: true };
    const { engine, pool } = await start(forward, { a });
    await engine.intake.accept([message('k', 'm1')]);
    await until('delivered', async () => (await count(pool, 'delivery_done')) === 1);
    expect(a.delivered.map((delivery) => delivery.ambiguous)).toEqual([false, true]);
  });

  test('O4: a pause that the target asked for together with an unknown outcome is kept', async () => {
    const a = new ScriptedTarget();
    const at: number[] = [];
    a.answer = (delivery) => {
      at.push(performance.now());
      return delivery.attempt === 1
        ? { kind: 'unknown', code: 'outcome_unknown', detail: 'HTTP 429 half way', afterMs: 400 }
        : { kind: 'succeeded' };
    };
    const { engine } = await start(forward, { a });
    await engine.intake.accept([message('k', 'm1')]);
    await until('the second try', () => at.length === 2);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(399);
  });

  test('O4: a target that can verify is asked first, and what it has is adopted without sending', async () => {
    const a = Object.assign(new ScriptedTarget(), {
      verify: async (deliveries: readonly unknown[]) =>
        deliveries.map(() => ({ kind: 'present' as const, reply: { found: 'yes' } })),
    });
    a.answer = () => ({ kind: 'unknown', code: 'outcome_unknown', detail: 'time-out' });
    const replies: unknown[] = [];
    const process: Processor = (incoming) => {
      if (incoming.type.startsWith('reply:')) {
        replies.push(incoming.payload);
        return NOTHING;
      }
      return { ...NOTHING, commands: [command('a', {}, { reply: 'acted' })] };
    };
    const { engine } = await start(process, { a });
    await engine.intake.accept([message('k', 'm1')]);
    await until('the reply came', () => replies.length > 0);
    expect(replies).toEqual([{ found: 'yes', type: 'acted' }]);
    expect(a.delivered).toHaveLength(1);
  });

  test('a failure that outlasts its policy is parked as retries_exhausted', async () => {
    const a = new ScriptedTarget();
    a.answer = () => ({ kind: 'retry', code: 'target_unavailable', detail: '503' });
    const { engine, pool } = await start(forward, { a });
    await engine.intake.accept([message('k', 'm1')]);
    await until(
      'parked',
      async () => (await count(pool, "exception_case where code = 'retries_exhausted'")) === 1,
    );
  });

  test('D3: of several waiting states of one key only the newest is sent', async () => {
    const a = new ScriptedTarget(1, 1);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    a.answer = async () => {
      await gate;
      return { kind: 'succeeded' };
    };
    const stating: Processor = (incoming) => ({
      ...NOTHING,
      commands: [command('a', incoming.payload as JsonObject, { supersedes: 'status' })],
    });
    const { engine, pool } = await start(stating, { a });
    await engine.intake.accept([message('k', 'm0', { n: 0 })]);
    await until('the first is under way', () => a.calls.length === 1);
    await engine.intake.accept([1, 2, 3, 4].map((n) => message('k', `m${n}`, { n })));
    await until('all wait', async () => (await count(pool, 'delivery')) === 5);
    open();
    await until('all ended', async () => (await count(pool, 'delivery_done')) === 5);
    expect(a.delivered.map((delivery) => delivery.payload['n'])).toEqual([0, 4]);
    expect(await count(pool, "delivery_done where state = 'superseded'")).toBe(3);
  });
});

describe('failures of our own', () => {
  test('L3: a poison message is held with its key, and every other key goes on', async () => {
    const a = new ScriptedTarget();
    let broken = true;
    const { engine, pool } = await start(
      (incoming, state, now) => {
        if (broken && incoming.sourceId === 'poison') throw new Error('cannot read property of undefined');
        return forward(incoming, state, now);
      },
      { a },
    );
    await engine.intake.accept([
      message('k', 'poison', { n: 1 }),
      message('k', 'after', { n: 2 }),
      message('other', 'm', { n: 3 }),
    ]);
    await until('the other key is through', async () => (await count(pool, 'delivery_done')) === 1);
    const desk = new ExceptionDesk(pool, 4);
    await until(
      'the exception is open',
      async () => (await desk.list({ status: 'open' }, 10, 0)).total === 1,
    );
    expect(a.delivered.map((delivery) => delivery.key)).toEqual(['other']);
    broken = false;
    const [only] = (await desk.list({ status: 'open' }, 10, 0)).items;
    expect(only).toMatchObject({ code: 'poison_message', key: 'k' });
    expect(await desk.retry(only?.part ?? -1, only?.id ?? '', 'tester')).toBe(true);
    await until('the key is through', async () => (await count(pool, "delivery_done where key = 'k'")) === 2);
    expect(
      a.delivered.filter((delivery) => delivery.key === 'k').map((delivery) => delivery.payload['n']),
    ).toEqual([1, 2]);
  });

  test('a result that the database refuses parks its message alone', async () => {
    const a = new ScriptedTarget();
    const { engine, pool } = await start(
      (incoming, state, now) => {
        const processed = forward(incoming, state, now);
        if (incoming.sourceId !== 'nul') return processed;
        return { ...processed, identifiers: [{ kind: 'po', value: 'a\u0000b', system: 'test' }] };
      },
      { a },
    );
    await engine.intake.accept([message('k', 'nul', { n: 1 }), message('other', 'm', { n: 3 })]);
    await until(
      'both are decided',
      async () => (await count(pool, 'delivery_done')) >= 1 && (await count(pool, 'exception_case')) === 1,
    );
    expect(a.delivered.map((delivery) => delivery.key)).toEqual(['other']);
  });
});

test('an exception that a later message of the same batch resolves is over; one that it opens again is open', async () => {
  const report = { code: 'no_route', flow: 'test', summary: 's', faults: [], owner: 'o', remedy: 'r' };
  const { engine, pool } = await start(
    ({ sourceId }) => ({
      ...NOTHING,
      exceptions: sourceId.endsWith('opens') ? [report] : [],
      resolves: sourceId.endsWith('resolves') ? ['no_route'] : [],
    }),
    {},
  );
  await engine.intake.accept([
    message('over', '1 opens'),
    message('over', '2 resolves'),
    message('again', '3 opens'),
    message('again', '4 resolves'),
    message('again', '5 opens'),
  ]);
  await until('all are processed', async () => (await count(pool, 'message_result')) === 5);
  const { items } = await new ExceptionDesk(pool, 4).list({ status: 'all' }, 10, 0);
  const isOpen = Object.fromEntries(items.map(({ key, resolvedAt }) => [key, resolvedAt === null]));
  expect(isOpen).toEqual({ over: false, again: true });
  expect(items).toHaveLength(2);
});

test('messages to other keys arrive once, in the partition of their own key', async () => {
  const a = new ScriptedTarget();
  const { engine, pool } = await start(
    (incoming) =>
      incoming.type === 'event'
        ? {
            ...NOTHING,
            messages: [
              { source: 'hub', sourceId: `to-${incoming.key}`, key: 'customer', type: 'needed', payload: {} },
            ],
          }
        : { ...NOTHING, commands: [command('a', {})] },
    { a },
  );
  await engine.intake.accept([message('o1', 'm1'), message('o2', 'm2'), message('o1', 'm3')]);
  await until('both needs were handled', async () => (await count(pool, 'delivery_done')) === 2);
  const { rows } = await pool.query<{ part: number }>(
    "select distinct part from message where key = 'customer'",
  );
  expect(rows).toEqual([{ part: partitionOf('customer', 4) }]);
});

test('a key’s state is whole in every decision, however few states are kept in memory', async () => {
  const counting: Processor = (_message, state) => ({
    ...NOTHING,
    state: { kind: 'order', stage: 'open', body: { seen: Number(state?.body['seen'] ?? 0) + 1 } },
  });
  const started = await startEngine(database.url, counting, {}, { stateCacheBytes: 3 * 420 });
  running.push(started);
  const { engine, pool } = started;
  const messages = Array.from({ length: 900 }, (_, i) => message(`k${(i * 7) % 60}`, `m${i}`));
  for (let i = 0; i < messages.length; i += 90) await engine.intake.accept(messages.slice(i, i + 90));
  await until('all processed', async () => (await count(pool, 'message_result')) === 900);
  const { rows } = await pool.query<{ seen: number }>(
    "select distinct (body->>'seen')::int as seen from canonical_state",
  );
  expect(rows).toEqual([{ seen: 15 }]);
});
