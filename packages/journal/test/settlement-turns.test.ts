/** Real: the writer of outcomes, and the turns of what gives way. Doubled: the database, which takes everything. Observed: who is called. */
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { type Settlement, SettlementWriter } from '../src/deliver/settlement.ts';
import { LaneTurns } from '../src/lane/lane-turns.ts';
import { until } from './support/engine.ts';

const pool = { query: () => Promise.resolve({ rows: [{ fenced: 1 }] }) } as unknown as Pool;

test('L7: outcomes that need not give way any more leave nobody in the line, who would not come when called', async () => {
  const turns = new LaneTurns();
  let giveWay = true;
  let written = 0;
  const writer = new SettlementWriter({
    pool,
    lease: { part: 0, owner: 'n', epoch: '1' } as never,
    stakesOf: () => undefined as never,
    givesWay: () => giveWay,
    turns,
    bulk: ({ lane }) => lane === 'replay',
    onReplies: () => undefined,
    onFenced: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  const outcome = (lane: string): Settlement =>
    ({
      waiting: { lane, delivery: { id: '1', key: 'k', target: 'a', attempt: 1, ambiguous: false } },
      settled: { kind: 'ended', state: 'superseded' },
      identifiers: [],
      done: () => written++,
    }) as unknown as Settlement;

  const first = turns.giveWay({ who: {}, bulk: false, wake: () => undefined });
  writer.add(outcome('flood'));
  writer.add(outcome('replay'));
  const over = performance.now() + 300;
  await until('they wait for their turns', () => performance.now() > over);
  let called = 0;
  expect(turns.giveWay({ who: {}, bulk: false, wake: () => called++ })).toBeUndefined();
  giveWay = false;
  writer.add(outcome('flood'));
  await until('they are written', () => written === 3);
  first?.end();
  await until('the next is called', () => called === 1);
});
