/** States of an act on many exceptions or messages at once. */
export const BULK_STATES = [
  'previewed',
  'canary',
  'canary_passed',
  'running',
  'stopped',
  'cancelled',
  'finished',
] as const;
export type BulkState = (typeof BULK_STATES)[number];

export const BULK_EVENTS = ['try', 'pass', 'start', 'stop', 'finish', 'cancel'] as const;
export type BulkEvent = (typeof BULK_EVENTS)[number];

type Row = Readonly<Record<BulkEvent, BulkState | 'refused'>>;

const none: Row = {
  try: 'refused',
  pass: 'refused',
  start: 'refused',
  stop: 'refused',
  finish: 'refused',
  cancel: 'refused',
};

/** All of it goes only after a few of it have ended well, or after a person saw why they have not. */
export const BULK_TRANSITIONS: Readonly<Record<BulkState, Row>> = {
  previewed: { ...none, try: 'canary', cancel: 'cancelled' },
  canary: { ...none, pass: 'canary_passed', stop: 'stopped', finish: 'finished', cancel: 'cancelled' },
  canary_passed: { ...none, start: 'running', cancel: 'cancelled' },
  running: { ...none, stop: 'stopped', finish: 'finished', cancel: 'cancelled' },
  stopped: { ...none, start: 'running', cancel: 'cancelled' },
  cancelled: none,
  finished: none,
};

/** How many go first. */
export const CANARY = 5;

export interface BulkProgress {
  readonly state: BulkState;
  readonly pending: number;
  /** Going again, with nothing come of it yet. */
  readonly underWay: number;
  /** Of those that went first, pending or under way. */
  readonly canaryLeft: number;
}

/** A failure that came of an item, by its case. */
export interface BulkFailure {
  readonly fingerprint: string;
  readonly summary: string;
}

/**
 * What an operation does next on what its items came to. It stops on a failure of a kind that it did not set out with, because the
 * mend then breaks something else; and on any failure of the first few, because then it mends nothing.
 */
export function nextBulkStep(
  { state, pending, underWay, canaryLeft }: BulkProgress,
  failures: readonly BulkFailure[],
  known: readonly string[],
): { readonly event: BulkEvent; readonly because?: string } | undefined {
  const unheard = failures.find(({ fingerprint }) => !known.includes(fingerprint));
  if (unheard !== undefined) return { event: 'stop', because: `A new kind of failure: ${unheard.summary}` };
  const [failure] = failures;
  if (state === 'canary' && failure !== undefined)
    return { event: 'stop', because: `One of the first ${CANARY} failed again: ${failure.summary}` };
  if (pending + underWay === 0) return { event: 'finish' };
  if (state === 'canary' && canaryLeft === 0) return { event: 'pass' };
  return undefined;
}
