import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SessionClaims {
  readonly id: string;
  readonly user: string;
  /** Unix milliseconds. */
  readonly expires: number;
}

/**
 * The key of one user's sessions: derived from the stored key and the stored password hash, so that a renewed password ends
 * every session of its user without a list of them.
 */
export function sessionKey(storedKey: string, passwordHash: string): Buffer {
  return createHmac('sha256', Buffer.from(storedKey, 'base64url')).update(passwordHash).digest();
}

/** `claims.mac`, both base64url; the MAC is HMAC-SHA-256 over the encoded claims. */
export function signSession(claims: SessionClaims, key: Buffer): string {
  const body = Buffer.from(JSON.stringify([claims.id, claims.user, claims.expires])).toString('base64url');
  return `${body}.${mac(body, key).toString('base64url')}`;
}

/** What the token says of itself, not yet believed: it names the user whose key can check it. */
export function readClaims(token: string): SessionClaims | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
    if (!Array.isArray(parsed)) return undefined;
    const [id, user, expires]: readonly unknown[] = parsed;
    return typeof id === 'string' && typeof user === 'string' && typeof expires === 'number'
      ? { id, user, expires }
      : undefined;
  } catch {
    return undefined;
  }
}

export function signatureFits(token: string, key: Buffer): boolean {
  const [body, signature, ...rest] = token.split('.');
  if (body === undefined || signature === undefined || rest.length > 0) return false;
  const actual = Buffer.from(signature, 'base64url');
  const expected = mac(body, key);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function mac(body: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(body).digest();
}
