/**
 * The polling consumer on a real journal. Real: PostgreSQL, the intake that stores messages and cursor. Doubled: the polled system, whose
 * pages the test gives one by one.
 */
import {
  Engine,
  MessageIntake,
  migrate,
  notePollProgress,
  openDatabase,
  readStreamLags,
} from '@trunkline/journal';
import {
  type CursorStore,
  type IncomingMessage,
  type JsonValue,
  type Polled,
  SystemRefusal,
} from '@trunkline/messaging';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../packages/journal/test/support/database.ts';
import { count, until } from '../../../packages/journal/test/support/engine.ts';
import { PollingConsumer, type PollingOptions, type StreamProgress } from '../src/composition/polling.ts';

let database: TestDatabase;
let pool: Pool;
let intake: MessageIntake;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
  intake = new MessageIntake({ pool, partitions: await migrate(pool, 4) });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

function page(cursor: number, ids: readonly number[], more = false): Polled {
  const messages = ids.map(
    (id): IncomingMessage => ({ source: 'crm', sourceId: `r:${id}`, key: `k${id}`, type: 'e', payload: {} }),
  );
  return { messages, cursor, more };
}

type Answer = (cursor: JsonValue | undefined, signal: AbortSignal) => Polled | Promise<Polled>;

/** A consumer of a stream of its own, whose poller gives these answers in turn and then nothing new. */
function consumer(stream: string, answers: Answer[], more: Partial<PollingOptions> = {}) {
  const asked: (JsonValue | undefined)[] = [];
  const errors: unknown[] = [];
  const poller = {
    stream,
    intervalMs: 1,
    poll: async (cursor: JsonValue | undefined, signal: AbortSignal): Promise<Polled> => {
      asked.push(cursor);
      const answer = answers.shift();
      return answer === undefined
        ? { messages: [], cursor: cursor ?? null, more: false }
        : answer(cursor, signal);
    },
  };
  const consuming = new PollingConsumer({
    system: 'crm',
    poller,
    cursors: intake,
    mine: () => true,
    onError: (error) => errors.push(error),
    ...more,
  });
  onTestFinished(() => consuming.stop());
  return { consuming, asked, errors };
}

it('stores a page and its cursor, asks at once for more, and goes on where it stood after a restart', async () => {
  const first = consumer('goes-on', [() => page(2, [101, 102], true), () => page(3, [103])]);
  first.consuming.start();
  await until('the pages are read', () => first.asked.length > 2);
  await first.consuming.stop();
  expect(first.asked.slice(0, 3)).toEqual([undefined, 2, 3]);
  expect(await intake.read('crm', 'goes-on')).toBe(3);
  expect(await count(pool, "message where source_id in ('r:101', 'r:102', 'r:103')")).toBe(3);

  const second = consumer('goes-on', []);
  second.consuming.start();
  await until('it has asked', () => second.asked.length > 0);
  expect(second.asked[0]).toBe(3);
});

it('moves the cursor with its messages or not at all, and reads a page again that could not be stored', async () => {
  let broken = true;
  const cursors: CursorStore = {
    read: (source, stream) => intake.read(source, stream),
    acceptAndMove: async (source, stream, cursor, messages) => {
      if (!broken) return intake.acceptAndMove(source, stream, cursor, messages);
      broken = false;
      // Fails inside the journal's own transaction, after the messages: a payload that JSON cannot hold.
      const bad = { ...messages[0], sourceId: 'bad', payload: 'a\u0000b' } as IncomingMessage;
      return intake.acceptAndMove(source, stream, cursor, [...messages, { ...bad, key: 'bad\u0000' }]);
    },
  };
  const read = consumer('again', [() => page(1, [201]), () => page(1, [201])], { cursors });
  read.consuming.start();
  await until('the page is stored', async () => (await count(pool, "message where source_id = 'r:201'")) > 0);
  expect(read.errors).toHaveLength(1);
  expect(read.asked.slice(0, 2), 'the same place twice').toEqual([undefined, undefined]);
  await until('the cursor moved', async () => (await intake.read('crm', 'again')) === 1);
  expect(await count(pool, "message where source_id = 'bad'")).toBe(0);
});

