import type { Pool } from 'pg';
import { statement } from '../statement.ts';

export interface TargetRow {
  readonly target: string;
  readonly pausedAt: Date | null;
  readonly pausedBy: string | null;
  readonly pauseReason: string | null;
  /** The target itself asked to be left alone until then. */
  readonly heldUntil: Date | null;
  readonly heldReason: string | null;
  /** It refuses the hub's login: since when, in its words, and when the login is tried again. */
  readonly refused?: { readonly at: Date; readonly words: string; readonly triedNextAt: Date };
  /** Calls of the target's present day. */
  readonly budgetUsed: number;
  /** When that day ends. */
  readonly dayEndsAt: Date;
  readonly nodes: readonly { readonly node: string; readonly slots: number; readonly breaker: string }[];
}

interface Stored {
  readonly target: string;
  readonly paused_at: Date | null;
  readonly paused_by: string | null;
  readonly pause_reason: string | null;
  readonly held_until: Date | null;
  readonly held_reason: string | null;
  readonly refused_at: Date | null;
  readonly login_refusal: string | null;
  readonly tried_next_at: Date | null;
  readonly budget_used: string;
  readonly day_ends_at: Date;
  readonly nodes: TargetRow['nodes'];
}

/** Where people see the targets, and stop and let go the calls to them, for all nodes. */
export class TargetDesk {
  readonly #pool: Pool;
  readonly #timezones: ReadonlyMap<string, string>;

  /** `timezones`: where each target's day begins, for its budget; UTC unless told. */
  constructor(pool: Pool, timezones: ReadonlyMap<string, string> = new Map()) {
    this.#pool = pool;
    this.#timezones = timezones;
  }

  async list(): Promise<readonly TargetRow[]> {
    const { rows } = await this.#pool.query<Stored>(
      statement('read-targets', [[...this.#timezones.values()], [...this.#timezones.keys()]]),
    );
    return rows.map((row) => ({
      target: row.target,
      pausedAt: row.paused_at,
      pausedBy: row.paused_by,
      pauseReason: row.pause_reason,
      heldUntil: row.held_until,
      heldReason: row.held_reason,
      ...(row.refused_at === null || row.tried_next_at === null
        ? {}
        : {
            refused: { at: row.refused_at, words: row.login_refusal ?? '', triedNextAt: row.tried_next_at },
          }),
      budgetUsed: Number(row.budget_used),
      dayEndsAt: row.day_ends_at,
      nodes: row.nodes,
    }));
  }

  /** False when it is paused already, or when no node ever had such a target. */
  async pause(target: string, by: string, reason: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(statement('pause-target', [target, by, reason]));
    return rowCount === 1;
  }

  /** Also ends a pause that the target asked for, and closes its breaker on all nodes. False when none of this is so. */
  async resume(target: string, by: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(statement('resume-target', [target, by]));
    return rowCount === 1;
  }
}
