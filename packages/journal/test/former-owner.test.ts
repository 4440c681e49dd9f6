/**
 * Real: PostgreSQL, the engine. Doubled: a target; and the pool's answers to settlements, which fail until they are let through. Observed:
 * what the target received after the node had lost a partition, taken it again, and only then heard of the loss as its former owner.
 */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine, migrate, openDatabase } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { count, message, NOTHING, ScriptedTarget, until } from './support/engine.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase({ url: database.url });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** The pool, whose settlements fail while `cut` is true. */
class SettlementsCut {
  cut = true;
  failed = 0;
  /** Settlements that found their lease gone. */
  fenced = 0;
  /** Deliveries that were read. */
  rows = 0;
  readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = new Proxy(pool, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        if (name !== 'query') return value.bind(target);
        return (query: { name?: string }, values?: unknown[]) => {
          if (query.name === 'settle-deliveries') return this.#settle(target, query);
          if (query.name === 'read-deliveries') return this.#read(target, query);
          return target.query(query as never, values as never);
        };
      },
    });
  }

  async #settle(pool: Pool, query: object): Promise<unknown> {
    if (this.cut) {
      this.failed++;
      throw new Error('terminating connection due to unexpected postmaster exit');
    }
    const answer = await pool.query<{ fenced: number }>(query as never);
    if (answer.rows[0]?.fenced !== 1) this.fenced++;
    return answer;
  }

  async #read(pool: Pool, query: object): Promise<unknown> {
    const answer = await pool.query<object>(query as never);
    this.rows += answer.rows.length;
    return answer;
  }
}

test('D6: what the same node’s new owner has ready outlives the news that the former owner is one no more', async () => {
  const partitions = await migrate(pool, 1);
  const settlements = new SettlementsCut(pool);
  // One call of one delivery at a time: who waits for the call under way is ready and nothing more.
  const a = new ScriptedTarget(1, 1);
  let free = (): void => undefined;
  a.answer = ({ key }) =>
    key === 'slow'
      ? new Promise((resolve) => {
          free = () => resolve({ kind: 'succeeded' });
        })
      : { kind: 'succeeded' };
  const engine = new Engine({
    pool: settlements.pool,
    partitions,
    process: (incoming) => ({
      ...NOTHING,
      commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: { id: incoming.sourceId } }],
    }),
    targets: new Map([['a', { target: a, policy: {} }]]),
    leaseSeconds: 2,
    onError: () => undefined,
  });
  await engine.start();
  try {
    await engine.intake.accept([message('quick', '1')]);
    await until('the first owner cannot write what became of it', () => settlements.failed > 0);
    await engine.intake.accept([message('slow', '2')]);
    await until('a call is under way', () => a.delivered.length === 2);
    settlements.rows = 0;
    await pool.query("update partition_lease set expires_at = '-infinity'");
    await until('the node has the partition again and has read both', () => settlements.rows === 2);
    settlements.cut = false;
    await until('the former owner is told', () => settlements.fenced > 0);
    a.answer = () => ({ kind: 'succeeded' });
    free();
    await until('both are sent by the new owner', () => a.delivered.length === 4);
    await until('both are settled', async () => (await count(pool, 'delivery')) === 0);
    expect(a.delivered.map(({ key, ambiguous }) => [key, ambiguous])).toEqual([
      ['quick', false],
      ['slow', false],
      ['quick', true],
      ['slow', true],
    ]);
  } finally {
    await engine.stop();
  }
});