it('stores a page once that it reads twice', async () => {
  const read = consumer('twice', [() => page(1, [301]), () => page(2, [301, 302])]);
  read.consuming.start();
  await until('both are read', async () => (await intake.read('crm', 'twice')) === 2);
  expect(await count(pool, "message where source_id = 'r:301'")).toBe(1);
});

it('does not write when there is nothing new', async () => {
  const moved = vi.spyOn(intake, 'acceptAndMove');
  onTestFinished(() => moved.mockRestore());
  const read = consumer('idle', [() => page(5, [])]);
  read.consuming.start();
  await until('it has polled often', () => read.asked.length > 5);
  expect(moved.mock.calls.filter(([, stream]) => stream === 'idle')).toHaveLength(1);
});

it('waits longer after each failure and as before after a success', async () => {
  const delays: number[] = [];
  const timer = globalThis.setTimeout;
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms: number) => {
    delays.push(ms);
    return timer(work, 0);
  }) as typeof setTimeout);
  onTestFinished(() => spy.mockRestore());
  const fails = () => Promise.reject(new Error('down'));
  const cursors: CursorStore = { read: async () => undefined, acceptAndMove: async () => [] };
  const answers: Answer[] = [...Array.from({ length: 20 }, () => fails), () => page(1, [])];
  const read = consumer('down', answers, { cursors });
  read.consuming.start();
  await new Promise<void>((resolve) => {
    const look = () => (read.asked.length > 22 ? resolve() : setImmediate(look));
    look();
  });
  await read.consuming.stop();
  expect(delays.slice(0, 5)).toEqual([2, 4, 8, 16, 32]);
  expect(Math.max(...delays), 'bounded').toBeLessThanOrEqual(15_000);
  expect(delays.slice(20, 22)).toEqual([1, 1]);
  expect(read.errors).toHaveLength(20);
});

it('ends at once when it is stopped, in the middle of a poll or of a long wait', async () => {
  const entered = Promise.withResolvers<void>();
  const hangs: Answer = (_cursor, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      entered.resolve();
    });
  const middle = consumer('hangs', [hangs]);
  middle.consuming.start();
  await entered.promise;
  await middle.consuming.stop();
  expect(middle.errors, 'an end is no failure').toEqual([]);

  const poll = vi.fn(async () => page(1, []));
  const waiting = consumer('waits', [], { poller: { stream: 'waits', intervalMs: 3_600_000, poll } });
  waiting.consuming.start();
  await until('it has polled', async () => (await intake.read('crm', 'waits')) === 1);
  await waiting.consuming.stop();
  expect(poll).toHaveBeenCalledOnce();
});

it('polls before its time when it is hinted to, and not a system that fails', async () => {
  let changed = () => {};
  const poll = vi.fn(async () => page(1, []));
  const hints = (listener: () => void) => {
    changed = listener;
  };
  const hinted = consumer('hinted', [], { poller: { stream: 'hinted', intervalMs: 3_600_000, poll, hints } });
  hinted.consuming.start();
  await until('it has polled', async () => (await intake.read('crm', 'hinted')) === 1);
  expect(poll).toHaveBeenCalledOnce();
  for (let burst = 0; burst < 100; burst++) changed();
  await until('it polls again', () => poll.mock.calls.length > 1);
  await hinted.consuming.stop();
  expect(poll.mock.calls.length, 'a burst of hints is one poll').toBe(2);

  const down = vi.fn(() => Promise.reject(new Error('down')));
  const failing = consumer('hinted-down', [], {
    poller: { stream: 'hinted-down', intervalMs: 3_600_000, poll: down, hints },
  });
  failing.consuming.start();
  await until('it has failed', () => failing.errors.length > 0);
  changed();
  await failing.consuming.stop();
  expect(down).toHaveBeenCalledOnce();
});

