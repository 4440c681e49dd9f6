/** How long and how often a transient failure is tried again. Milliseconds. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
  /** Measured from the first try; after it the delivery is parked for a person. */
  readonly giveUpAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { baseMs: 500, maxMs: 600_000, giveUpAfterMs: 86_400_000 };

export interface RetrySituation {
  /** Tries made so far, at least 1. */
  readonly attempts: number;
  readonly firstTriedAtMs: number;
  readonly nowMs: number;
  /** From Retry-After, when the target said so. */
  readonly afterMs?: number;
  /** In [0, 1). Passed in so that the decision stays a pure function. */
  readonly random: number;
}

export type RetryVerdict = { readonly kind: 'wait'; readonly untilMs: number } | { readonly kind: 'give_up' };

/**
 * Exponential back-off with equal jitter: half of the step is certain, half is drawn. Full jitter was refused because it can
 * retry at once, and a target that just said 503 gains nothing from that. A target's own Retry-After is a lower bound.
 */
export function decideRetry(policy: RetryPolicy, situation: RetrySituation): RetryVerdict {
  const exponent = Math.min(situation.attempts - 1, 30);
  const step = Math.min(policy.maxMs, policy.baseMs * 2 ** exponent);
  const drawn = step / 2 + (step / 2) * situation.random;
  const wait = Math.max(drawn, situation.afterMs ?? 0);
  const untilMs = situation.nowMs + Math.round(wait);
  if (untilMs - situation.firstTriedAtMs > policy.giveUpAfterMs) return { kind: 'give_up' };
  return { kind: 'wait', untilMs };
}
