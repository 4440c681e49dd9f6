import { setTimeout as delay } from 'node:timers/promises';
import { type Accepted, type IncomingMessage, laneOf } from '@trunkline/messaging';
import type { LaneTraffic } from './lane-traffic.ts';
import type { Asking, LaneTurns } from './lane-turns.ts';

/**
 * Calls share a statement up to so many rows: past that a shared commit saves nothing, and two statements on two connections use two
 * cores where one uses one (measured with two calls of 1,000 at a time on two cores: 39,000 messages a second merged, 53,000 apart).
 */
const MAX_BATCH = 500;
/** Messages of one lane that wait to be accepted, past which it has a backlog. */
const BACKLOG = 100;
/** A page that waits for its turn looks as often whether it still has to: nobody calls it for that. */
const LOOK_AGAIN_MS = 250;
/** What a lane that gives way gets at once. */
const YIELDING_BATCH = 50;

/** One call of `accept`: it is stored as a whole or not at all, so it is never split. */
export interface AcceptCall {
  readonly messages: readonly IncomingMessage[];
  readonly resolve: (accepted: readonly Accepted[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that share one statement. */
export interface AcceptGroup {
  readonly calls: readonly AcceptCall[];
  end(): void;
}

interface Queue {
  readonly calls: AcceptCall[];
  messages: number;
}

/** Calls that wait to be stored, by the lane of their first message. */
export class AcceptQueue {
  readonly #traffic: LaneTraffic;
  readonly #turns: LaneTurns;
  readonly #queues = new Map<string, Queue>();
  readonly #asking: readonly Asking[];

  /** `wake`: a lane that had to wait for its turn may be taken. */
  constructor(traffic: LaneTraffic, turns: LaneTurns, wake: () => void) {
    this.#traffic = traffic;
    this.#turns = turns;
    this.#asking = [true, false].map((bulk) => ({ who: {}, bulk, wake }));
  }

  add(call: AcceptCall): void {
    const [first] = call.messages;
    if (first === undefined) return;
    const lane = laneOf(first);
    let queue = this.#queues.get(lane);
    if (queue === undefined) {
      queue = { calls: [], messages: 0 };
      this.#queues.set(lane, queue);
    }
    queue.calls.push(call);
    queue.messages += call.messages.length;
    this.#traffic.saw(lane, queue.messages > BACKLOG);
  }

  /** The lanes that need not give way share a statement; one that has to is alone in its own. */
  take(): AcceptGroup | undefined {
    const calls: AcceptCall[] = [];
    let room = MAX_BATCH;
    for (const [lane, queue] of this.#queues) {
      if (queue.calls.length === 0 || room <= 0 || this.#traffic.mustYield(lane)) continue;
      room -= this.#cut(lane, queue, room, calls);
    }
    return calls.length > 0 ? { calls, end: () => undefined } : this.#takeYielding();
  }

  #takeYielding(): AcceptGroup | undefined {
    const next = (bulk: boolean) =>
      [...this.#queues].find(
        ([lane, queue]) => queue.calls.length > 0 && this.#traffic.policy(lane).bulk === bulk,
      );
    for (const { who, bulk } of this.#asking) if (next(bulk) === undefined) this.#turns.needNotGiveWay(who);
    const turn = this.#turns.giveWay(...this.#asking.filter(({ bulk }) => next(bulk) !== undefined));
    const taken = turn === undefined ? undefined : next(turn.asking.bulk);
    if (turn === undefined || taken === undefined) return undefined;
    const [lane, queue] = taken;
    // To the end: among lanes that give way each has its turn.
    this.#queues.delete(lane);
    this.#queues.set(lane, queue);
    const calls: AcceptCall[] = [];
    this.#cut(lane, queue, YIELDING_BATCH, calls);
    return { calls, end: turn.end };
  }

  /**
   * Resolves when a page, which is stored with its poller's cursor in a statement of its own, may be: at once unless all of its lanes have to
   * give way, for what deciding or delivering sees of them. To be called when it is stored.
   */
  async turnOfPage(messages: readonly IncomingMessage[]): Promise<() => void> {
    const lanes = [...new Set(messages.map(laneOf))];
    const who = {};
    const bulk = lanes.every((lane) => this.#traffic.policy(lane).bulk);
    while (lanes.length > 0 && lanes.every((lane) => this.#traffic.mustYield(lane))) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const turn = this.#turns.giveWay({ who, bulk, wake: resolve });
      if (turn !== undefined) return turn.end;
      await Promise.race([promise, delay(LOOK_AGAIN_MS, undefined, { ref: false })]);
    }
    this.#turns.needNotGiveWay(who);
    return () => undefined;
  }

  /** At least one call, and more as long as they fit. */
  #cut(lane: string, queue: Queue, atMost: number, into: AcceptCall[]): number {
    let size = 0;
    for (let next = queue.calls[0]; next !== undefined; next = queue.calls[0]) {
      if (into.length > 0 && size + next.messages.length > atMost) break;
      into.push(next);
      size += next.messages.length;
      queue.calls.shift();
    }
    queue.messages -= size;
    this.#traffic.saw(lane, queue.messages > BACKLOG);
    return size;
  }
}
