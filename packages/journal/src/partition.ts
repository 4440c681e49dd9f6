/**
 * The partition of a business key: FNV-1a over UTF-16 code units, modulo the journal's number of partitions. Stable for ever,
 * because stored rows lie where it once put them; the number is fixed when a journal is created.
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash ^= key.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  // FNV's low bits are weak for short keys that differ in their last character; one avalanche step spreads them.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return (hash >>> 0) % partitions;
}
