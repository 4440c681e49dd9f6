/**
 * Real: PostgreSQL, two engines on it. Doubled: a target that refuses the hub's login until a test says otherwise, and polls, which are the
 * turns that they wait for. Observed: how often it is called, what becomes of the deliveries, what is told of it.
 */
import {
  type Outcome,
  type Processor,
  SystemRefusal,
  type Target,
  type Verification,
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

const REFUSED: Outcome = { kind: 'retry', code: 'credentials_refused', detail: 'HTTP 401 unknown key' };
const BUSY = new SystemRefusal('target_busy', 'HTTP 429', 60_000);

let database: TestDatabase;
let nodes: TestEngine[];
let target: ScriptedTarget;
let polling: AbortController;
beforeEach(async () => {
  database = await createTestDatabase();
  target = new ScriptedTarget(1, 2);
  target.answer = () => REFUSED;
  polling = new AbortController();
  nodes = [];
});
afterEach(async () => {
  polling.abort();
  expect(nodes.flatMap(({ errors }) => errors)).toEqual([]);
  await Promise.all(nodes.map((node) => node.close()));
  await database.drop();
});

const forward: Processor = () => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: {} }],
});

/** Times by which a delivery that counted its refusals would be parked at once. */
const HASTY = { baseMs: 1, maxMs: 1, giveUpAfterMs: 1 };

async function start(retry = HASTY): Promise<TestEngine> {
  const policy = { retry };
  const node = await startEngine(
    database.url,
    forward,
    {},
    { targets: new Map<string, { target: Target; policy: object }>([['a', { target, policy }]]) },
  );
  nodes.push(node);
  return node;
}

const send = ({ engine }: TestEngine, from: number, to: number) =>
  engine.intake.accept(Array.from({ length: to - from }, (_, n) => message(`k${from + n}`, `m${from + n}`)));
const row = async ({ pool }: TestEngine) => (await new TargetDesk(pool).list())[0];
const told = (node: TestEngine) => until('it is told', async () => (await row(node))?.refused !== undefined);
/** As if the wait for the next try were over. */
const letTimePass = ({ pool }: TestEngine) =>
  pool.query('update target_control set breaker_until = clock_timestamp() where breaker_until is not null');

async function rounds(): Promise<void> {
  const over = performance.now() + 1200;
  await until('a round of each node', () => performance.now() > over);
}

test('D14: a target that refuses the login is left alone by every node, nothing is parked, and it goes on when the login is taken', async () => {
  const [first] = await Promise.all([start(), start()]);
  await send(first, 0, 20);
  await told(first);
  expect((await row(first))?.refused?.words).toBe('HTTP 401 unknown key');
  await until('all wait', async () => (await count(first.pool, "delivery where state = 'ready'")) === 20);
  await rounds();
  const tries = target.calls.length;
  expect(tries, 'what both nodes had under way').toBeLessThanOrEqual(4);
  await send(first, 20, 30);
  await rounds();
  expect(target.calls.length).toBe(tries);
  await letTimePass(first);
  await until('it is tried', () => target.calls.length > tries);
  await rounds();
  expect(target.calls.length, 'by one call of one node').toBe(tries + 1);
  const waitMs = ((await row(first))?.refused?.triedNextAt.getTime() ?? 0) - Date.now();
  expect(waitMs, 'twice as long').toBeGreaterThan(31_000);
  expect(await count(first.pool, "delivery where state <> 'ready' or not first_tried_at is null")).toBe(0);
  expect(await count(first.pool, 'exception_case'), 'of deliveries').toBe(0);
  expect(await count(first.pool, "delivery_attempt where code = 'credentials_refused'")).toBe(tries + 1);
  target.answer = () => ({ kind: 'succeeded' });
  await letTimePass(first);
  await until('all are delivered', async () => (await count(first.pool, 'delivery_done')) === 30);
  expect((await row(first))?.refused).toBeUndefined();
});

test('D14: a resume by hand, and a node that starts, try a refused login at once', async () => {
  const first = await start();
  await send(first, 0, 3);
  await told(first);
  const tries = target.calls.length;
  const second = await start();
  await until('the start of a node tries it', () => target.calls.length > tries);
  await told(second);
  target.answer = () => ({ kind: 'succeeded' });
  await until('both wait', async () => (await row(first))?.refused !== undefined);
  expect(await new TargetDesk(first.pool).resume('a', 'ada')).toBe(true);
  await until('all are delivered', async () => (await count(first.pool, 'delivery_done')) === 3);
});

