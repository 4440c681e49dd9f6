import { type LanePolicy, lanePolicy } from '@trunkline/messaging';

/** A lane that had work this lately is one that others give way to. Longer than the pauses of steady traffic. */
const ACTIVE_MS = 2000;
/** A lane that was not emptied this lately has a backlog. */
const BACKLOG_MS = 500;

interface Seen {
  readonly policy: LanePolicy;
  activeAtMs: number;
  backlogAtMs: number;
}

/**
 * What this node sees of its lanes, over all partitions and targets. One rule follows from it, for accepting, processing and
 * delivering alike: a lane with a backlog gives way while some other lane has work and none. A lane that is alone, and lanes that all
 * have backlogs, work at full speed.
 */
export class LaneTraffic {
  readonly #configured: ReadonlyMap<string, Partial<LanePolicy>>;
  readonly #lanes = new Map<string, Seen>();

  constructor(configured: ReadonlyMap<string, Partial<LanePolicy>> = new Map()) {
    this.#configured = configured;
  }

  policy(lane: string): LanePolicy {
    return this.#seen(lane).policy;
  }

  /** Work of this lane was taken up; `backlogged`: more of it waits than could be. */
  saw(lane: string, backlogged: boolean): void {
    const seen = this.#seen(lane);
    seen.activeAtMs = performance.now();
    if (backlogged) seen.backlogAtMs = seen.activeAtMs;
  }

  active(lane: string): boolean {
    return performance.now() - this.#seen(lane).activeAtMs < ACTIVE_MS;
  }

  mustYield(lane: string): boolean {
    const nowMs = performance.now();
    const own = this.#seen(lane);
    if (!own.policy.bulk && nowMs - own.backlogAtMs > BACKLOG_MS) return false;
    for (const other of this.#lanes.values()) {
      if (other === own || other.policy.bulk || nowMs - other.activeAtMs > ACTIVE_MS) continue;
      if (own.policy.bulk || nowMs - other.backlogAtMs > BACKLOG_MS) return true;
    }
    return false;
  }

  /** The share of a lane in what is taken up at once, among the lanes that have work: in (0, 1]. */
  share(lane: string): number {
    const nowMs = performance.now();
    const own = this.#seen(lane);
    let sum = own.policy.weight;
    for (const other of this.#lanes.values())
      if (other !== own && nowMs - other.activeAtMs < ACTIVE_MS) sum += other.policy.weight;
    return own.policy.weight / sum;
  }

  #seen(lane: string): Seen {
    let seen = this.#lanes.get(lane);
    if (seen === undefined) {
      seen = {
        policy: lanePolicy(lane, this.#configured),
        activeAtMs: Number.NEGATIVE_INFINITY,
        backlogAtMs: Number.NEGATIVE_INFINITY,
      };
      this.#lanes.set(lane, seen);
    }
    return seen;
  }
}
