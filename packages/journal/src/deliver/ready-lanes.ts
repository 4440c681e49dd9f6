import type { LaneTraffic } from '../lane/lane-traffic.ts';
import type { TargetChains } from './target-chains.ts';
import type { WaitingDelivery } from './waiting-delivery.ts';

export interface Ready {
  readonly head: WaitingDelivery;
  readonly chains: TargetChains;
}

export interface Taken {
  /** The lane whose call it is; others may ride along. */
  readonly lane: string;
  readonly batch: readonly Ready[];
}

interface ReadyLane {
  ready: Ready[];
  calls: number;
  /** What the lane was given, over its weight: the one that was given least is next. */
  given: number;
}

/**
 * Heads that may go to one target, by lane. The lane that was given least, by weight, has the next call; lanes without a backlog ride
 * along in what is left of it. While some lane has no backlog, those that have one leave a call free for it.
 */
export class ReadyLanes {
  readonly #traffic: LaneTraffic;
  readonly #batch: number;
  readonly #lanes = new Map<string, ReadyLane>();
  #size = 0;

  constructor(traffic: LaneTraffic, batch: number) {
    this.#traffic = traffic;
    this.#batch = batch;
  }

  get size(): number {
    return this.#size;
  }

  add(ready: Ready): void {
    const name = ready.head.lane;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { ready: [], calls: 0, given: 0 };
      this.#lanes.set(name, lane);
    }
    // A lane that had nothing to send has no claim to what it did not use meanwhile.
    if (lane.ready.length === 0) lane.given = Math.max(lane.given, this.#leastGiven());
    lane.ready.push(ready);
    this.#size++;
    this.#traffic.saw(name, lane.ready.length > this.#batch);
  }

  /** Takes out those for which `gone` is true. */
  remove(gone: (ready: Ready) => boolean): readonly Ready[] {
    const removed: Ready[] = [];
    for (const lane of this.#lanes.values())
      lane.ready = lane.ready.filter((ready) => {
        if (!gone(ready)) return true;
        removed.push(ready);
        return false;
      });
    this.#size -= removed.length;
    return removed;
  }

  /** The next call's heads, all to be sent or all to be verified; undefined when every lane that has some is at its limit. */
  take(atMost: number, concurrency: number): Taken | undefined {
    const [name, lane] = this.#next(concurrency) ?? [];
    if (name === undefined || lane === undefined) return undefined;
    const verifying = lane.ready[0]?.head.verifying ?? false;
    const batch = this.#cut(name, lane, atMost, verifying);
    for (const [other, { ready }] of this.#lanes) {
      if (batch.length >= atMost) break;
      if (other !== name && ready.length > 0 && !this.#traffic.mustYield(other))
        batch.push(...this.#cut(other, this.#lanes.get(other) ?? lane, atMost - batch.length, verifying));
    }
    lane.calls++;
    return { lane: name, batch };
  }

  /** The call that `take` gave out has ended, or was not needed. */
  ended(taken: Taken): void {
    const lane = this.#lanes.get(taken.lane);
    if (lane !== undefined) lane.calls--;
  }

  #next(concurrency: number): [string, ReadyLane] | undefined {
    let next: [string, ReadyLane] | undefined;
    for (const [name, lane] of this.#lanes) {
      if (lane.ready.length === 0 || lane.calls >= this.#limit(name, concurrency)) continue;
      if (next === undefined || lane.given < next[1].given) next = [name, lane];
    }
    return next;
  }

  #limit(lane: string, concurrency: number): number {
    const own = Math.min(concurrency, this.#traffic.policy(lane).concurrency ?? concurrency);
    return this.#traffic.mustYield(lane) ? Math.max(1, Math.min(own, concurrency - 1)) : own;
  }

  /** From the front, as far as they are of one kind. */
  #cut(name: string, lane: ReadyLane, atMost: number, verifying: boolean): Ready[] {
    const other = lane.ready.findIndex((ready) => ready.head.verifying !== verifying);
    const cut = lane.ready.splice(0, Math.min(atMost, other === -1 ? atMost : other));
    this.#size -= cut.length;
    lane.given += cut.length / this.#traffic.policy(name).weight;
    if (cut.length > 0) this.#traffic.saw(name, lane.ready.length > 0 && cut.length >= atMost);
    return cut;
  }

  #leastGiven(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes.values()) if (lane.ready.length > 0) least = Math.min(least, lane.given);
    return Number.isFinite(least) ? least : 0;
  }
}
