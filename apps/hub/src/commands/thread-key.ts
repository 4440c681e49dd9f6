import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';

/** A thread's key by any identifier of it; an unknown one may be a key itself. */
export async function keyOf(hub: HubInReach, identifier: string): Promise<string> {
  const [found, ...more] = await hub.operations.searchThreads(identifier, 2);
  if (found === undefined) return identifier;
  if (more.length === 0) return found.id;
  throw new CommandError(`More than one thread is known by ${identifier}; name one by its key.`);
}
