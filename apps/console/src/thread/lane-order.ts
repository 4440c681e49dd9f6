import type { ThreadStep } from '../api/contract.ts';

/** A step and where it stands: `lane` counts from 0, `from` is the lane of the step before it. */
export interface PlacedStep {
  readonly step: ThreadStep;
  readonly lane: number;
  readonly from: number | undefined;
}

export interface LaneOrder {
  readonly lanes: readonly string[];
  readonly placed: readonly PlacedStep[];
}

const HUB = 'hub';

/** A lane per system as they enter the thread; the hub stands second, between where the order came from and where it goes. */
export function orderLanes(steps: readonly ThreadStep[]): LaneOrder {
  const systems = [...new Set(steps.map(({ system }) => system))];
  const others = systems.filter((system) => system !== HUB);
  const lanes = systems.includes(HUB) ? [...others.slice(0, 1), HUB, ...others.slice(1)] : others;
  const inTime = steps.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const placed = inTime.map((step, index) => {
    const before = inTime[index - 1];
    return {
      step,
      lane: lanes.indexOf(step.system),
      from: before === undefined ? undefined : lanes.indexOf(before.system),
    };
  });
  return { lanes, placed };
}
