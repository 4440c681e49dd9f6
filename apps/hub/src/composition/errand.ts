import type { ErrandTurn } from '@trunkline/journal';
import { SystemRefusal } from '@trunkline/messaging';

/** Waits for a turn among a system's polls; one that is not to be called now is left for the next time. */
export type Errands = (system: string, signal: AbortSignal) => Promise<ErrandTurn>;

/** For a person who asks and waits for the answer: what holds the hub's calls does not hold theirs. */
export const atOnce: Errands = () => Promise.resolve({ ended: () => undefined });

/**
 * A call beside commands and polls, in its turn; what it is refused that every call is refused holds them all. `hears` is what its answer says of
 * every call: that a refused login is taken again, unless nothing need have been asked. @throws Error with the reason when it is left for its next time
 */
export async function runErrand<T>(
  errands: Errands,
  system: string,
  signal: AbortSignal,
  call: () => Promise<T>,
  hears: (answer: T) => 'well' | SystemRefusal | undefined = () => 'well',
): Promise<T> {
  const turn = await errands(system, signal);
  if ('held' in turn) throw new Error(`It is left for its next time: ${turn.held}.`);
  let heard: 'well' | SystemRefusal | undefined;
  try {
    const answer = await call();
    heard = hears(answer);
    return answer;
  } catch (error) {
    if (error instanceof SystemRefusal) heard = error;
    throw error;
  } finally {
    turn.ended(heard);
  }
}
