import type { Pool } from 'pg';
import { inTransaction } from '../exceptions.ts';
import { statement } from '../statement.ts';
import type { SlotAnswer, TargetGate } from './target-gate.ts';

/** How often the nodes agree on their shares: a pause by hand takes effect within this, everywhere. */
const ROUND_MS = 1000;
/** A dead node's share comes free after this. */
const TTL_SECONDS = 5;
/** Rounds that a node asks for beside, when it has something to send and no share, are this far apart. */
const SHORT_MS = 100;

export interface ControlledTarget {
  readonly gate: TargetGate;
  /** Calls. */
  readonly underWay: number;
  readonly breaker: string;
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
    const answers = await inTransaction(pool, async (client) => {
      await client.query(statement('lock-targets', [targets.map(({ gate }) => gate.system)]));
      return client.query<SlotAnswer & { readonly target: string }>(
        statement('lease-slots', [
          node(),
          targets.map(({ gate }) => gate.system),
          targets.map(({ gate }) => gate.total),
          targets.map(({ gate }) => gate.wanted),
          targets.map(({ underWay }) => underWay),
          targets.map(({ breaker }) => breaker),
          TTL_SECONDS,
        ]),
      );
    });
    const byTarget = new Map(targets.map(({ gate }) => [gate.system, gate]));
    // A share is used for most of its lease only, counted from before it was asked for.
    for (const answer of answers.rows) byTarget.get(answer.target)?.told(answer, askedMs + TTL_SECONDS * 800);
  }
}
