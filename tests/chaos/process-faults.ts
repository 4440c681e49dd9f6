import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../apps/hub/src/demo/demand/random.ts';
import type { ChaosLandscape } from './chaos-landscape.ts';

export type ProcessFault = 'nodeKilled' | 'nodeSuspended' | 'nodeRestarted' | 'databaseKilled';

/** A lease lives 5 s: who sleeps longer is taken for dead and must be fenced when it wakes. */
const SUSPENDED_SECONDS = 6.5;

/**
 * Ends processes one after the other. Every kind comes once before any comes twice, in the seed's order, so that a short run has them
 * all. A single node is never suspended: nobody would be there to take it for dead.
 */
export async function disturbProcesses(
  chaos: ChaosLandscape,
  random: Random,
  {
    meanGapSeconds,
    signal,
    onFault,
  }: {
    readonly meanGapSeconds: number;
    readonly signal: AbortSignal;
    readonly onFault: (fault: ProcessFault, what: string) => void;
  },
): Promise<void> {
  const kinds: ProcessFault[] = ['nodeKilled', 'databaseKilled', 'nodeRestarted'];
  if (chaos.nodes.length > 1) kinds.push('nodeSuspended');
  let bag: ProcessFault[] = [];
  const wait = (seconds: number) => pause(seconds * 1000, undefined, { signal });
  try {
    for (;;) {
      await wait(meanGapSeconds * (0.5 + random.next()));
      if (bag.length === 0) bag = shuffled(kinds, random);
      await inject(bag.pop() ?? 'nodeKilled');
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }

  async function inject(fault: ProcessFault): Promise<void> {
    const at = random.below(chaos.nodes.length);
    const downForMs = 200 + random.below(2500);
    const up = chaos.nodes.filter((node) => node.up);
    const node = up[at % Math.max(1, up.length)];
    if (fault === 'databaseKilled') {
      onFault(fault, `database, down for ${downForMs} ms`);
      await chaos.killDatabase(downForMs);
    } else if (node !== undefined) {
      onFault(fault, node.name);
      if (fault === 'nodeKilled') await node.kill(downForMs);
      else if (fault === 'nodeRestarted') await node.restart(downForMs);
      else {
        node.suspend();
        await wait(SUSPENDED_SECONDS).finally(() => node.resume());
      }
    }
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(random.below(left.length), 1));
  return drawn;
}
