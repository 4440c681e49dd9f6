import { NODE_ROLES, type NodeRole } from '@trunkline/journal';
import type { Configuration } from '../configuration/schema.ts';
import { CommandError } from '../terminal/command-error.ts';

const ALL = 'all';

/**
 * What this node is to do: as asked on the command line, else TRUNKLINE_ROLE, else `hub.roles`, else everything. One file serves all
 * nodes, and each is told its part where it is started.
 *
 * @throws CommandError (exit 2) when a role is misspelt
 */
export function rolesOf(
  configuration: Configuration,
  asked: string | undefined,
  environment: NodeJS.ProcessEnv,
): readonly NodeRole[] {
  if (asked !== undefined) return readRoles(asked, '--role');
  const given = environment['TRUNKLINE_ROLE'];
  if (given !== undefined && given !== '') return readRoles(given, 'TRUNKLINE_ROLE');
  return expand(configuration.hub.roles ?? [ALL]);
}

function readRoles(text: string, where: string): readonly NodeRole[] {
  const words = text.split(',').map((word) => word.trim());
  const wrong = words.find((word) => word !== ALL && !isRole(word));
  if (wrong === undefined) return expand(words);
  throw new CommandError(
    `${where} names the role "${wrong}", which there is not. Give one or several of ${NODE_ROLES.join(', ')}, with commas between them, or ${ALL}.`,
    2,
  );
}

/** In one order, each once. */
function expand(words: readonly string[]): readonly NodeRole[] {
  return words.includes(ALL) ? NODE_ROLES : NODE_ROLES.filter((role) => words.includes(role));
}

function isRole(word: string): word is NodeRole {
  return (NODE_ROLES as readonly string[]).includes(word);
}
