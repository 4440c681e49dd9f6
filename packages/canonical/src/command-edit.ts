import { COMMAND_CONTRACTS, type Contract } from './command-contracts.ts';
import { commandFaults } from './command-faults.ts';
import type { SchemaFault } from './order/acceptance.ts';

/** Where an edit breaks the command's contract, or changes what must stay as it is. */
export function editFaults(type: string, before: unknown, after: unknown): readonly SchemaFault[] {
  const frozen = (COMMAND_CONTRACTS as Readonly<Record<string, Contract | undefined>>)[type]?.frozen ?? [];
  return [
    ...commandFaults(type, after),
    ...frozen.flatMap((path) => changedAt(path.split('/').slice(1), before, after, '')),
  ];
}

function changedAt(
  path: readonly string[],
  before: unknown,
  after: unknown,
  at: string,
): readonly SchemaFault[] {
  const [name, ...rest] = path;
  if (name === undefined) {
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const message = `must stay ${JSON.stringify(before)}: it says what this command is about, or how many; change that at its source`;
    return [{ path: at, message }];
  }
  if (name !== '*') return changedAt(rest, memberOf(before, name), memberOf(after, name), `${at}/${name}`);
  const [old, edited] = [listOf(before), listOf(after)];
  if (old.length !== edited.length) return [{ path: at, message: `must keep its ${old.length} elements` }];
  return old.flatMap((element, index) => changedAt(rest, element, edited[index], `${at}/${index}`));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
