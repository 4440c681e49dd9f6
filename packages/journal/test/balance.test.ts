/**
 * Real: PostgreSQL and several engines on it, one of them a process of its own that is killed with -9. Doubled: targets, which record
 * what reaches them, and the nodes' own clock (Date). Observed: who holds the partitions, what targets received, how long it took.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Message, Outcome, Processor } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type EngineOptions, type LeaseTrouble, migrate, openDatabase, partitionOf } from '../src/index.ts';
import { fairShare } from '../src/lease/fair-share.ts';
import { isDeadHere, nodeIdentity } from '../src/lease/node-identity.ts';
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

const LEASE_MS = 2000;
const PARTITIONS = 4;
let database: TestDatabase;
let observer: Pool;
let running: TestEngine[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  observer = openDatabase({ url: database.url, poolSize: 2 });
  await migrate(observer, PARTITIONS);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all(running.map((each) => each.close()));
  running = [];
  await observer.query(
    "update partition_lease set owner = null, expires_at = '-infinity'; truncate node, message, message_dedupe, message_waiting, message_result, delivery, delivery_done, delivery_attempt",
  );
});
afterAll(async () => {
  await observer.end();
  await database.drop();
});

const toA: Processor = (incoming: Message) => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: { id: incoming.sourceId } }],
});

async function node(target = new ScriptedTarget(), more: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const started = await startEngine(database.url, toA, { a: target }, more);
  running.push(started);
  return started;
}

/** A clock that is up to ten minutes off, differently at each look. */
function leapingDate(look: () => number): typeof Date {
  const Real = Date;
  const wrong = () => Real.UTC(2026, 0, 1) + ((look() % 3) - 1) * 10 * 60_000;
  return class extends Real {
    constructor(...given: []) {
      if (given.length === 0) super(wrong());
      else super(...given);
    }
    static override now(): number {
      return wrong();
    }
  } as typeof Date;
}

/** How many partitions each node holds, largest first. */
async function shares(): Promise<readonly number[]> {
  const { rows } = await observer.query<{ held: number }>(
    'select count(*)::int as held from partition_lease where owner is not null and expires_at > clock_timestamp() group by owner order by 1 desc',
  );
  return rows.map((row) => row.held);
}

async function untilShares(...expected: readonly number[]): Promise<number> {
  const sinceMs = performance.now();
  await until(
    `the shares are ${expected.join(', ')}`,
    async () => String(await shares()) === String(expected),
  );
  const tookMs = performance.now() - sinceMs;
  // The row is written a moment before its node knows.
  await until('the nodes here know', async () => {
    const owners = await observer.query<{ owner: string }>('select owner from partition_lease');
    const held = (name: string) => owners.rows.filter((row) => row.owner === name).length;
    return running.every((each) => keysOf(each).length === held(each.engine.node));
  });
  return tookMs;
}

/** A key in each partition that `engine` works. */
function keysOf({ engine }: TestEngine): readonly string[] {
  const byPart = new Map<number, string>();
  for (let i = 0; byPart.size < PARTITIONS; i++) byPart.set(partitionOf(`k${i}`, PARTITIONS), `k${i}`);
  return [...byPart.values()].filter((key) => engine.owns(key));
}

describe('fair share', () => {
  test.each([
    [4, [4]],
    [4, [2, 2]],
    [4, [2, 1, 1]],
    [8, [3, 3, 2]],
    [2, [1, 1, 0]],
  ])('%i partitions: %j', (partitions, expected) => {
    const nodes = expected.map((_, i) => ({ name: `n${i}`, held: 0 }));
    expect(nodes.map((each) => fairShare(nodes, each.name, partitions))).toEqual(expected);
  });

  test('the larger share goes to whoever holds most, so that nothing moves that need not', () => {
    const nodes = [
      { name: 'a', held: 1 },
      { name: 'b', held: 2 },
      { name: 'c', held: 1 },
    ];
    expect(nodes.map((each) => fairShare(nodes, each.name, 4))).toEqual([1, 2, 1]);
  });
});

