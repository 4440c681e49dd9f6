/**
 * What befell a hold on partitions. `lease_lost`: this node's leases are gone, and it stopped to work them. `write_fenced`: what this
 * node wrote under a lease that is gone was refused. `node_dead`: another node was taken for dead, and what it held is free or taken over.
 */
export interface LeaseTrouble {
  readonly kind: 'lease_lost' | 'write_fenced' | 'node_dead';
  /** By part. */
  readonly held: readonly HeldPart[];
  readonly cause: string;
  /** Of `node_dead`: the other node's name. */
  readonly node?: string;
}

export interface HeldPart {
  readonly part: number;
  readonly epoch: string;
}

/** Tells each trouble as it comes, and remembers this node's own for people to see in its row. */
export class TroubleBook {
  readonly #tell: (trouble: LeaseTrouble) => void;
  #count = 0;
  #last: { readonly cause: string; readonly atMs: number } | undefined;

  constructor(tell: (trouble: LeaseTrouble) => void) {
    this.#tell = tell;
  }

  note(trouble: LeaseTrouble): void {
    if (trouble.held.length === 0 && trouble.kind !== 'node_dead') return;
    if (trouble.kind !== 'node_dead') {
      this.#count++;
      this.#last = { cause: trouble.cause, atMs: performance.now() };
    }
    this.#tell({ ...trouble, held: trouble.held.toSorted((a, b) => a.part - b.part) });
  }

  /** For the node's row: how many, the last one's cause, and how many milliseconds ago. */
  columns(): [number, string | null, number | null] {
    const { cause = null, atMs } = this.#last ?? {};
    return [this.#count, cause, atMs === undefined ? null : performance.now() - atMs];
  }
}
