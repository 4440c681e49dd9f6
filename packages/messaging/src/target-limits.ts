/** What a target can bear, over all nodes together. */
export interface TargetLimits {
  /** Calls at once. Absent: as its connector says. */
  readonly concurrency?: number;
  readonly rate?: {
    /** Calls, on the average. */
    readonly perSecond: number;
    /** Calls at once after a pause. */
    readonly burst: number;
  };
  readonly dailyBudget?: {
    /** Calls that the hub may make in one of the target's days. */
    readonly calls: number;
    /** IANA name: where the target's day begins. */
    readonly timezone: string;
  };
}

/** How many calls a node takes at once, to use them without asking: a quarter of a second's, and what a node that dies loses. */
export function tokenChunk({ rate, dailyBudget }: TargetLimits): number {
  const ofRate = rate === undefined ? 20 : Math.max(1, Math.min(rate.burst, Math.ceil(rate.perSecond / 4)));
  return dailyBudget === undefined
    ? ofRate
    : Math.max(1, Math.min(ofRate, Math.floor(dailyBudget.calls / 100)));
}