test('a node that comes gets its share within two leases, and what one that goes held is taken by the others', async () => {
  await node();
  await untilShares(4);
  await node();
  expect(await untilShares(2, 2)).toBeLessThan(2 * LEASE_MS);
  const third = await node();
  expect(await untilShares(2, 1, 1)).toBeLessThan(2 * LEASE_MS);
  await third.engine.stop();
  await untilShares(2, 2);
});

test('what is under way ends and is settled before a partition is given up, and goes nowhere a second time', async () => {
  const slow = new ScriptedTarget(1, 4);
  const answers: (() => void)[] = [];
  slow.answer = () =>
    new Promise((resolve) => {
      answers.push(() => resolve({ kind: 'succeeded' }));
    });
  const first = await node(slow);
  await untilShares(4);
  const keys = keysOf(first);
  await first.engine.intake.accept(
    keys.flatMap((key) => [message(key, `${key}-1`), message(key, `${key}-2`)]),
  );
  await until('every key has one call under way', () => slow.delivered.length === 4);
  const other = new ScriptedTarget(1, 4);
  const second = await node(other);
  await until('two partitions are being drained', () => keysOf(first).length === 2);
  expect(await shares()).toEqual([4]);
  expect(keysOf(second)).toEqual([]);
  for (const answer of answers.splice(0)) answer();
  await untilShares(2, 2);
  await until('the kept keys go on here', () => slow.delivered.length === 6);
  for (const answer of answers.splice(0)) answer();
  await until('all have ended', async () => (await count(observer, 'delivery_done')) === 8);
  const kept = keysOf(first);
  expect(slow.delivered.map((delivery) => delivery.payload['id']).sort()).toEqual(
    keys.flatMap((key) => (kept.includes(key) ? [`${key}-1`, `${key}-2`] : [`${key}-1`])).sort(),
  );
  expect(other.delivered.map((delivery) => delivery.payload['id']).sort()).toEqual(
    keys.flatMap((key) => (kept.includes(key) ? [] : [`${key}-2`])).sort(),
  );
});

test('while a drained partition waits for a call that hangs, the others of its node work on; after the grace it is given up', async () => {
  const target = new ScriptedTarget(1, 8);
  let hangUp: () => void = () => undefined;
  const hanging = new Promise<Outcome>((resolve) => {
    hangUp = () => resolve({ kind: 'unknown', code: 'outcome_unknown', detail: 'hung up' });
  });
  target.answer = (delivery) =>
    String(delivery.payload['id']).startsWith('hangs') ? hanging : { kind: 'succeeded' };
  const first = await node(target, { drainGraceMs: 1500 });
  await untilShares(4);
  const keys = keysOf(first);
  await first.engine.intake.accept(keys.map((key) => message(key, `hangs-${key}`)));
  await until('all four hang', () => target.delivered.length === 4);
  const other = new ScriptedTarget(1, 8);
  await node(other);
  await until('two are being drained', () => keysOf(first).length === 2);
  const fresh = Array.from({ length: 200 }, (_, i) => `fresh${i}`).filter((key) => first.engine.owns(key));
  expect(fresh.length).toBeGreaterThan(50);
  await first.engine.intake.accept(fresh.map((key) => message(key, key)));
  const worked = async () =>
    (await count(observer, "delivery_done where key like 'fresh%'")) === fresh.length;
  await until('the kept partitions worked on', worked);
  expect(await shares()).toEqual([4]);
  await untilShares(2, 2);
  await until('the other node sent what hung', () => other.delivered.length === 2);
  expect(other.delivered.map((delivery) => delivery.ambiguous)).toEqual([true, true]);
  hangUp();
});

