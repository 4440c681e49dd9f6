/**
 * Calls beside commands and polls: errands. Real: PostgreSQL, two engines on it, one of which only schedules. Doubled: the target, whose answers
 * a test sets, and the errands and polls, which are the turns that they are given. Observed: which go, what is told of those that do not,
 * and what becomes of the deliveries.
 */
import {
  DEFAULT_BREAKER,
  type Outcome,
  type Processor,
  SystemRefusal,
  type TargetLimits,
} from '@trunkline/messaging';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TargetDesk } from '../src/index.ts';
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
let target: ScriptedTarget;
let worker: TestEngine;
let scheduler: TestEngine;
let desk: TargetDesk;
const stopping = new AbortController();
beforeEach(async () => {
  database = await createTestDatabase();
  target = new ScriptedTarget(1, 1);
});
afterEach(async () => {
  await Promise.all([worker.close(), scheduler.close()]);
  await database.drop();
});

const forward: Processor = () => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: {} }],
});

async function start(limits: TargetLimits = {}): Promise<void> {
  // A call that went well proves nothing for longer: a node would go on by its own.
  const breaker = {
    ...DEFAULT_BREAKER,
    windowMs: 1,
    minimumVolume: 1,
    coolDownMs: 60_000,
    maxCoolDownMs: 60_000,
  };
  const targets = new Map([['a', { target, policy: { limits, breaker } }]]);
  const engine = (role: 'worker' | 'scheduler') =>
    startEngine(database.url, forward, {}, { targets, roles: [role] });
  [worker, scheduler] = await Promise.all([engine('worker'), engine('scheduler')]);
  desk = new TargetDesk(worker.pool);
}

const errand = async ({ engine }: TestEngine) => {
  const turn = await engine.errandTurn('a', stopping.signal);
  return 'held' in turn ? turn.held : turn.ended;
};
/** What an errand is told on the node that only schedules, as soon as it is what a test waits for. */
const untilTold = (why: string) =>
  until(why, async () => {
    const told = await errand(scheduler);
    if (typeof told === 'string') return told === why;
    told();
    return false;
  });
const untilItGoes = () =>
  until('an errand goes', async () => {
    const ended = await errand(scheduler);
    if (typeof ended === 'string') return false;
    ended('well');
    return true;
  });
const send = (...ids: string[]) => worker.engine.intake.accept(ids.map((id) => message(id, id)));
async function rounds(): Promise<void> {
  const over = performance.now() + 1200;
  await until('a round of each node', () => performance.now() > over);
}

test('D12: what a person paused is neither polled nor called by an errand, until a person resumes it', async () => {
  await start();
  await untilItGoes();
  await desk.pause('a', 'ada', 'upgrade');
  await untilTold('a person paused it');
  await rounds();
  let polled = false;
  const poll = worker.engine.pollTurn('a', stopping.signal).then((ended) => {
    polled = true;
    ended();
  });
  // As long as several looks of a poll that waits.
  const looks = performance.now() + 300;
  await until('it looked', () => performance.now() > looks);
  expect(polled).toBe(false);
  await desk.resume('a', 'ada');
  await poll;
  await untilItGoes();
});

test('D11, D14: an errand is held by what deliveries were answered, and goes again with them', async () => {
  await start();
  target.answer = (): Outcome => ({
    kind: 'retry',
    code: 'target_busy',
    detail: 'HTTP 429',
    afterMs: 60_000,
  });
  await send('k1');
  await untilTold('it asked for a pause');
  target.answer = (): Outcome => ({ kind: 'succeeded' });
  await desk.resume('a', 'ada');
  await untilItGoes();

  target.answer = (): Outcome => ({ kind: 'retry', code: 'credentials_refused', detail: 'HTTP 401' });
  await send('k2');
  await untilTold('it refuses the hub’s login');
  target.answer = (): Outcome => ({ kind: 'retry', code: 'target_unavailable', detail: 'HTTP 503' });
  await desk.resume('a', 'ada');
  await untilTold('its calls fail');
  target.answer = (): Outcome => ({ kind: 'succeeded' });
  await desk.resume('a', 'ada');
  await untilItGoes();
  await until('all are delivered', async () => (await count(worker.pool, 'delivery_done')) === 2);
});

test('D11, D14: what an errand is answered holds the deliveries of every node, and one that is taken lets them go', async () => {
  await start();
  const refused = async (refusal: SystemRefusal) => {
    const ended = await errand(scheduler);
    if (typeof ended === 'string') throw new Error(ended);
    ended(refusal);
  };
  await refused(new SystemRefusal('target_busy', 'HTTP 429', 60_000));
  await until('it is told', async () => (await desk.list())[0]?.heldReason === 'HTTP 429');
  await rounds();
  await send('k1', 'k2');
  await until('both wait', async () => (await count(worker.pool, 'delivery')) === 2);
  expect(target.calls).toHaveLength(0);
  await desk.resume('a', 'ada');
  await until('both are delivered', async () => (await count(worker.pool, 'delivery_done')) === 2);

  await untilItGoes();
  await refused(new SystemRefusal('credentials_refused', 'HTTP 401'));
  await until('it is told', async () => (await desk.list())[0]?.refused?.words === 'HTTP 401');
  await rounds();
  await send('k3');
  await until('it waits', async () => (await count(worker.pool, 'delivery')) === 1);
  expect(target.calls).toHaveLength(2);
  await worker.pool.query(
    "update target_control set breaker_until = clock_timestamp() - interval '1 second', probe_by = 'busy', probe_until = clock_timestamp() + interval '1 hour'",
  );
  await untilItGoes();
  await until('it is delivered', async () => (await count(worker.pool, 'delivery_done')) === 3);
});

test('D10: errands leave the last fifth of a day’s calls to commands, and do not wait for the next day', async () => {
  await start({ dailyBudget: { calls: 5, timezone: 'UTC' } });
  for (let call = 0; call < 4; call++) await untilItGoes();
  expect(await errand(scheduler)).toBe('none of its calls is free');
  await send('k1', 'k2');
  await until('the fifth is a command’s', async () => (await count(worker.pool, 'delivery_done')) === 1);
});

test('D10: an errand counts among the calls at once', async () => {
  let release: (() => void) | undefined;
  target.answer = () =>
    new Promise<Outcome>((resolve) => {
      release = () => resolve({ kind: 'succeeded' });
    });
  await start({ concurrency: 1 });
  await send('k1');
  await until('a delivery is under way', () => release !== undefined);
  let gone = false;
  const waiting = errand(worker).then((ended) => {
    gone = true;
    return ended;
  });
  const looks = performance.now() + 300;
  await until('it looked', () => performance.now() > looks);
  expect(gone).toBe(false);
  release?.();
  const ended = await waiting;
  if (typeof ended === 'string') throw new Error(ended);
  ended();
});
