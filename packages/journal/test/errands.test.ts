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
import { expect, type TestContext, test } from 'vitest';
import { TargetDesk } from '../src/index.ts';
import { createTestDatabase } from './support/database.ts';
import {
  count,
  message,
  NOTHING,
  ScriptedTarget,
  startEngine,
  type TestEngine,
  until,
} from './support/engine.ts';

const stopping = new AbortController();

const forward: Processor = () => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: {} }],
});

/** Tests mostly wait for rounds of their nodes, so they run side by side, each with nodes and a database of its own. */
async function start({ onTestFinished }: TestContext, limits: TargetLimits = {}) {
  const database = await createTestDatabase();
  const target = new ScriptedTarget(1, 1);
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
  const [worker, scheduler] = await Promise.all([engine('worker'), engine('scheduler')]);
  onTestFinished(async () => {
    await Promise.all([worker.close(), scheduler.close()]);
    await database.drop();
  });
  const done = () => count(worker.pool, 'delivery_done');
  const send = (...ids: string[]) => worker.engine.intake.accept(ids.map((id) => message(id, id)));
  return { target, worker, scheduler, desk: new TargetDesk(worker.pool), done, send };
}

const errand = async ({ engine }: TestEngine) => {
  const turn = await engine.errandTurn('a', stopping.signal);
  return 'held' in turn ? turn.held : turn.ended;
};
/** What an errand is told on a node, as soon as it is what a test waits for. */
const untilTold = (node: TestEngine, why: string) =>
  until(why, async () => {
    const told = await errand(node);
    if (typeof told === 'string') return told === why;
    told();
    return false;
  });
const untilItGoes = (node: TestEngine) =>
  until('an errand goes', async () => {
    const ended = await errand(node);
    if (typeof ended === 'string') return false;
    ended('well');
    return true;
  });
async function rounds(): Promise<void> {
  const over = performance.now() + 1200;
  await until('a round of each node', () => performance.now() > over);
}

test.concurrent('D12: what a person paused is neither polled nor called by an errand, until a person resumes it', async (context) => {
  const { worker, scheduler, desk } = await start(context);
  await untilItGoes(scheduler);
  await desk.pause('a', 'ada', 'upgrade');
  await untilTold(scheduler, 'a person paused it');
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
  await untilItGoes(scheduler);
});

test.concurrent('D11, D14: an errand is held by what deliveries were answered, and goes again with them', async (context) => {
  const { target, scheduler, desk, done, send } = await start(context);
  target.answer = (): Outcome => ({
    kind: 'retry',
    code: 'target_busy',
    detail: 'HTTP 429',
    afterMs: 60_000,
  });
  await send('k1');
  await untilTold(scheduler, 'it asked for a pause');
  target.answer = (): Outcome => ({ kind: 'succeeded' });
  await desk.resume('a', 'ada');
  await untilItGoes(scheduler);

  target.answer = (): Outcome => ({ kind: 'retry', code: 'credentials_refused', detail: 'HTTP 401' });
  await send('k2');
  await untilTold(scheduler, 'it refuses the hub’s login');
  target.answer = (): Outcome => ({ kind: 'retry', code: 'target_unavailable', detail: 'HTTP 503' });
  await desk.resume('a', 'ada');
  await untilTold(scheduler, 'its calls fail');
  target.answer = (): Outcome => ({ kind: 'succeeded' });
  await desk.resume('a', 'ada');
  await untilItGoes(scheduler);
  await until('all are delivered', async () => (await done()) === 2);
});

test.concurrent('D11, D14: what an errand is answered holds the deliveries of every node, and one that is taken lets them go', async (context) => {
  const { target, worker, scheduler, desk, done, send } = await start(context);
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
  await until('both are delivered', async () => (await done()) === 2);

  await untilItGoes(scheduler);
  await refused(new SystemRefusal('credentials_refused', 'HTTP 401'));
  await until('it is told', async () => (await desk.list())[0]?.refused?.words === 'HTTP 401');
  await rounds();
  await send('k3');
  await until('it waits', async () => (await count(worker.pool, 'delivery')) === 1);
  expect(target.calls).toHaveLength(2);
  await worker.pool.query(
    "update target_control set breaker_until = clock_timestamp() - interval '1 second', probe_by = 'busy', probe_until = clock_timestamp() + interval '1 hour'",
  );
  await untilItGoes(scheduler);
  await until('it is delivered', async () => (await done()) === 3);
});

test.concurrent('D10: errands leave the last fifth of a day’s calls to commands, and do not wait for the next day', async (context) => {
  const { scheduler, done, send } = await start(context, { dailyBudget: { calls: 5, timezone: 'UTC' } });
  for (let call = 0; call < 4; call++) await untilItGoes(scheduler);
  expect(await errand(scheduler)).toBe('none of its calls is free');
  await send('k1', 'k2');
  await until('the fifth is a command’s', async () => (await done()) === 1);
});

test.concurrent('D10: an errand counts among the calls at once', async (context) => {
  const { target, worker, send } = await start(context, { concurrency: 1 });
  let release: (() => void) | undefined;
  target.answer = () =>
    new Promise<Outcome>((resolve) => {
      release = () => resolve({ kind: 'succeeded' });
    });
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
