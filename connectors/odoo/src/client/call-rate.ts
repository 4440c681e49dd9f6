import { setTimeout as pause } from 'node:timers/promises';

/** When the next call may go. A value: `take` gives the wait and the next one. */
export interface Bucket {
  readonly perSecond: number;
  /** Milliseconds at which the bucket holds its token again. */
  readonly freeAtMs: number;
}

/** One call's token: how long it has to wait, and the bucket after it. Holds one token, so that calls keep their distance. Pure. */
export function take(bucket: Bucket, nowMs: number): { readonly waitMs: number; readonly bucket: Bucket } {
  const goesAtMs = Math.max(nowMs, bucket.freeAtMs);
  return {
    waitMs: goesAtMs - nowMs,
    bucket: { ...bucket, freeAtMs: goesAtMs + 1000 / bucket.perSecond },
  };
}

/** Waits for a turn. Rejects when the signal ends the wait; the turn is then lost, which is the safe side. */
export function createCallRate(perSecond: number): (signal?: AbortSignal) => Promise<void> {
  let bucket: Bucket = { perSecond, freeAtMs: 0 };
  return async (signal) => {
    const { waitMs, bucket: next } = take(bucket, performance.now());
    bucket = next;
    if (waitMs > 0) await pause(waitMs, undefined, signal === undefined ? {} : { signal });
  };
}
