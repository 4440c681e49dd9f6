import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../apps/hub/src/demo/demand/random.ts';
import type { DemandOrder } from '../../apps/hub/src/demo/demand/demand.ts';
import { standingNow } from '../../apps/hub/src/demo/run/books.ts';
import { ChaosLandscape } from './chaos-landscape.ts';
import { chaosDemand, seedMasters } from './demand.ts';
import { disturbProcesses } from './process-faults.ts';
import { type Faults, faultsOf } from './report.ts';
import { calmSystem, disturbSystem, injectedBy, systemsOf } from './system-faults.ts';
import { isClean, isQuiet, judge, type Verdict } from './verdict.ts';

export interface ChaosPlan {
  readonly seed: number;
  /** How long faults are injected. */
  readonly minutes: number;
  readonly orders: number;
  readonly nodes: number;
  readonly say: (sentence: string) => void;
}

export interface ChaosResult {
  readonly verdict: Verdict;
  readonly faults: Faults;
  /** Nodes that ended although nobody asked. */
  readonly unexpected: readonly string[];
  /** From the last fault to rest. */
  readonly settledInSeconds: number;
  readonly passed: boolean;
}

const TICK_MS = 500;
const SAY_EVERY_MS = 5000;
/** Selling ends before the faults do, so that the last orders meet them as well. */
const SELLING_SHARE = 0.85;
/** Longer than every wait of the hub (10 s of a breaker, 15 s of a poll) with some of them after one another. */
const SETTLE_WITHIN_MS = 240_000;
/** The clock of every node but the first. */
const CLOCK_SHIFT_MS = 7 * 60_000;

/**
 * Orders flow through a whole landscape while everything around and below the hub fails by a script that the seed makes; then all faults
 * end, the landscape comes to rest, and what its systems hold is counted. The script is the seed's; how it meets the work is the
 * machine's, so two runs of one seed are alike and not the same.
 */
export async function runChaos({ seed, minutes, orders, nodes, say }: ChaosPlan): Promise<ChaosResult> {
  const chaos = await ChaosLandscape.start({ seed, nodes, clockShiftMs: CLOCK_SHIFT_MS, say });
  let clean = false;
  try {
    const demand = chaosDemand(orders, seed);
    await Promise.all([seedMasters(chaos.systems, demand, seed), chaos.startNodes()]);
    const processFaults: Record<string, number> = {};
    const count = (kind: string) => {
      processFaults[kind] = (processFaults[kind] ?? 0) + 1;
    };
    const faultMs = minutes * 60_000;
    const over = AbortSignal.timeout(faultMs);
    const systems = systemsOf(chaos.landscape.addresses);
    const watching = watch(chaos, over, say);
    await Promise.all([
      ...systems.map((system, at) =>
        disturbSystem(system, new Random(seed * 31 + at), {
          longestSeconds: minutes < 2 ? 5 : 25,
          signal: over,
          onEpisode: (name, episode) => {
            if (episode === 'slow') count('slowSpell');
            if (episode.endsWith('own')) say(`${name} is ${episode}`);
          },
        }),
      ),
      disturbProcesses(chaos, new Random(seed * 31 + 17), {
        meanGapSeconds: minutes < 2 ? 4 : 7,
        signal: over,
        onFault: (fault, what) => {
          count(fault);
          say(`${fault}: ${what}`);
        },
      }),
      sell(chaos, demand.orders, faultMs * SELLING_SHARE),
      watching,
    ]);
    const injected = await Promise.all(systems.map(injectedBy));
    await Promise.all(systems.map(calmSystem));
    say('The faults have ended; waiting until nothing moves.');
    const settledInSeconds = await settle(chaos, orders, say);
    const verdict = await judge(chaos);
    const unexpected = chaos.nodes.flatMap((node) => node.unexpected);
    clean = isClean(verdict) && verdict.orders === orders && unexpected.length === 0;
    return {
      verdict,
      faults: faultsOf([...injected, processFaults]),
      unexpected,
      settledInSeconds,
      passed: clean,
    };
  } finally {
    if (!clean) say(`What the run left is in ${chaos.path}.`);
    await chaos.stop(!clean);
  }
}

/** Wins the deals evenly over the time. */
async function sell(chaos: ChaosLandscape, orders: readonly DemandOrder[], withinMs: number): Promise<void> {
  const startedAt = performance.now();
  for (let sold = 0; sold < orders.length; ) {
    const due = Math.min(
      orders.length,
      Math.ceil((orders.length * (performance.now() - startedAt)) / withinMs),
    );
    if (due > sold) await chaos.systems.crm.winDeals(orders.slice(sold, due));
    sold = Math.max(sold, due);
    await pause(TICK_MS);
  }
}

async function watch(
  chaos: ChaosLandscape,
  over: AbortSignal,
  say: (sentence: string) => void,
): Promise<void> {
  while (!over.aborted) {
    const standing = await standingNow(chaos.systems);
    const up = chaos.nodes.filter((node) => node.up).map(({ name }) => name);
    say(
      `${standing.won} deals won, ${JSON.stringify(standing.byStatus)}, ${standing.warehouse.shipments} shipments; nodes up: ${up.join(', ') || 'none'}`,
    );
    await pause(SAY_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
}

/** Seconds until rest, or until it is given up. */
async function settle(
  chaos: ChaosLandscape,
  orders: number,
  say: (sentence: string) => void,
): Promise<number> {
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  while (elapsedMs() < SETTLE_WITHIN_MS) {
    if (await isQuiet(chaos, orders)) break;
    await pause(1000);
  }
  const seconds = Math.round(elapsedMs() / 100) / 10;
  say(`${elapsedMs() < SETTLE_WITHIN_MS ? 'At rest' : 'Given up'} after ${seconds} s.`);
  return seconds;
}
