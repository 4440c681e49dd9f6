import type { Overview } from '@trunkline/gateway';

/** One that a person paused, for the overview. */
export function pausedTarget(since: string): Overview['targets'][number] {
  const hold = { by: 'person' as const, who: 'ada', reason: 'stocktaking', since };
  return { system: 'tulsa', breaker: 'closed', waiting: 5, parked: 0, hold };
}

/** The acts on targets, which the console does not offer. */
export class ScriptedTargets {
  async targets() {
    return [];
  }

  async pauseTarget() {
    return false;
  }

  async resumeTarget() {
    return false;
  }
}
