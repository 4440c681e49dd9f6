/**
 * Real: PostgreSQL and several engines on it. Doubled: targets. Observed: what targets received, who holds the leases.
 */
import type { Message, Processor } from '@trunkline/messaging';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  Engine,
  JournalStartError,
  type LeaseTrouble,
  listNodes,
  migrate,
  openDatabase,
  partitionOf,
} from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { count, message, NOTHING, ScriptedTarget, startEngine, until } from './support/engine.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const toA: Processor = (incoming: Message) => ({
  ...NOTHING,
  commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: { id: incoming.sourceId } }],
});

test('two nodes that start at once migrate once and agree on the partitions', async () => {
  const pools = [openDatabase({ url: database.url }), openDatabase({ url: database.url })];
  const answers = await Promise.all(pools.map((pool, index) => migrate(pool, index === 0 ? 4 : 16)));
  expect(new Set(answers).size).toBe(1);
  await Promise.all(pools.map((pool) => pool.end()));
});

test('D5: a node that vanishes is taken over after its lease, and what it had sent comes as ambiguous', async () => {
  const silent = new ScriptedTarget();
  silent.answer = () => new Promise(() => undefined);
  const first = await startEngine(database.url, toA, { a: silent });
  await first.engine.intake.accept([message('k1', 'm1'), message('k2', 'm2')]);
  await until('both are under way', () => silent.delivered.length === 2);
  // As after kill -9: its connections are gone, its leases stay until they expire.
  await terminateConnections(database.url);
  const ending = first.pool.end();
  const a = new ScriptedTarget();
  const second = await startEngine(database.url, toA, { a });
  await until(
    'both were sent by the second node',
    async () => (await count(second.pool, 'delivery_done')) === 2,
  );
  expect(a.delivered.map((delivery) => delivery.ambiguous)).toEqual([true, true]);
  await second.close();
  await ending;
});

test('D6: a node that lost its lease writes nothing more', async () => {
  const a = new ScriptedTarget();
  let answer: () => void = () => undefined;
  a.answer = () =>
    new Promise((resolve) => {
      answer = () => resolve({ kind: 'succeeded' });
    });
  const troubles: LeaseTrouble[] = [];
  const { engine, pool, close } = await startEngine(
    database.url,
    toA,
    { a },
    // So long that no renewal sees it first.
    { leaseSeconds: 60, onTrouble: (trouble) => troubles.push(trouble) },
  );
  await engine.intake.accept([message('k9', 'm9')]);
  await until('under way', () => a.delivered.length === 1);
  await pool.query(
    "update partition_lease set owner = 'elsewhere/1/x', epoch = epoch + 1, expires_at = now() + interval '1 hour'",
  );
  answer();
  await until('the node noticed', () => !engine.owns('k9'));
  expect(await count(pool, "delivery where key = 'k9'")).toBe(1);
  expect(await count(pool, "delivery_done where key = 'k9'")).toBe(0);
  const { rows } = await pool.query<{ part: number }>("select part from delivery where key = 'k9'");
  const held = [{ part: rows[0]?.part, epoch: expect.stringMatching(/^\d+$/) }];
  expect(troubles).toEqual([{ kind: 'write_fenced', held, cause: expect.stringContaining('another epoch') }]);
  await pool.query("update partition_lease set owner = null, expires_at = '-infinity'");
  await pool.query("delete from delivery where key = 'k9'");
  await close();
});

test('a node that lost its lease sends nothing more, neither what waited for its turn nor what waited for its time', async () => {
  const a = new ScriptedTarget();
  a.answer = () => ({ kind: 'retry', code: 'target_busy', detail: '429', afterMs: 1200 });
  const troubles: LeaseTrouble[] = [];
  const onTrouble = (trouble: LeaseTrouble) => troubles.push(trouble);
  const { engine, pool, close } = await startEngine(database.url, toA, { a }, { onTrouble });
  await engine.intake.accept([message('k7', 'm7')]);
  await until(
    'it waits for its next try',
    async () => (await count(pool, "delivery where state = 'backing_off'")) === 1,
  );
  await pool.query(
    "update partition_lease set owner = 'elsewhere/1/x', epoch = epoch + 1, expires_at = now() + interval '1 hour'",
  );
  await until('the node noticed', () => !engine.owns('k7'));
  expect(troubles.map(({ kind, held }) => [kind, held.length])).toEqual([
    ['lease_lost', await count(pool, 'partition_lease')],
  ]);
  await until('its row tells', async () => {
    const own = (await listNodes(pool)).nodes.find(({ name }) => name === engine.node);
    return own?.troubles === 1 && own.lastTrouble === troubles[0]?.cause;
  });
  const before = a.calls.length;
  const due = performance.now() + 1400;
  await until('its next try was due', () => performance.now() > due);
  expect(a.calls.length).toBe(before);
  await pool.query("update partition_lease set owner = null, expires_at = '-infinity'");
  await pool.query("delete from delivery where key = 'k7'");
  await close();
});

