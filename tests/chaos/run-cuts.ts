import { setTimeout as pause } from 'node:timers/promises';
import { ended } from '../../apps/hub/src/demo/run/progress.ts';
import { standingNow } from '../../apps/hub/src/demo/run/books.ts';
import { ChaosLandscape } from './chaos-landscape.ts';
import { chaosDemand, seedMasters } from './demand.ts';
import { type Faults, faultsOf } from './report.ts';
import { calmSystem, injectedBy, setRule, type SystemUnderFaults, systemsOf } from './system-faults.ts';
import { isClean, isQuiet, judge, type Verdict } from './verdict.ts';

export interface CutsPlan {
  readonly seed: number;
  readonly cuts: number;
  readonly say: (sentence: string) => void;
}

export interface CutsResult {
  readonly verdict: Verdict;
  readonly faults: Faults;
  /** Answers that were cut after their commit, by system. */
  readonly cuts: Readonly<Record<string, number>>;
  readonly passed: boolean;
}

/** Of ten cuts, about as the calls that write are shared. */
const SHARES: Readonly<Record<string, number>> = { crm: 4.4, erp: 3.6, DAL: 1.2, RNO: 0.8 };

/** The calls that write. */
const WRITES: Readonly<Record<SystemUnderFaults['kind'], unknown>> = {
  crm: 'PATCH /services',
  erp: { method: ['load', 'write', 'action_confirm', 'button_validate', 'action_cancel'] },
  warehouse: 'POST /v1/releases',
};

/**
 * Of the calls. Below the breaker's half of the tries, an order being three calls to Odoo: were every one cut, the hub would rightly leave
 * the system alone for ever longer. How many are cut does not depend on it, because orders are sold until all are. Warehouses are
 * called so seldom that the look-ups after a cut make the half.
 */
const CUT_RATES: Readonly<Record<SystemUnderFaults['kind'], number>> = {
  crm: 0.4,
  erp: 0.15,
  warehouse: 0.8,
};

/** So few at once that most calls carry one order: a cut then meets each kind of call, and not one large batch. */
const IN_FLIGHT = 24;
/** A bound for a run in which nothing is cut any more. */
const MOST_ORDERS_PER_CUT = 3;
const TICK_MS = 60;
const SETTLE_WITHIN_MS = 120_000;

/**
 * Cuts answers to calls that write, after their commit, until exactly so many were cut; orders are sold as long as that takes. Then
 * every order must stand once and whole in all systems.
 */
export async function runCuts({ seed, cuts, say }: CutsPlan): Promise<CutsResult> {
  const chaos = await ChaosLandscape.start({ seed, nodes: 1, say });
  let clean = false;
  try {
    const demand = chaosDemand(MOST_ORDERS_PER_CUT * cuts, seed);
    await Promise.all([seedMasters(chaos.systems, demand, seed), chaos.startNodes()]);
    const systems = systemsOf(chaos.landscape.addresses);
    const wanted = sharesOf(systems, cuts);
    for (const system of systems) {
      const count = wanted.get(system.name) ?? 0;
      if (count > 0)
        await setRule(system, {
          dropAfterCommitRate: CUT_RATES[system.kind],
          count,
          only: WRITES[system.kind],
          seed,
        });
    }
    const sold = await sellUntilCut(chaos, demand.orders, systems, wanted, say);
    const injected = await Promise.all(systems.map(injectedBy));
    await Promise.all(systems.map(calmSystem));
    await settle(chaos, sold);
    const verdict = await judge(chaos);
    const made = Object.fromEntries(
      systems.map(({ name }, at) => [name, injected[at]?.['dropAfterCommit'] ?? 0]),
    );
    const faults = faultsOf(injected);
    clean = isClean(verdict) && verdict.orders === sold && faults.byKind['dropAfterCommit'] === cuts;
    return { verdict, faults, cuts: made, passed: clean };
  } finally {
    if (!clean) say(`What the run left is in ${chaos.path}.`);
    await chaos.stop(!clean);
  }
}

function sharesOf(systems: readonly SystemUnderFaults[], cuts: number): ReadonlyMap<string, number> {
  const shares = new Map(systems.map(({ name }) => [name, Math.floor((cuts * (SHARES[name] ?? 0)) / 10)]));
  const given = [...shares.values()].reduce((sum, n) => sum + n, 0);
  shares.set('erp', (shares.get('erp') ?? 0) + cuts - given);
  return shares;
}

/** @returns how many orders it took */
async function sellUntilCut(
  chaos: ChaosLandscape,
  orders: Parameters<ChaosLandscape['systems']['crm']['winDeals']>[0],
  systems: readonly SystemUnderFaults[],
  wanted: ReadonlyMap<string, number>,
  say: (sentence: string) => void,
): Promise<number> {
  let sold = 0;
  let saidAt = 0;
  for (;;) {
    const injected = await Promise.all(systems.map(injectedBy));
    const cut = injected.map((counts) => counts['dropAfterCommit'] ?? 0);
    if (systems.every(({ name }, at) => (cut[at] ?? 0) >= (wanted.get(name) ?? 0))) return sold;
    const standing = await standingNow(chaos.systems);
    const inFlight = standing.won - ended(standing);
    if (inFlight < IN_FLIGHT) {
      const next = orders.slice(sold, sold + 1);
      if (next.length === 0)
        throw new Error(`All ${sold} orders are sold, and only ${cut.join(', ')} answers were cut.`);
      await chaos.systems.crm.winDeals(next);
      sold += next.length;
    }
    if (performance.now() - saidAt > 5000) {
      saidAt = performance.now();
      say(
        `${systems.map(({ name }, at) => `${name} ${cut[at]} of ${wanted.get(name)}`).join(', ')} answers cut; ${sold} orders sold`,
      );
    }
    await pause(TICK_MS);
  }
}

async function settle(chaos: ChaosLandscape, orders: number): Promise<void> {
  const deadline = performance.now() + SETTLE_WITHIN_MS;
  while (performance.now() < deadline && !(await isQuiet(chaos, orders))) await pause(500);
}
