/** What a node has and wants of the calls at once that a target bears. */
export interface SlotClaim {
  readonly node: string;
  readonly slots: number;
  /** 0: it has nothing to send, and leaves its share to others. */
  readonly wanted: number;
  /** What it is told that the target bears; 0 when it does not say. */
  readonly total: number;
}

/**
 * How many calls at once `self` may make from now on. Nodes that are told differently what the target bears keep to the least of them while
 * they compete: a limit that somebody lowered holds at once, and nobody starves because another was told more. Below that the calls are
 * shared evenly, and what one does not want the others have. More nodes than calls take turns. What another still has is not taken
 * from it; it gives it up at its own next round. `busy` calls are under way and count whatever is fair.
 */
export function fairSlots(self: SlotClaim, others: readonly SlotClaim[], busy: number): number {
  const claimants = others.filter(({ wanted }) => wanted > 0);
  const told = [self, ...claimants].map(({ total }) => total).filter((total) => total > 0);
  const limit = Math.min(...told);
  const free = limit - others.reduce((sum, { slots }) => sum + slots, 0);
  return Math.max(busy, Math.min(free, wished(self, claimants, limit)));
}

function wished(self: SlotClaim, claimants: readonly SlotClaim[], limit: number): number {
  if (claimants.length === 0) return limit;
  if (self.wanted === 0) return 0;
  if (limit > claimants.length) return evenShare(self, [self, ...claimants], limit);
  const starving = claimants.some(({ slots }) => slots === 0);
  return starving && self.slots > 0 ? 0 : 1;
}

/** Those that want least have it first, so that what they leave is for the others. Every node computes it from the same rows. */
function evenShare(self: SlotClaim, claims: readonly SlotClaim[], limit: number): number {
  const ordered = [...claims].sort((a, b) => a.wanted - b.wanted || (a.node < b.node ? -1 : 1));
  let left = limit;
  for (const [at, { node, wanted }] of ordered.entries()) {
    const share = Math.min(wanted, Math.floor(left / (ordered.length - at)));
    if (node === self.node) return share;
    left -= share;
  }
  return 0;
}
