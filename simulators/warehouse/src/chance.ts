/**
 * A number in [0, 1) that depends on the words alone, so that a rerun with the same seed and the same
 * releases meets the same shorts, whatever the order in which they arrive.
 * FNV-1a with murmur3's finaliser: without the finaliser, words that differ in the last letter stay close.
 */
export function chance(...words: (string | number)[]): number {
  let hash = 0x811c9dc5;
  const text = words.join('\u0000');
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** A whole number from 0 to below `bound` (at most 2^32) that depends on the words alone. */
export function pick(bound: number, ...words: (string | number)[]): number {
  return Math.floor(chance(...words) * bound);
}
