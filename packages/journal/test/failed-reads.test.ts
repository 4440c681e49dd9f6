/**
 * Real: PostgreSQL, the engine. Doubled: a target; and the pool's answers to chosen statements, which fail as when the database goes away
 * for a moment. Observed: that what waited is delivered all the same, once, and nobody has to come and ask for it.
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

/** The pool, whose next answers to this prepared statement are lost. */
function failing(statements: Map<string, number>): Pool {
  return new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'query') return value.bind(target);
      return (query: { name?: string }, values?: unknown[]) => {
        const left = statements.get(query.name ?? '') ?? 0;
        if (left === 0) return target.query(query as never, values as never);
        statements.set(query.name ?? '', left - 1);
        return Promise.reject(new Error('terminating connection due to unexpected postmaster exit'));
      };
    },
  });
}

test.each(['read-deliveries', 'read-earlier-deliveries', 'read-parked'])(
  'a failed %s holds nothing back',
  async (statement) => {
    const partitions = await migrate(pool, 1);
    const lost = new Map<string, number>();
    const target = new ScriptedTarget();
    const errors: unknown[] = [];
    const engine = new Engine({
      pool: failing(lost),
      partitions,
      process: (incoming) => ({
        ...NOTHING,
        commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: { id: incoming.sourceId } }],
      }),
      targets: new Map([['a', { target, policy: {} }]]),
      leaseSeconds: 2,
      onError: (error) => errors.push(error),
    });
    try {
      await engine.start();
      const ids = [1, 2, 3].map((n) => `${statement}-${n}`);
      for (const id of ids) {
        await engine.intake.accept([message(statement, id)]);
        await until(`${id} is delivered`, () => target.delivered.some(({ payload }) => payload['id'] === id));
        // Not before the first was through: a reading that fails as its owner begins lets the owner begin again.
        lost.set(statement, 3);
      }
      await until('all are settled', async () => (await count(pool, 'delivery')) === 0);
      expect(target.delivered.map(({ payload }) => payload['id'])).toEqual(ids);
    } finally {
      await engine.stop();
    }
  },
);
