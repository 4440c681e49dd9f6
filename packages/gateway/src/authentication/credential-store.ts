/** A signed-in person. `expiresAt` is RFC 3339 UTC. */
export interface Session {
  readonly user: string;
  readonly expiresAt: string;
}

/** What the gateway asks about people and programs that call the operations API. */
export interface CredentialStore {
  verifyPassword(user: string, password: string): Promise<boolean>;
  issueSession(user: string): Promise<Session & { readonly token: string }>;
  /** Undefined when the token is forged, expired, revoked, or its user's password was renewed since. */
  verifySession(token: string): Promise<Session | undefined>;
  /** Ends this session alone. A token that is no session is ignored. */
  revokeSession(token: string): Promise<void>;
  /** The user that an API token acts as. */
  verifyApiToken(token: string): Promise<string | undefined>;
}

export type CredentialKind = 'password' | 'token' | 'session-key' | 'revoked-session';

/**
 * One kept secret. `value` by kind: `password` a scrypt hash with its parameters; `token` a SHA-256 in hex; `session-key` the
 * signing key in base64url; `revoked-session` the RFC 3339 time after which the row may be deleted.
 */
export interface CredentialRecord {
  readonly kind: CredentialKind;
  readonly name: string;
  readonly value: string;
}

/** Where credentials live: one table, unique by (kind, name). */
export interface CredentialRows {
  get(kind: CredentialKind, name: string): Promise<CredentialRecord | undefined>;
  /**
   * In one transaction. With `keep`, stores all or none and answers false when any of them exists: of two nodes that start at
   * once, one wins. With `replace`, overwrites and answers true.
   */
  save(records: readonly CredentialRecord[], existing: 'keep' | 'replace'): Promise<boolean>;
}