test('a lease under a node’s name that it does not know of is given back and worked again, not renewed for ever', async () => {
  const a = new ScriptedTarget();
  const { engine, pool, close } = await startEngine(database.url, toA, { a });
  await until('it owns the key', () => engine.owns('k8'));
  // As after an acquire whose answer was lost, or an outage that ended between giving up and expiry.
  await pool.query(
    "update partition_lease set epoch = epoch + 1, expires_at = now() + interval '1 hour' where owner = $1",
    [engine.node],
  );
  await until('it gave the key up', () => !engine.owns('k8'));
  await engine.intake.accept([message('k8', 'm8')]);
  await until('the key is worked again', () => a.delivered.length === 1);
  await close();
});

test('a poisoned key stays held when its new owner cannot read at first which keys are held', async () => {
  const poisoned: Processor = (incoming, state, now) => {
    if (incoming.sourceId === 'poison') throw new Error('broken');
    return toA(incoming, state, now);
  };
  const first = await startEngine(database.url, poisoned, { a: new ScriptedTarget() });
  await first.engine.intake.accept([message('k6', 'poison'), message('k6', 'behind it')]);
  await until('it is held', async () => (await count(first.pool, 'message_waiting where held')) === 1);
  await first.close();

  let failures = 4;
  const pool = openDatabase({ url: database.url });
  const failing = new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'query') return value.bind(target);
      return (query: unknown, values?: unknown[]) => {
        const isRead =
          typeof query === 'string' && query.startsWith('select distinct key from message_waiting');
        if (isRead && failures-- > 0) return Promise.reject(new Error('the connection was cut'));
        return target.query(query as string, values);
      };
    },
  });
  const a = new ScriptedTarget();
  const partitions = await migrate(pool, 4);
  const targets = new Map([['a', { target: a, policy: {} }]]);
  const engine = new Engine({
    pool: failing,
    partitions,
    process: poisoned,
    targets,
    leaseSeconds: 2,
    onError: () => {},
  });
  await engine.start();
  // In the partition of k6, so that it is read by the same reads.
  const others = Array.from({ length: 200 }, (_, n) => `other-${n}`);
  const other = others.find((key) => partitionOf(key, partitions) === partitionOf('k6', partitions)) ?? '';
  await engine.intake.accept([message(other, 'after')]);
  await until('another key of the partition is through', () => a.delivered.some(({ key }) => key === other));
  expect(failures).toBeLessThanOrEqual(0);
  expect(a.delivered.filter(({ key }) => key === 'k6')).toEqual([]);
  await engine.stop();
  await pool.query('delete from message_waiting');
  await pool.end();
});

test('a stopped node gives its partitions back at once', async () => {
  const { pool, engine } = await startEngine(database.url, toA, { a: new ScriptedTarget() });
  await until(
    'it owns all',
    // Of 4 or 16 partitions: the first test lets two nodes race for that.
    async () => (await count(pool, 'partition_lease where owner is null')) === 0,
  );
  await engine.stop();
  expect(await count(pool, 'partition_lease where owner is not null')).toBe(0);
  await pool.end();
});

test('a newer schema is refused with the remedy', async () => {
  const pool = openDatabase({ url: database.url });
  await pool.query("insert into schema_migration (version, name) values (9999, 'from the future')");
  await expect(migrate(pool)).rejects.toThrow(JournalStartError);
  await expect(migrate(pool)).rejects.toThrow(/newer release/);
  await pool.query('delete from schema_migration where version = 9999');
  await pool.end();
});

async function terminateConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
}

test('D6: a late answer to a former owner leaves the same node’s new ownership at work', async () => {
  const a = new ScriptedTarget();
  let answer: () => void = () => undefined;
  a.answer = () =>
    new Promise((resolve) => {
      answer = () => resolve({ kind: 'succeeded' });
    });
  const { engine, pool, close } = await startEngine(database.url, toA, { a });
  await engine.intake.accept([message('k11', 'first')]);
  await until('under way', () => a.delivered.length === 1);
  const answerFirst = answer;
  // As after a stall: the lease ran out and this same node took it again.
  await pool.query("update partition_lease set expires_at = '-infinity'");
  await until('sent again by the new owner', () => a.delivered.length === 2);
  answerFirst();
  answer();
  await until(
    'settled by the new owner',
    async () => (await count(pool, "delivery_done where key = 'k11'")) === 1,
  );
  a.answer = () => ({ kind: 'succeeded' });
  await engine.intake.accept([message('k11', 'second')]);
  await until(
    'the partition still works',
    async () => (await count(pool, "delivery_done where key = 'k11'")) === 2,
  );
  await close();
});

test('a node from which the database stores nothing says so, and no more when it does again', async () => {
  const { engine, pool, close } = await startEngine(database.url, toA, { a: new ScriptedTarget() });
  await until('it has announced itself', () => engine.writes);
  const client = await pool.connect();
  // As on a full disk: questions are answered, writes are not.
  await client.query('begin; lock table node in share row exclusive mode');
  expect((await pool.query('select count(*) from node')).rows).toHaveLength(1);
  await until('it knows', () => !engine.writes);
  await client.query('rollback');
  client.release();
  await until('it writes again', () => engine.writes);
  await close();
});
