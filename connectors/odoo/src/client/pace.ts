/** One answered call, as the pace sees it. */
export interface Observation {
  /** `sale.order.load`: calls of one kind are compared with each other alone. */
  readonly kind: string;
  /** Records that it was about. */
  readonly records: number;
  /** From sending to the last byte of the answer. */
  readonly ms: number;
  /** The server asked to slow down, or did not keep up (429, 503, no answer in time). */
  readonly overloaded: boolean;
}

/**
 * How many calls may be in flight, and what it rests on. A value: `observe` gives the next one.
 *
 * Additive increase, multiplicative decrease (RFC 5681 does the same for a network): each answer at its usual time adds a part of a
 * call, an answer much slower per record than its kind's usual takes 30 %, at most once per round of answers, because the answers
 * that were already under way say the same thing again.
 */
export interface Pace {
  readonly most: number;
  /** Not whole; calls in flight are its whole part. */
  readonly limit: number;
  /** Usual milliseconds per record, by kind and size. */
  readonly usual: ReadonlyMap<string, Usual>;
  readonly sinceCut: number;
}

interface Usual {
  readonly msPerRecord: number;
  readonly seen: number;
}

/** Twice the usual is what a sibling request on the same worker's core costs; beyond it the server is falling behind. */
const SLOW = 2;
const CUT = 0.7;
/** Shorter calls swing by their own chance. */
const LEAST_MS = 50;
/** Answers of a kind before its usual time is taken for one. */
const LEARNT = 3;
/** The usual forgets its best time by this much with each slower answer, so that a server that grew slower is accepted in time. */
const FORGETS = 1.005;

export function startPace(most: number): Pace {
  return { most, limit: most, usual: new Map(), sinceCut: 0 };
}

/** Pure. */
export function observe(pace: Pace, observation: Observation): Pace {
  const kind = `${observation.kind} ${sizeClass(observation.records)}`;
  const msPerRecord = observation.ms / Math.max(1, observation.records);
  const before = pace.usual.get(kind);
  const slow =
    before !== undefined &&
    before.seen >= LEARNT &&
    observation.ms >= LEAST_MS &&
    msPerRecord > SLOW * before.msPerRecord;
  const usual = observation.overloaded
    ? pace.usual
    : new Map(pace.usual).set(kind, {
        msPerRecord: before === undefined ? msPerRecord : Math.min(msPerRecord, before.msPerRecord * FORGETS),
        seen: (before?.seen ?? 0) + 1,
      });
  if (!slow && !observation.overloaded) {
    const limit = Math.min(pace.most, pace.limit + 1 / Math.max(1, pace.limit));
    return { ...pace, usual, limit, sinceCut: pace.sinceCut + 1 };
  }
  if (pace.sinceCut < Math.floor(pace.limit)) return { ...pace, usual, sinceCut: pace.sinceCut + 1 };
  return { ...pace, usual, limit: Math.max(1, pace.limit * CUT), sinceCut: 0 };
}

/** A call's fixed part weighs less the more records it has, so that 1 and 50 records have different usual times. */
function sizeClass(records: number): number {
  return Math.ceil(Math.log2(Math.max(1, records)));
}
