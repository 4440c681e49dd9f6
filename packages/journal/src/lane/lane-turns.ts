/** A waiter that does not come when it is called loses its place after this. */
const CALL_MS = 500;

/**
 * What gives way has one line per node, whatever it does and in whichever lane: a batch accepted, one decided, one of outcomes written. So
 * that a commit of a lane with nothing piled up waits for one small commit at most to reach the disk: they go there one after the other.
 * A rest as long as the turn before it.
 */
const GIVING_WAY = { line: Symbol('giving way'), limit: { atOnce: 1, rest: 1 } } as const;

interface Turns {
  running: number;
  restUntilMs: number;
  readonly waiting: Map<object, { readonly wake: () => void; calledAtMs: number | undefined }>;
  timer: NodeJS.Timeout | undefined;
}

export interface TurnLimit {
  /** Turns at once. */
  readonly atOnce: number;
  /** How long nobody has a turn after one, in lengths of it. */
  readonly rest: number;
}

/** Turns of lanes that have to share or to give way, first come first served: who has to wait is called when it may come. */
export class LaneTurns {
  readonly #lines = new Map<string | symbol, Turns>();

  /** A turn of what gives way; else as `take`. */
  giveWay(who: object, wake: () => void): (() => void) | undefined {
    return this.#take(GIVING_WAY.line, GIVING_WAY.limit, who, wake);
  }

  /** `who` has nothing that gives way. */
  needNotGiveWay(who: object): void {
    this.#lines.get(GIVING_WAY.line)?.waiting.delete(who);
  }

  /** A turn, to be ended by calling what is returned; undefined: `wake` will be called when `who` may ask again. */
  take(lane: string, limit: TurnLimit, who: object, wake: () => void): (() => void) | undefined {
    return this.#take(lane, limit, who, wake);
  }

  #take(line: string | symbol, limit: TurnLimit, who: object, wake: () => void): (() => void) | undefined {
    const turns = this.#turns(line);
    const nowMs = performance.now();
    for (const [other, { calledAtMs }] of turns.waiting)
      if (other !== who && calledAtMs !== undefined && nowMs - calledAtMs > CALL_MS)
        turns.waiting.delete(other);
    const place = [...turns.waiting.keys()].indexOf(who);
    const before = place === -1 ? turns.waiting.size : place;
    if (nowMs < turns.restUntilMs || before >= limit.atOnce - turns.running) {
      if (place === -1) turns.waiting.set(who, { wake, calledAtMs: undefined });
      this.#callLater(turns, limit);
      return undefined;
    }
    turns.waiting.delete(who);
    turns.running++;
    return () => {
      turns.running--;
      const endedMs = performance.now();
      turns.restUntilMs = endedMs + (endedMs - nowMs) * limit.rest;
      this.#callLater(turns, limit);
    };
  }

  /** `who` has nothing more to do in this lane. */
  leave(lane: string, who: object): void {
    this.#lines.get(lane)?.waiting.delete(who);
  }

  leaveAll(who: object): void {
    for (const turns of this.#lines.values()) turns.waiting.delete(who);
  }

  #callLater(turns: Turns, limit: TurnLimit): void {
    if (turns.timer !== undefined || turns.waiting.size === 0 || turns.running >= limit.atOnce) return;
    turns.timer = setTimeout(
      () => {
        turns.timer = undefined;
        const next = turns.waiting.values().next();
        if (next.done === true) return;
        next.value.calledAtMs ??= performance.now();
        next.value.wake();
      },
      Math.max(0, turns.restUntilMs - performance.now()),
    );
    turns.timer.unref();
  }

  #turns(line: string | symbol): Turns {
    let turns = this.#lines.get(line);
    if (turns === undefined) {
      turns = { running: 0, restUntilMs: 0, waiting: new Map(), timer: undefined };
      this.#lines.set(line, turns);
    }
    return turns;
  }
}
