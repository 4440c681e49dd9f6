import type { IncomingMessage } from './message.ts';

/** Lanes that exist for what must not get in anybody's way: what is done again, and what comes in bulk. */
export const REPLAY_LANE = 'replay';
export const BATCH_LANE = 'batch';

/** The lane of a message: the one that it was given, else that of the system that it came from. */
export function laneOf(message: Pick<IncomingMessage, 'lane' | 'source'>): string {
  return message.lane ?? message.source;
}