it('tells how far behind its source it is, and since when and why it fails', async () => {
  const told: StreamProgress[] = [];
  const read = consumer(
    'told',
    [
      () => page(1, [], true),
      () => page(2, []),
      () => Promise.reject(new Error('no way')),
      () => page(3, []),
    ],
    {
      onProgress: async (progress) => {
        told.push(progress);
        await notePollProgress(pool, { source: 'crm', stream: 'told', ...progress });
      },
    },
  );
  read.consuming.start();
  await until('it has recovered', () => told.length >= 3);
  await read.consuming.stop();
  expect(told.map(({ failing }) => failing?.reason)).toEqual([undefined, 'no way', undefined]);
  expect(told[0]?.caughtUpAgoMs, 'more was waiting').toBeUndefined();
  expect(told[1]?.caughtUpAgoMs).toBeLessThan(60_000);
  const [lag] = (await readStreamLags(pool)).filter(({ stream }) => stream === 'told');
  expect(lag).toMatchObject({ source: 'crm', failure: null });
  expect(lag?.behindSeconds).toBeLessThan(60);
});

it('is polled by one of two nodes at a time, and by the other when that one goes', async () => {
  const nodes: Awaited<ReturnType<typeof node>>[] = [];
  let both = 0;
  const node = async () => {
    const own = openDatabase({ url: database.url });
    const engine = new Engine({
      pool: own,
      partitions: 4,
      process: () => {
        throw new Error('not here');
      },
      targets: new Map(),
      leaseSeconds: 2,
      onError: () => undefined,
    });
    await engine.start();
    const owns = () => engine.owns('crm/shared');
    const polling = consumer('shared', [], {
      mine: () => {
        if (owns() && nodes.some((other) => other.engine !== engine && other.owns())) both++;
        return owns();
      },
    });
    polling.consuming.start();
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= polling.consuming.stop().then(async () => {
        await engine.stop();
        await own.end();
      });
      return closed;
    };
    onTestFinished(close);
    return { ...polling, engine, close, owns };
  };
  nodes.push(await node(), await node());
  await until('somebody polls', () => nodes.some(({ asked, owns }) => owns() && asked.length > 20));
  const polls = nodes.find(({ owns }) => owns());
  const other = nodes.find((one) => one !== polls);
  const before = other?.asked.length ?? 0;
  await polls?.close();
  await until('the other polls', () => (other?.asked.length ?? 0) > before);
  expect(both, 'moments at which both would have polled').toBe(0);
});

it('asks only when the system’s limits give it a turn, and gives each turn back, that of a failed poll too', async () => {
  const log: string[] = [];
  let waits = false;
  let give: () => void = () => undefined;
  const turn = async (signal: AbortSignal) => {
    await new Promise<void>((resolve, reject) => {
      waits = true;
      give = resolve;
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
    log.push('turn');
    return () => void log.push('ended');
  };
  const failing = (): Polled => {
    log.push('failed');
    throw new Error('HTTP 503');
  };
  const asks = (): Polled => {
    log.push('asked');
    return page(1, []);
  };
  const { consuming, asked } = consumer('in-turn', [asks, failing, asks], { turn });
  consuming.start();
  await until('it waits', () => waits);
  expect(asked).toEqual([]);
  for (const many of [1, 2, 3])
    await until(`poll ${many} has had its turn`, () => {
      give();
      return log.filter((word) => word === 'ended').length >= many;
    });
  expect(log.slice(0, 9)).toEqual([
    'turn',
    'asked',
    'ended',
    'turn',
    'failed',
    'ended',
    'turn',
    'asked',
    'ended',
  ]);
  await consuming.stop();
});

it('says at the end of its turn what the answer means for the system: that it answers, that it refuses, or nothing', async () => {
  const heard: unknown[] = [];
  const busy = new SystemRefusal('target_busy', 'HTTP 429', 60_000);
  const answers: Answer[] = [
    () => Promise.reject(busy),
    () => Promise.reject(new Error('down')),
    () => page(1, []),
  ];
  const turn = async () => (said?: unknown) => void heard.push(said);
  const read = consumer('heard', answers, { turn });
  read.consuming.start();
  await until('it has read', () => heard.length > 2);
  expect(heard.slice(0, 3)).toEqual([busy, undefined, 'well']);
});
