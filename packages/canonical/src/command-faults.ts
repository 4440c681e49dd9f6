import { Compile } from 'typebox/compile';
import { COMMAND_CONTRACTS } from './command-contracts.ts';
import type { SchemaFault } from './order/acceptance.ts';

const compiled = new Map(
  Object.entries(COMMAND_CONTRACTS).map(([type, { schema }]) => [type, Compile(schema)]),
);

/** Where a payload breaks its command's contract; empty when it keeps it. */
export function commandFaults(type: string, payload: unknown): readonly SchemaFault[] {
  const validator = compiled.get(type);
  if (validator === undefined)
    return [{ path: '', message: `${type} cannot be edited; discard it, and mend its cause` }];
  if (validator.Check(payload)) return [];
  return validator.Errors(payload).map(({ instancePath, message }) => ({ path: instancePath, message }));
}

/**
 * Where a command that is about to be sent breaks its contract. Members that the contract does not know are left alone: the connector does
 * not read them.
 */
export function contractFaults(type: string, payload: unknown): readonly SchemaFault[] {
  const validator = compiled.get(type);
  if (validator === undefined || validator.Check(payload)) return [];
  return validator
    .Errors(payload)
    .filter(({ keyword }) => keyword !== 'additionalProperties' && keyword !== 'boolean')
    .map(({ instancePath, message }) => ({ path: instancePath, message }));
}
