/** How long what is kept is kept. Days are UTC days by the database's clock. */
export interface RetentionPolicy {
  readonly defaultDays: number;
  /** Keys that begin with `prefix` (three characters) are kept for days of their own. A class's number never changes its meaning. */
  readonly classes: readonly RetentionClass[];
  /** How long a repeat is known as one, at least. */
  readonly dedupeDays: number;
  /** Requests and responses of attempts. */
  readonly auditDays: number;
}

export interface RetentionClass {
  /** From 1; 0 is everything else. */
  readonly class: number;
  readonly name: string;
  readonly prefix: string;
  readonly days: number;
}

export const DEFAULT_RETENTION: RetentionPolicy = {
  defaultDays: 90,
  classes: [],
  dedupeDays: 30,
  auditDays: 30,
};

/** What is sliced by time, with what decides how long a slice stays. */
export const SLICED = {
  message: { perClass: true },
  message_result: { perClass: true },
  delivery_done: { perClass: true },
  delivery_attempt: { perClass: true },
  invalid_message: { perClass: false },
  exchange: { perClass: false },
  exchange_body: { perClass: false },
} as const;
export type SlicedTable = keyof typeof SLICED;

/**
 * Days of one slice: a slice goes when its youngest row may, so that a row is kept for up to this much longer than asked. A thread's
 * page looks into every slice, so that there may not be many: 15 for 90 days, 28 for two years.
 */
export function sliceDays(keptDays: number): number {
  if (keptDays <= 14) return 1;
  return keptDays <= 200 ? 7 : 30;
}

export function keptDays(policy: RetentionPolicy, table: SlicedTable, ofClass: number): number {
  if (table === 'exchange' || table === 'exchange_body') return policy.auditDays;
  return policy.classes.find((known) => known.class === ofClass)?.days ?? policy.defaultDays;
}
