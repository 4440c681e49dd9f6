/** When a target counts as down, by failure rate and volume over a sliding window. */
export interface BreakerPolicy {
  readonly windowMs: number;
  /** Fewer results than this in the window prove nothing. */
  readonly minimumVolume: number;
  /** In (0, 1]. */
  readonly failureRate: number;
  /** How long an open breaker waits before it lets one probe through; doubles with each failed probe. */
  readonly coolDownMs: number;
  readonly maxCoolDownMs: number;
}

export const DEFAULT_BREAKER: BreakerPolicy = {
  windowMs: 10_000,
  minimumVolume: 5,
  failureRate: 0.5,
  coolDownMs: 500,
  // One probe of all nodes together: a target that is down is asked six times a minute, and one that is back waits ten seconds at most.
  maxCoolDownMs: 10_000,
};

/**
 * After one refused login, which proves enough. Asked slowly: systems lock accounts that try often, and a person is at it for minutes; a
 * resume by hand, or the start of a node, is the quick way.
 */
export const REFUSED_LOGIN: BreakerPolicy = {
  windowMs: 0,
  minimumVolume: 1,
  failureRate: 1,
  coolDownMs: 30_000,
  maxCoolDownMs: 900_000,
};

export type Breaker =
  | {
      readonly state: 'closed';
      readonly results: readonly { readonly atMs: number; readonly failed: boolean }[];
    }
  | { readonly state: 'open'; readonly untilMs: number; readonly coolDownMs: number }
  | { readonly state: 'half_open'; readonly coolDownMs: number };

export const CLOSED_BREAKER: Breaker = { state: 'closed', results: [] };

/** Bounds the window's memory; at more than this many results in a window the oldest go first. */
const MAX_RESULTS = 200;

/** Asks whether a call may go now. An open breaker past its time becomes half-open and admits one probe. */
export function admit(
  breaker: Breaker,
  nowMs: number,
): { readonly admitted: boolean; readonly breaker: Breaker } {
  switch (breaker.state) {
    case 'closed':
      return { admitted: true, breaker };
    case 'half_open':
      return { admitted: false, breaker };
    case 'open':
      if (nowMs < breaker.untilMs) return { admitted: false, breaker };
      return { admitted: true, breaker: { state: 'half_open', coolDownMs: breaker.coolDownMs } };
  }
}

/** Takes a call's result in. Only failures of the target count (retry, unknown); a rejection is an answer and counts as a success. */
export function record(policy: BreakerPolicy, breaker: Breaker, failed: boolean, nowMs: number): Breaker {
  switch (breaker.state) {
    case 'open':
      return breaker;
    case 'half_open': {
      if (!failed) return CLOSED_BREAKER;
      // At least the policy's first: the probe of a target that was down may be what finds the login refused.
      const coolDownMs = Math.min(policy.maxCoolDownMs, Math.max(policy.coolDownMs, breaker.coolDownMs * 2));
      return { state: 'open', untilMs: nowMs + coolDownMs, coolDownMs };
    }
    case 'closed': {
      const fresh = breaker.results.filter((result) => nowMs - result.atMs < policy.windowMs);
      const results = [...fresh, { atMs: nowMs, failed }].slice(-MAX_RESULTS);
      const failures = results.filter((result) => result.failed).length;
      if (
        failed &&
        results.length >= policy.minimumVolume &&
        failures / results.length >= policy.failureRate
      ) {
        return { state: 'open', untilMs: nowMs + policy.coolDownMs, coolDownMs: policy.coolDownMs };
      }
      return { state: 'closed', results };
    }
  }
}
