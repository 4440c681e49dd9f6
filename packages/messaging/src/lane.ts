import type { IncomingMessage } from './message.ts';

/** Lanes for what must not get in anybody's way: what is done again, and what comes in bulk. */
export const REPLAY_LANE = 'replay';
export const BATCH_LANE = 'batch';

/** Stands between a lane's name and its segment, e.g. `crm/eu`. */
const SEGMENT_MARK = '/';

/** The lane of a message: the one that it was given, else that of the system that it came from. */
export function laneOf(message: Pick<IncomingMessage, 'lane' | 'source'>): string {
  return message.lane ?? message.source;
}

/** A lane's part for one segment (region, business unit). */
export function laneInSegment(lane: string, segment: string | undefined): string {
  return segment === undefined ? lane : `${lane}${SEGMENT_MARK}${segment}`;
}

/** The segment that a lane is in. */
export function segmentOf(lane: string): string | undefined {
  return lane.split(SEGMENT_MARK)[1];
}

export interface LanePolicy {
  /** Its share against other lanes that have a backlog. */
  readonly weight: number;
  /** Partitions of a node that work it at once, and calls of a node to one target, at most. Absent: no limit of its own. */
  readonly concurrency?: number;
  /** Never protected from others' backlog, and gives way to every other lane even without a backlog of its own. */
  readonly bulk: boolean;
}

const BULK: LanePolicy = { weight: 0.25, concurrency: 1, bulk: true };
const LIVE: LanePolicy = { weight: 1, bulk: false };

/** A lane's policy: as configured for it with its segment, for its name, or by what kind of lane it is. */
export function lanePolicy(lane: string, configured: ReadonlyMap<string, Partial<LanePolicy>>): LanePolicy {
  const name = lane.split(SEGMENT_MARK)[0] ?? lane;
  const fallback = name === REPLAY_LANE || name === BATCH_LANE ? BULK : LIVE;
  return { ...fallback, ...configured.get(name), ...configured.get(lane) };
}
