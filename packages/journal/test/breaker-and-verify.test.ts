/**
 * Real: PostgreSQL, the engine with its own breaker policy. Doubled: a target that lost the first calls before their commit and then is
 * well. Observed: how many times it was asked, and that what waits goes within the breaker's first cool-downs.
 */
import type { Delivery, Verification } from '@trunkline/messaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { count, message, NOTHING, ScriptedTarget, startEngine, until } from './support/engine.ts';

const PATIENT = { baseMs: 20, maxMs: 100, giveUpAfterMs: 60_000 };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

class ForgetfulTarget extends ScriptedTarget {
  asked = 0;

  async verify(deliveries: readonly Delivery[]): Promise<readonly Verification[]> {
    this.asked += deliveries.length;
    return deliveries.map(() => ({ kind: 'absent' }));
  }
}

test('D8: a target that answers that it does not have a command is well, and its breaker closes', async () => {
  const target = new ForgetfulTarget(1, 1);
  let lost = 6;
  target.answer = () =>
    lost-- > 0
      ? { kind: 'unknown', code: 'outcome_unknown', detail: 'the connection was cut' }
      : { kind: 'succeeded' };
  const node = await startEngine(
    database.url,
    (incoming) => ({
      ...NOTHING,
      commands: [{ role: 'a', target: 'a', type: 'act', flow: 'test', payload: { id: incoming.sourceId } }],
    }),
    {},
    { targets: new Map([['a', { target, policy: { retry: PATIENT } }]]) },
  );
  try {
    const keys = Array.from({ length: lost }, (_, n) => `k${n}`);
    await node.engine.intake.accept(keys.map((key) => message(key, key)));
    // Were each of the six answers a failure, the breaker alone would wait half a second, then one, two, four and eight.
    await until('all are delivered', async () => (await count(node.pool, 'delivery_done')) === keys.length);
    expect(target.asked).toBe(keys.length);
  } finally {
    await node.close();
  }
});
