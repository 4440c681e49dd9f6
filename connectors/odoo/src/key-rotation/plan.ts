/** A key of the account, as `res.users.apikeys` lists it; the key itself is never readable, nor which of them a call was made with. */
export interface ListedKey {
  readonly id: number;
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; null: it never ends. */
  readonly expiresAt: string | null;
}

const DAY_MS = 86_400_000;
/** A month of a three months' key: enough for a person to act when the renewal fails. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** Ours by its name where we made it, else the one that ends first of those that have an end, which is the careful guess. Pure. */
export function keyInUse(
  keys: readonly ListedKey[],
  ourName: string | undefined,
  nowMs: number,
): ListedKey | undefined {
  const ours = keys.find(({ name }) => name === ourName);
  if (ours !== undefined) return ours;
  // Odoo removes keys that have ended once a day; the one in use is not among them, since it was answered.
  const alive = aliveAt(keys, nowMs);
  const ending = (alive.length > 0 ? alive : keys).filter(({ expiresAt }) => expiresAt !== null);
  return ending.toSorted((one, other) => endMs(one) - endMs(other))[0];
}

/** The key in use where there is no doubt, so that it may be removed: ours by its name, or the account's only one. Pure. */
export function keyForSure(
  keys: readonly ListedKey[],
  ourName: string | undefined,
  nowMs: number,
): ListedKey | undefined {
  const alive = aliveAt(keys, nowMs);
  return keys.find(({ name }) => name === ourName) ?? (alive.length === 1 ? alive[0] : undefined);
}

/**
 * Whole days left when the key is to be renewed now; null while there is time, or for a key without an end. A shorter life than three
 * months has its last third: a week's key that were renewed a month ahead would be renewed every hour. Pure.
 */
export function daysLeftWhenDue(key: ListedKey | undefined, nowMs: number): number | null {
  if (key === undefined || key.expiresAt === null) return null;
  const leftMs = endMs(key) - nowMs;
  return leftMs > windowMs(key) ? null : Math.max(0, Math.floor(leftMs / DAY_MS));
}

/** Whether half of the time in which it should have been renewed is over. Pure. */
export function isPressing(key: ListedKey | undefined, nowMs: number): boolean {
  return key !== undefined && endMs(key) - nowMs <= windowMs(key) / 2;
}

function windowMs(key: ListedKey): number {
  return Math.min(RENEW_BEFORE_MS, (endMs(key) - Date.parse(key.createdAt)) / 3);
}

/** What Odoo is asked for, longest first: a group may allow less than three months. */
export const LIFETIMES_DAYS: readonly number[] = [90, 30, 7, 1];

export function endAfter(days: number, nowMs: number): string {
  // An hour less: Odoo compares with its own clock.
  return new Date(nowMs + days * DAY_MS - 3_600_000).toISOString();
}

function aliveAt(keys: readonly ListedKey[], nowMs: number): readonly ListedKey[] {
  return keys.filter((key) => key.expiresAt === null || endMs(key) > nowMs);
}

function endMs({ expiresAt }: ListedKey): number {
  return expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
}
