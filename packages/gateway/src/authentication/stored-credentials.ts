import { randomUUID } from 'node:crypto';
import { apiTokenFits, apiTokenName } from './api-token.ts';
import type { CredentialRows, CredentialStore, Session } from './credential-store.ts';
import { newSessionKey } from './first-credentials.ts';
import { hashPassword, passwordFits } from './password-hash.ts';
import { readClaims, sessionKey, signatureFits, signSession } from './session-token.ts';

export interface StoredCredentialsOptions {
  readonly rows: CredentialRows;
  /** Unix milliseconds. */
  readonly now?: () => number;
  readonly sessionMs?: number;
}

const TWELVE_HOURS = 12 * 60 * 60 * 1000;

/** Credentials over rows that every node shares: a session that one node issued is good, and revoked, on all of them. */
export function storedCredentials(options: StoredCredentialsOptions): CredentialStore {
  const { rows, now = Date.now, sessionMs = TWELVE_HOURS } = options;
  let signingKey: Promise<string> | undefined;
  let decoy: Promise<string> | undefined;

  async function keyOf(user: string): Promise<Buffer | undefined> {
    const password = await rows.get('password', user);
    if (password === undefined) return undefined;
    signingKey ??= storedSigningKey(rows).catch((error: unknown) => {
      signingKey = undefined;
      throw error;
    });
    return sessionKey(await signingKey, password.value);
  }

  async function verified(token: string) {
    const claims = readClaims(token);
    if (claims === undefined || claims.expires <= now()) return undefined;
    const key = await keyOf(claims.user);
    if (key === undefined || !signatureFits(token, key)) return undefined;
    return (await rows.get('revoked-session', claims.id)) === undefined ? claims : undefined;
  }

  return {
    async verifyPassword(user, password) {
      const record = await rows.get('password', user);
      // An unknown user costs as much as a wrong password, so the time of an answer names nobody.
      decoy ??= hashPassword(randomUUID());
      const fits = await passwordFits(password, record?.value ?? (await decoy));
      return fits && record !== undefined;
    },
    async issueSession(user) {
      const key = await keyOf(user);
      if (key === undefined)
        throw new Error(`No password is stored for ${user}, so no session can be signed.`);
      const expires = now() + sessionMs;
      const token = signSession({ id: randomUUID(), user, expires }, key);
      return { token, user, expiresAt: new Date(expires).toISOString() };
    },
    async verifySession(token): Promise<Session | undefined> {
      const claims = await verified(token);
      return claims && { user: claims.user, expiresAt: new Date(claims.expires).toISOString() };
    },
    async revokeSession(token) {
      const claims = await verified(token);
      if (claims === undefined) return;
      const value = new Date(claims.expires).toISOString();
      await rows.save([{ kind: 'revoked-session', name: claims.id, value }], 'replace');
    },
    async verifyApiToken(token) {
      const name = apiTokenName(token);
      const record = name === undefined ? undefined : await rows.get('token', name);
      return record !== undefined && apiTokenFits(token, record.value) ? record.name : undefined;
    },
  };
}

/** Made by the node that needs it first; the others take that one. */
async function storedSigningKey(rows: CredentialRows): Promise<string> {
  const existing = await rows.get('session-key', 'current');
  if (existing !== undefined) return existing.value;
  await rows.save([{ kind: 'session-key', name: 'current', value: newSessionKey() }], 'keep');
  const agreed = await rows.get('session-key', 'current');
  if (agreed === undefined) throw new Error('The session key was stored and cannot be read back.');
  return agreed.value;
}
