import type { ReleaseOrder } from '@trunkline/canonical';

/** What a release that the warehouse has means to the hub: the reply, and the number by which people look for it. */
export function effectOf({ releaseNumber }: ReleaseOrder, system: string) {
  return {
    reply: { releaseNumber },
    identifiers: [{ kind: 'release', value: releaseNumber, system }],
  };
}

export function pathOf({ releaseNumber }: ReleaseOrder): string {
  return `/v1/releases/${encodeURIComponent(releaseNumber)}`;
}

/** How many single calls of one delivery run at once. */
const SINGLES_AT_ONCE = 4;

/** Results in the order of the items, at most SINGLES_AT_ONCE under way. */
export async function inTurn<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += SINGLES_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + SINGLES_AT_ONCE).map(work))));
  }
  return results;
}
