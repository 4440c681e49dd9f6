/**
 * The short chaos run: real hub nodes (one with a clock seven minutes fast), PostgreSQL, HTTP, kill -9; doubled: Salesforce, Odoo and two
 * warehouses, by the simulators as processes, which misbehave. Observed: the systems' own books, the CRM's versions of each order, what
 * the journal has left. `npm run chaos -- --minutes 10` is the long one.
 */
import { expect, test } from 'vitest';
import { runChaos } from './run-chaos.ts';

test('faults of every kind while orders flow: nothing lost, duplicated, out of order or stuck', async () => {
  const seed = Number(process.env['TRUNKLINE_TEST_SEED'] ?? 6);
  const said: string[] = [`seed ${seed}`];
  console.log(said[0]);
  const say = (sentence: string) => said.push(sentence);
  const result = await runChaos({ seed, minutes: 0.6, orders: 60, nodes: 2, say });
  const { verdict, faults, unexpected } = result;
  expect(verdict, said.join('\n')).toEqual({
    orders: 60,
    lost: 0,
    duplicated: 0,
    outOfOrder: 0,
    stuck: 0,
    wrong: 0,
    problems: [],
  });
  expect(unexpected).toEqual([]);
  expect(result.passed).toBe(true);
  for (const kind of [
    'nodeKilled',
    'databaseKilled',
    'nodeRestarted',
    'nodeSuspended',
    'dropAfterCommit',
    'fail',
  ])
    expect(faults.byKind[kind] ?? 0, `${kind}: ${JSON.stringify(faults.byKind)}`).toBeGreaterThan(0);
  expect(faults.total).toBeGreaterThan(40);
}, 420_000);
