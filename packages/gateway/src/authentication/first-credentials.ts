import { randomBytes, randomInt } from 'node:crypto';
import { hashApiToken, newApiToken } from './api-token.ts';
import type { CredentialRows } from './credential-store.ts';
import { hashPassword } from './password-hash.ts';

/** To be shown once: neither the password nor the token is kept in a form that gives it back. */
export interface NewCredentials {
  readonly user: string;
  readonly password: string;
  /** For the command line: `Authorization: Bearer <token>`. */
  readonly token: string;
}

const ADMIN = 'admin';
/** Also the name that the token's acts are recorded under. */
const COMMAND_LINE = 'cli';
// Without 0/o and 1/l/i: a password that is read from one screen and typed on another.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/**
 * The administrator and the command line's token of a new hub. Undefined when the hub has them already, which is at every
 * start but the first; of two nodes that start at once, one gets them.
 */
export async function createFirstCredentials(rows: CredentialRows): Promise<NewCredentials | undefined> {
  if ((await rows.get('password', ADMIN)) !== undefined) return undefined;
  return save(rows, 'keep');
}

/** For the operator who lost them: new ones in their place. Every session of the administrator ends. */
export async function renewCredentials(rows: CredentialRows): Promise<NewCredentials> {
  const renewed = await save(rows, 'replace');
  if (renewed === undefined)
    throw new Error('The credential rows refused a replacement; their port promises to take it.');
  return renewed;
}

async function save(rows: CredentialRows, existing: 'keep' | 'replace'): Promise<NewCredentials | undefined> {
  const password = newPassword();
  const token = newApiToken(COMMAND_LINE);
  const saved = await rows.save(
    [
      { kind: 'password', name: ADMIN, value: await hashPassword(password) },
      { kind: 'token', name: COMMAND_LINE, value: hashApiToken(token) },
    ],
    existing,
  );
  return saved ? { user: ADMIN, password, token } : undefined;
}

/** Four groups of five: 20 characters of 31, 99 bits. */
function newPassword(): string {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

export function newSessionKey(): string {
  return randomBytes(32).toString('base64url');
}
