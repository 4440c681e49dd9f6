/** A live key of the account, as `res.users.apikeys` lists it; the key itself is never readable. */
export interface ListedKey {
  readonly name: string;
  /** RFC 3339; null: it never expires. */
  readonly expiresAt: string | null;
}

const DAY_MS = 86_400_000;
/** A month of a three months' key: enough for a person to act when the renewal fails. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** What is known of the key in use: its end when we made it, else the nearest end of the account's keys, which is the careful guess. */
export function endOf(keys: readonly ListedKey[], ourName: string | undefined): string | null {
  const ours = keys.filter(({ name }) => name === ourName);
  const asked = ours.length > 0 ? ours : keys;
  const ends = asked.flatMap(({ expiresAt }) => expiresAt ?? []);
  return ends.toSorted()[0] ?? null;
}

/** Whole days left when the key is to be renewed now; null while there is time, or for a key without an end. Pure. */
export function daysLeftWhenDue(end: string | null, nowMs: number): number | null {
  if (end === null) return null;
  const leftMs = Date.parse(end) - nowMs;
  return leftMs > RENEW_BEFORE_MS ? null : Math.max(0, Math.floor(leftMs / DAY_MS));
}

/** What Odoo is asked for, longest first: a group may allow less than three months. */
export const LIFETIMES_DAYS: readonly number[] = [90, 30, 7];

export function endAfter(days: number, nowMs: number): string {
  // An hour less: Odoo compares with its own clock.
  return new Date(nowMs + days * DAY_MS - 3_600_000).toISOString();
}
