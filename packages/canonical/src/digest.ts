import { createHash } from 'node:crypto';

/** Equal for equal content, whatever the order of members: two versions of a document compare by it. */
export function contentDigest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortedMembers)).digest('base64url').slice(0, 22);
}

function sortedMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
