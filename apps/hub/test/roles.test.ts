/** What a node is told to do, from where it is told. Pure. And how nodes are shown. */
import { describe, expect, it } from 'vitest';
import { rolesOf } from '../src/composition/roles.ts';
import type { Configuration } from '../src/configuration/schema.ts';
import { partitionsText } from '../src/operations/nodes.ts';

const configured = (...roles: ('gateway' | 'worker' | 'scheduler' | 'all')[]) =>
  ({ hub: { name: 'acme', ...(roles.length === 0 ? {} : { roles }) } }) as Configuration;

describe('roles', () => {
  it('are all of them when nobody says', () => {
    expect(rolesOf(configured(), undefined, {})).toEqual(['gateway', 'worker', 'scheduler']);
    expect(rolesOf(configured(), undefined, { TRUNKLINE_ROLE: '' })).toHaveLength(3);
  });

  it('are taken from the command line before the environment before the file', () => {
    const file = configured('gateway');
    const environment = { TRUNKLINE_ROLE: 'worker' };
    expect(rolesOf(file, undefined, {})).toEqual(['gateway']);
    expect(rolesOf(file, undefined, environment)).toEqual(['worker']);
    expect(rolesOf(file, 'scheduler, worker,worker', environment)).toEqual(['worker', 'scheduler']);
    expect(rolesOf(file, 'gateway,all', environment)).toHaveLength(3);
  });

  it('are refused when misspelt, with what there is', () => {
    expect(() => rolesOf(configured(), 'gatway', {})).toThrow(
      /--role names the role "gatway".*gateway, worker, scheduler/,
    );
    expect(() => rolesOf(configured(), undefined, { TRUNKLINE_ROLE: 'worker;gateway' })).toThrow(
      /TRUNKLINE_ROLE/,
    );
  });
});

it.each([
  [[], ''],
  [[3], '3'],
  [[0, 1, 2, 6], '0-2, 6'],
  [[0, 2, 3], '0, 2-3'],
])('partitions %j read "%s"', (partitions, text) => {
  expect(partitionsText(partitions)).toBe(text);
});
