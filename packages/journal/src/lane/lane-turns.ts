/** A waiter that does not come when it is called loses its place after this. */
const CALL_MS = 500;

/**
 * What gives way has one line per node, whatever it does and in whichever lane: a batch accepted, one decided, one of outcomes written. So
 * that a commit of a lane with nothing piled up waits for one small commit at most to reach the disk: they go there one after the other.
 * A rest as long as the turn before it.
 */
const GIVING_WAY = { line: Symbol('giving way'), limit: { atOnce: 1, rest: 1 } } as const;

/** Who asks for a turn, once for each kind of lane that it has work in. */
export interface Asking {
  readonly who: object;
  /** For lanes that come in bulk alone (replay, batch); else for a flood. */
  readonly bulk: boolean;
  /** It may ask again. */
  readonly wake: () => void;
}

export interface Turn {
  readonly asking: Asking;
  end(): void;
}

interface Waiting {
  readonly bulk: boolean;
  readonly wake: () => void;
  calledAtMs: number | undefined;
}

interface Turns {
  running: number;
  restUntilMs: number;
  readonly waiting: Map<object, Waiting>;
  /** Who had the last turn: bulk and floods alternate where both wait, however many of the other kind came first. */
  lastBulk: boolean;
  timer: NodeJS.Timeout | undefined;
}

export interface TurnLimit {
  /** Turns at once. */
  readonly atOnce: number;
  /** How long nobody has a turn after one, in lengths of it. */
  readonly rest: number;
}

/** Turns of lanes that have to share or to give way, of one kind first come first served: who has to wait is called when it may come. */
export class LaneTurns {
  readonly #lines = new Map<string | symbol, Turns>();

  /** A turn of what gives way, for one of those who ask; undefined: they wait, and the one whose turn it is will be called. */
  giveWay(...asking: readonly Asking[]): Turn | undefined {
    const turns = this.#turns(GIVING_WAY.line);
    // All of them before one is given a turn: it would not be known that the other kind waits.
    for (const one of asking) wait(turns, one);
    for (const one of asking) {
      const end = this.#take(turns, GIVING_WAY.limit, one);
      if (end !== undefined) return { asking: one, end };
    }
    return undefined;
  }

  /** `who` has nothing that gives way. */
  needNotGiveWay(who: object): void {
    this.#lines.get(GIVING_WAY.line)?.waiting.delete(who);
  }

  /** A turn, to be ended by calling what is returned; undefined: `wake` will be called when `who` may ask again. */
  take(lane: string, limit: TurnLimit, who: object, wake: () => void): (() => void) | undefined {
    return this.#take(this.#turns(lane), limit, { who, bulk: false, wake });
  }

  #take(turns: Turns, limit: TurnLimit, asking: Asking): (() => void) | undefined {
    const { who, bulk } = asking;
    const nowMs = performance.now();
    for (const [other, { calledAtMs }] of turns.waiting)
      if (other !== who && calledAtMs !== undefined && nowMs - calledAtMs > CALL_MS)
        turns.waiting.delete(other);
    wait(turns, asking);
    const before = inTurn(turns).findIndex(([other]) => other === who);
    if (nowMs < turns.restUntilMs || before >= limit.atOnce - turns.running) {
      this.#callLater(turns, limit);
      return undefined;
    }
    turns.waiting.delete(who);
    turns.lastBulk = bulk;
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
        // A timer may fire a millisecond early: who is called then would be told to wait.
        if (performance.now() < turns.restUntilMs) {
          this.#callLater(turns, limit);
          return;
        }
        const [next] = inTurn(turns);
        if (next === undefined) return;
        next[1].calledAtMs ??= performance.now();
        next[1].wake();
      },
      Math.max(0, Math.ceil(turns.restUntilMs - performance.now())),
    );
    turns.timer.unref();
  }

  #turns(line: string | symbol): Turns {
    let turns = this.#lines.get(line);
    if (turns === undefined) {
      turns = { running: 0, restUntilMs: 0, waiting: new Map(), lastBulk: false, timer: undefined };
      this.#lines.set(line, turns);
    }
    return turns;
  }
}

/** Who waits already keeps its place. Who was called has come, be it that one of the other kind goes before: nobody may take it for gone. */
function wait({ waiting }: Turns, { who, bulk, wake }: Asking): void {
  waiting.set(who, { bulk, wake, calledAtMs: undefined });
}

/** Those that wait, in the order of their turns. */
function inTurn({ waiting, lastBulk }: Turns): readonly [object, Waiting][] {
  const all = [...waiting];
  const first = all.filter(([, { bulk }]) => bulk !== lastBulk);
  const second = all.filter(([, { bulk }]) => bulk === lastBulk);
  if (first.length === 0) return second;
  return first.flatMap((one, at) => [one, ...second.slice(at, at + 1)]).concat(second.slice(first.length));
}
