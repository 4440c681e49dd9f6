import type { BulkState, Change, JsonObject } from '@trunkline/messaging';

export const BULK_ACTS = ['retry', 'discard', 'edit', 'replay'] as const;
export type BulkAct = (typeof BULK_ACTS)[number];

/** Open exceptions that have something to let go. At least one member is set. */
export interface ExceptionSelection {
  /** A case's fingerprint. */
  readonly case?: string;
  readonly flow?: string;
  readonly target?: string;
  readonly code?: string;
}

/** Messages that source systems sent and that were decided. `from` or `key` is set. */
export interface MessageSelection {
  /** RFC 3339: accepted at or after. */
  readonly from?: string;
  /** RFC 3339: accepted before. */
  readonly to?: string;
  /** Messages that made this flow send a command or open an exception. */
  readonly flow?: string;
  readonly key?: string;
  readonly source?: string;
  readonly type?: string;
  readonly status?: 'processed' | 'ignored' | 'invalid';
}

export interface NewBulk {
  readonly act: BulkAct;
  readonly exceptions?: ExceptionSelection;
  readonly messages?: MessageSelection;
  /** Of a discard, and of an edit. */
  readonly reason?: string;
  /** Of an edit: made in each parked command, which is then sent. */
  readonly changes?: readonly Change[];
  /** Of a replay: merged into each payload (RFC 7396). */
  readonly patch?: JsonObject;
  readonly limit: number;
}

export interface BulkRow {
  readonly id: string;
  readonly act: BulkAct;
  readonly state: BulkState;
  readonly selection: JsonObject;
  readonly reason: string | null;
  /** Of a replay. */
  readonly patch: JsonObject | null;
  /** Of an edit. */
  readonly changes: readonly Change[] | null;
  readonly total: number;
  /** At risk, as of the preview. */
  readonly units: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly stoppedBecause: string | null;
  readonly pending: number;
  readonly underWay: number;
  readonly mended: number;
  readonly failed: number;
  /** Mended by something else meanwhile, or gone. */
  readonly skipped: number;
  /** The change would break them: not touched. */
  readonly refused: number;
  /** From its first item to its last, at the rate of what has ended so far; before that, at the rate at which it lets go. */
  readonly secondsLeft: number;
}

/** Items of one step, and steps a second: what an operation lets go at most, so that a flood of mended things is no flood. */
export const STEP_ITEMS = 25;
export const STEP_MS = 250;
/** Let go and not yet ended, at most: a slow target is not given more than it takes. */
export const WINDOW = 100;
export const MOST_ITEMS = 100_000;
export const MOST_REPLAYED = 10_000;
