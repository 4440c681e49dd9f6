import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * `tlk_<name>_<secret>`: the prefix lets secret scanners find a leaked one, the name finds its row.
 * The secret has 256 random bits, so one SHA-256 is enough to keep; scrypt protects what people choose, at 0.2 s a request.
 */
export function newApiToken(name: string): string {
  return `tlk_${name}_${randomBytes(32).toString('hex')}`;
}

export function apiTokenName(token: string): string | undefined {
  return /^tlk_([a-z0-9-]{1,40})_[0-9a-f]{64}$/.exec(token)?.[1];
}

export function hashApiToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function apiTokenFits(token: string, hash: string): boolean {
  const actual = Buffer.from(hashApiToken(token));
  const expected = Buffer.from(hash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
