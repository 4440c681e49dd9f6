import { type CredentialKind, type NewCredentials, renewCredentials } from '@trunkline/gateway';
import { CredentialTable } from '@trunkline/journal';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { callOf, type Printable } from '../terminal/output.ts';

/** For the operator who lost the password or the API token: new ones in their place. Whoever reaches the database may. */
export async function login(hub: HubInReach, renew: boolean): Promise<Printable> {
  if (!renew) {
    throw new CommandError(
      `Password and API token were shown once, at the hub’s first start, and are not kept. ${callOf('login --renew')} makes new ones; the old ones, and every session, end with that.`,
      2,
    );
  }
  const credentials = await renewCredentials(new CredentialTable<CredentialKind>(hub.pool));
  return {
    json: credentials,
    text: `The old password, API token and sessions have ended. New login, shown once:\n${credentialsText(credentials)}`,
  };
}

export function credentialsText({ user, password, token }: NewCredentials): string {
  return `  user       ${user}\n  password   ${password}\n  API token  ${token}`;
}
