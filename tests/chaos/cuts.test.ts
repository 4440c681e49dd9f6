/**
 * P2 and O4 through the whole landscape: real hub, PostgreSQL, HTTP; doubled: Salesforce, Odoo and two warehouses, by the simulators as
 * processes. The answers to calls that write are cut after their commit. Observed: the systems' own books, what the journal has left.
 * `npm run chaos -- --cuts 1000` is the long one.
 */
import { expect, test } from 'vitest';
import { runCuts } from './run-cuts.ts';

test('60 connections cut after the commit: nothing lost, nothing twice', async () => {
  const seed = Number(process.env['TRUNKLINE_TEST_SEED'] ?? 3);
  console.log(`seed ${seed}`);
  const { verdict, faults, cuts, passed } = await runCuts({ seed, cuts: 60, say: () => undefined });
  expect(faults).toEqual({ byKind: { dropAfterCommit: 60 }, total: 60 });
  expect(
    Object.values(cuts).every((cut) => cut > 0),
    'every system was cut',
  ).toBe(true);
  expect(verdict).toMatchObject({ lost: 0, duplicated: 0, outOfOrder: 0, stuck: 0, wrong: 0, problems: [] });
  expect(passed).toBe(true);
}, 300_000);