test('a node killed with -9 is replaced within its lease, and so is one on another machine', async () => {
  for (const elsewhere of [false, true]) {
    const troubles: LeaseTrouble[] = [];
    const survivor = await node(new ScriptedTarget(), { onTrouble: (trouble) => troubles.push(trouble) });
    const child = fork(new URL('./support/node-process.ts', import.meta.url), [database.url], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    await untilShares(2, 2);
    // On another machine nobody sees the process die: only the lease tells.
    if (elsewhere)
      await observer.query("update node set process_space = 'elsewhere' where pid = $1", [child.pid]);
    // As if it had all calls of a target: those come free with its partitions where its death is seen.
    else
      await observer.query(
        `insert into target_node (target, node, slots, wanted, expires_at)
         select 'its', name, 4, 4, clock_timestamp() + interval '1 minute' from node where pid = $1`,
        [child.pid],
      );
    const theirs = await observer.query<{ part: number; name: string }>(
      'select part, name from partition_lease join node on name = owner where pid = $1 order by part',
      [child.pid],
    );
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    const tookMs = await untilShares(4);
    expect(tookMs).toBeLessThan(LEASE_MS + 500);
    expect(keysOf(survivor)).toHaveLength(4);
    await until(
      'its share of the calls is free',
      async () => (await count(observer, "target_node where target = 'its'")) === 0,
    );
    // Told once, with who it was and what it held.
    expect(troubles).toMatchObject([
      {
        kind: 'node_dead',
        node: theirs.rows[0]?.name,
        held: theirs.rows.map(({ part }) => ({ part })),
        cause: expect.stringMatching(elsewhere ? /did not renew/ : /process on this machine has ended/),
      },
    ]);
    await survivor.close();
    running = [];
  }
});

test('only a process of the same boot and pid namespace is ever taken for dead', () => {
  const self = nodeIdentity();
  const gone = { processSpace: self.processSpace, pid: 2 ** 22 + 1 };
  expect(isDeadHere(gone, self)).toBe(true);
  expect(isDeadHere({ ...gone, processSpace: 'elsewhere' }, self)).toBe(false);
  expect(isDeadHere(self, self)).toBe(false);
});

test('a partition that was given up while the database did not answer is worked again when it does', async () => {
  const troubles: LeaseTrouble[] = [];
  const first = await node(new ScriptedTarget(), { onTrouble: (trouble) => troubles.push(trouble) });
  await untilShares(4);
  const keys = keysOf(first);
  const blocker = await observer.connect();
  try {
    await blocker.query('begin');
    await blocker.query('lock table partition_lease in exclusive mode');
    await until('it gave up what it could not renew', () => keysOf(first).length === 0);
  } finally {
    await blocker.query('commit');
    blocker.release();
  }
  expect(troubles).toMatchObject([
    {
      kind: 'lease_lost',
      held: [{ part: 0 }, { part: 1 }, { part: 2 }, { part: 3 }],
      cause: expect.stringContaining('not renewed'),
    },
  ]);
  await until('it works all four again', () => keysOf(first).length === 4);
  await first.engine.intake.accept(keys.map((key) => message(key, key)));
  await until('all delivered', async () => (await count(observer, 'delivery_done')) === 4);
});

test('a node whose clock leaps by minutes at every look changes nothing', async () => {
  let looks = 0;
  vi.stubGlobal(
    'Date',
    leapingDate(() => ++looks),
  );
  const target = new ScriptedTarget();
  let refusals = 2;
  target.answer = () =>
    refusals-- > 0
      ? { kind: 'retry', code: 'target_busy', detail: '429', afterMs: 5 }
      : { kind: 'succeeded' };
  const first = await node(target);
  const second = await node(target);
  await untilShares(2, 2);
  const epochs = async () =>
    (await observer.query('select part, owner, epoch from partition_lease order by part')).rows;
  const before = await epochs();
  for (const key of [...keysOf(first), ...keysOf(second)]) {
    await first.engine.intake.accept([message(key, key)]);
  }
  await until('all delivered', async () => (await count(observer, 'delivery_done')) === 4);
  const { rows } = await observer.query<{ seen: string }>('select max(seen_at)::text as seen from node');
  const later = `node where seen_at > '${rows[0]?.seen}'::timestamptz + interval '1 second'`;
  await until('both were renewed twice', async () => (await count(observer, later)) === 2);
  expect(await epochs()).toEqual(before);
  expect(Date.now()).not.toBe(Date.now());
});
