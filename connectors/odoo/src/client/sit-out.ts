import { setTimeout as pause } from 'node:timers/promises';
import { OdooError } from '../errors.ts';

/** How long a call may wait where it is when it is asked to come again later. */
export interface Patience {
  /** A longer pause is the whole system's: who sends commands and polls has to hear of it. Milliseconds. */
  readonly longestPauseMs: number;
  /** All pauses of one call. Milliseconds. */
  readonly togetherMs: number;
}

/** Less than a poll may take. */
export const OF_READS: Patience = { longestPauseMs: 5000, togetherMs: 45_000 };
/** A limit by the second, and no more: what is refused for longer holds all that is to go to the server. */
export const OF_WRITES: Patience = { longestPauseMs: 2000, togetherMs: 5000 };

/** Where a 429 names no time. */
const USUAL_PAUSE_MS = 1000;

/**
 * A call that is answered 429 was not done; it waits for its turn where it is, with its place among the calls in flight. A poll and a
 * delivery are several calls, and one that began anew at each 429 would never end under a limit of fewer calls than it makes: of two a
 * second no change was read, and no order placed.
 *
 * @param waits told of each pause
 */
export async function sitOut<T>(
  send: () => Promise<T>,
  { longestPauseMs, togetherMs }: Patience,
  waits: () => void,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let leftMs = togetherMs; ; ) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof OdooError) || error.status !== 429) throw error;
      const pauseMs = error.retryAfterMs ?? USUAL_PAUSE_MS;
      if (pauseMs > longestPauseMs || pauseMs > leftMs) throw error;
      // A pause of nothing counts as well, so that it ends.
      leftMs -= Math.max(pauseMs, USUAL_PAUSE_MS);
      waits();
      await pause(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}
