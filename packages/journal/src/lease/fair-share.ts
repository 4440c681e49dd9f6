export interface Holder {
  readonly name: string;
  readonly held: number;
}

/**
 * How many partitions `self` may hold: ceil(partitions / nodes) for as many nodes as the division's rest, floor for the others,
 * so that four partitions on three nodes are 2, 1, 1 and not 2, 2, 0. The larger shares go to those that hold most, so that
 * nothing moves that need not. Every node computes it from the same rows, and the shares add up to all partitions. Undefined for
 * a node that is not among them.
 */
export function fairShare(nodes: readonly Holder[], self: string, partitions: number): number | undefined {
  const ranked = [...nodes].sort((a, b) => b.held - a.held || (a.name < b.name ? -1 : 1));
  const rank = ranked.findIndex((node) => node.name === self);
  if (rank < 0) return undefined;
  const floor = Math.floor(partitions / nodes.length);
  return rank < partitions - floor * nodes.length ? floor + 1 : floor;
}
