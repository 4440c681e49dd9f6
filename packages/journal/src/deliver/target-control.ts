import type { Pool } from 'pg';
import { inTransaction } from '../exceptions.ts';
import { statement } from '../statement.ts';
import { fairSlots, type SlotClaim } from './fair-slots.ts';
import type { TargetGate } from './target-gate.ts';

/** How often the nodes agree on their shares: a pause by hand takes effect within this, everywhere. */
const ROUND_MS = 1000;
/** A dead node's share comes free after this. */
const TTL_SECONDS = 5;
/** Rounds that a node asks for beside, when it has something to send and no share, are this far apart. */
const SHORT_MS = 100;

export interface ControlledTarget {
  readonly gate: TargetGate;
  readonly breaker: string;
}

interface Standing {
  readonly target: string;
  readonly paused: boolean;
  readonly held_ms: number | null;
  readonly breaker_ms: number | null;
  readonly cool_down_ms: number | null;
  readonly refused: boolean;
  /** Another node probes. */
  readonly probed: boolean;
  readonly slots: number;
  readonly others: readonly SlotClaim[];
}

export interface TargetControlOptions {
  readonly pool: Pool;
  readonly node: () => string;
  readonly targets: readonly ControlledTarget[];
  readonly onError: (error: unknown) => void;
}

/** Agrees with the other nodes, by rows of the database and its clock, on what each may call. */
export class TargetControl {
  readonly #options: TargetControlOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #atMs = Number.NEGATIVE_INFINITY;
  #asked = false;
  #stopped = false;

  constructor(options: TargetControlOptions) {
    this.#options = options;
  }

  /** Resolves when it is known what may be called; before that nothing is. */
  async start(): Promise<void> {
    const names = this.#options.targets.map(({ gate }) => gate.system);
    if (names.length === 0) return;
    await this.#options.pool.query(statement('register-targets', [names]));
    await this.#agree();
    this.#next(ROUND_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await this.#options.pool
      .query('delete from target_node where node = $1', [this.#options.node()])
      .catch(this.#options.onError);
  }

  /** A round now, unless there was one just now. */
  hurry(): void {
    if (this.#asked || this.#stopped) return;
    this.#asked = true;
    this.#next(Math.max(0, this.#atMs + SHORT_MS - performance.now()));
  }

  #next(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#asked = false;
      this.#round = this.#agree()
        .catch(this.#options.onError)
        .finally(() => this.#next(this.#asked ? SHORT_MS : ROUND_MS));
    }, ms);
  }

  async #agree(): Promise<void> {
    const { pool, node, targets } = this.#options;
    const askedMs = performance.now();
    this.#atMs = askedMs;
    const systems = targets.map(({ gate }) => gate.system);
    const agreed = await inTransaction(pool, async (client) => {
      await client.query(statement('lock-targets', [systems]));
      const { rows } = await client.query<Standing>(statement('read-slots', [node(), systems]));
      const standing = new Map(rows.map((row) => [row.target, row]));
      const shares = targets.flatMap((target) => {
        const row = standing.get(target.gate.system);
        return row === undefined ? [] : [shareOf(target, row, node())];
      });
      await client.query(
        statement('lease-slots', [
          node(),
          shares.map(({ gate }) => gate.system),
          shares.map(({ slots }) => slots),
          shares.map(({ gate }) => gate.wanted),
          shares.map(({ gate }) => gate.total),
          shares.map(({ breaker }) => breaker),
          shares.map(({ probe }) => probe),
          TTL_SECONDS,
        ]),
      );
      return shares;
    });
    // A share is used for most of its lease only, counted from before it was asked for.
    for (const { gate, row, slots, probe } of agreed)
      gate.told({ ...row, slots, probe }, askedMs, TTL_SECONDS * 800);
  }
}

/**
 * One node probes an open breaker whose time is over, one that has something to send. The one that probed in vain lets the others go before it for
 * a round: what it has to send may fail by itself, or it may be cut off from the target, and would win each time by a millisecond.
 */
function shareOf({ gate, breaker }: ControlledTarget, row: Standing, node: string) {
  const self = { node, slots: row.slots, wanted: gate.wanted, total: gate.total };
  const others = row.others.some(({ wanted }) => wanted > 0);
  const fromMs = gate.breaker.probedInVain && others ? -ROUND_MS - SHORT_MS : 0;
  const due = row.breaker_ms !== null && row.breaker_ms <= fromMs;
  return {
    gate,
    breaker,
    row,
    slots: fairSlots(self, row.others, gate.underWay),
    probe: due && !row.probed && gate.waiting,
  };
}