test('D14: a poll that is refused the login holds polls and deliveries, and a later one that goes well lets them go', async () => {
  target.answer = () => ({ kind: 'succeeded' });
  const hub = await start();
  const refused = new SystemRefusal('credentials_refused', 'invalid_grant');
  (await hub.engine.pollTurn('a', polling.signal))(refused);
  await told(hub);
  let turn: Awaited<ReturnType<typeof hub.engine.pollTurn>> | undefined;
  void hub.engine.pollTurn('a', polling.signal).then((next) => {
    turn = next;
  });
  await rounds();
  expect(turn, 'it waits').toBeUndefined();
  await letTimePass(hub);
  await until('it has its turn', () => turn !== undefined);
  turn?.('well');
  await until('nothing is refused', async () => (await row(hub))?.refused === undefined);
  await send(hub, 0, 2);
  await until('both are delivered', async () => (await count(hub.pool, 'delivery_done')) === 2);
  (await hub.engine.pollTurn('a', polling.signal))(refused);
  await told(hub);
  await send(hub, 2, 4);
  await rounds();
  expect(target.calls).toHaveLength(2);
});

test('D11: a pause that a poll is asked for holds the deliveries of every node, until its end or a resume', async () => {
  target.answer = () => ({ kind: 'succeeded' });
  const [first] = await Promise.all([start(), start()]);
  const ended = await first.engine.pollTurn('a', polling.signal);
  ended(BUSY);
  await until('it is told', async () => (await row(first))?.heldReason === 'HTTP 429');
  await rounds();
  await send(first, 0, 20);
  await until('all wait', async () => (await count(first.pool, 'delivery')) === 20);
  await rounds();
  expect(target.calls).toHaveLength(0);
  await new TargetDesk(first.pool).resume('a', 'ada');
  await until('all are delivered', async () => (await count(first.pool, 'delivery_done')) === 20);
});

/** Loses every first answer; what it says when it is asked afterwards a test decides. */
class LosingTarget extends ScriptedTarget {
  readonly asked: string[] = [];
  verdict: Verification = { kind: 'present' };
  override answer = (): Outcome => ({ kind: 'unknown', code: 'outcome_unknown', detail: 'cut' });

  async verify(deliveries: readonly { readonly key: string }[]): Promise<readonly Verification[]> {
    this.asked.push(...deliveries.map(({ key }) => key));
    return deliveries.map(() => this.verdict);
  }
}

test('D14: a verification that is refused the login holds the target, and is asked again when the login is taken', async () => {
  const losing = new LosingTarget(1, 1);
  target = losing;
  const refusal = new SystemRefusal('credentials_refused', 'HTTP 401 unknown key');
  losing.verdict = { kind: 'undecided', detail: refusal.message, refusal };
  const hub = await start({ baseMs: 1, maxMs: 1, giveUpAfterMs: 60_000 });
  await send(hub, 0, 3);
  await told(hub);
  await rounds();
  expect(losing.asked, 'by one call').toHaveLength(1);
  expect(await count(hub.pool, "delivery where state = 'verifying'")).toBeGreaterThan(0);
  const off = "delivery where state not in ('ready', 'verifying') or due_at > clock_timestamp()";
  expect(await count(hub.pool, off), 'none backs off').toBe(0);
  losing.verdict = { kind: 'present' };
  await letTimePass(hub);
  await until('all have ended', async () => (await count(hub.pool, 'delivery_done')) === 3);
  expect(losing.delivered).toHaveLength(3);
});

test('D11: a pause that a verification is asked for holds the whole target', async () => {
  const losing = new LosingTarget(1, 1);
  target = losing;
  losing.verdict = { kind: 'undecided', detail: BUSY.message, refusal: BUSY };
  const hub = await start({ baseMs: 1, maxMs: 1, giveUpAfterMs: 120_000 });
  await send(hub, 0, 3);
  await until('it is told', async () => (await row(hub))?.heldReason === 'HTTP 429');
  await rounds();
  expect(losing.asked, 'by one call').toHaveLength(1);
});

test('D14: the days for which a login was refused do not count for a delivery that had been tried before', async () => {
  const aDay = { baseMs: 1, maxMs: 1, giveUpAfterMs: 86_400_000 };
  const before = await start(aDay);
  await send(before, 0, 1);
  await told(before);
  await before.engine.stop();
  await before.pool.query("update delivery set first_tried_at = clock_timestamp() - interval '3 days'");
  const hub = await start(aDay);
  const tries = target.calls.length;
  await until('it is tried, and refused again', () => target.calls.length > tries);
  await told(hub);
  await until(
    'that is stored',
    async () => (await count(hub.pool, 'delivery where first_tried_at is null')) === 1,
  );
  target.answer = () => ({ kind: 'retry', code: 'target_unavailable', detail: 'HTTP 503' });
  await letTimePass(hub);
  const met = target.calls.length;
  await until('the login is taken, and the target is busy', () => target.calls.length > met);
  target.answer = () => ({ kind: 'succeeded' });
  await until('it is delivered', async () => {
    await letTimePass(hub);
    return (await count(hub.pool, 'delivery_done')) === 1;
  });
  expect(await count(hub.pool, 'exception_case')).toBe(0);
});
