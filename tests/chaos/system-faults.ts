import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../apps/hub/src/demo/demand/random.ts';
import { fetchJson } from '../../apps/hub/src/demo/systems/http.ts';
import type { Addresses } from '../../apps/hub/src/demo/landscape/configuration.ts';

type Rule = Readonly<Record<string, unknown>>;
type SystemKind = 'crm' | 'erp' | 'warehouse';

/** What goes wrong all the time, a little. */
const BACKGROUND: Readonly<Record<SystemKind, Rule>> = {
  crm: { failRate: 0.03, dropAfterCommitRate: 0.06, lockRowRate: 0.03 },
  erp: { failRate: 0.03, dropAfterCommitRate: 0.05, serializationFailRate: 0.03 },
  warehouse: { failRate: 0.03, dropAfterCommitRate: 0.08, duplicateRate: 0.15, outOfOrderRate: 0.15 },
};

interface Episode {
  readonly name: string;
  readonly weight: number;
  /** Longest, in seconds; the shortest is a quarter of it. */
  readonly seconds: number;
  readonly rule: Rule;
}

/** What goes wrong for a while, one at a time in each system. */
const EPISODES: readonly Episode[] = [
  { name: 'errors', weight: 3, seconds: 3, rule: { failRate: 0.5 } },
  { name: 'rateLimit', weight: 3, seconds: 3, rule: { rateLimit: { perSecond: 3 } } },
  { name: 'cuts', weight: 4, seconds: 4, rule: { dropAfterCommitRate: 0.35 } },
  { name: 'slow', weight: 2, seconds: 5, rule: { latencyMs: 400 } },
  { name: 'down', weight: 1, seconds: 3, rule: { down: true } },
  { name: 'longDown', weight: 1, seconds: 25, rule: { down: true } },
];

export interface SystemUnderFaults {
  readonly name: string;
  readonly kind: SystemKind;
  readonly url: string;
}

export function systemsOf({ crm, erp, warehouses }: Addresses): readonly SystemUnderFaults[] {
  return [
    { name: 'crm', kind: 'crm', url: crm },
    { name: 'erp', kind: 'erp', url: erp.url },
    ...Object.entries(warehouses).map(([name, url]) => ({ name, kind: 'warehouse' as const, url })),
  ];
}

export function setRule({ url }: SystemUnderFaults, rule: Rule): Promise<unknown> {
  return fetchJson({ method: 'POST', url: `${url}/_sim/faults`, json: rule });
}

export function calmSystem({ url }: SystemUnderFaults): Promise<unknown> {
  return fetchJson({ method: 'DELETE', url: `${url}/_sim/faults` });
}

/** How many faults the system has injected since its start, by kind. */
export async function injectedBy({ url }: SystemUnderFaults): Promise<Readonly<Record<string, number>>> {
  const { injected } = await fetchJson<{ injected: Record<string, number> }>({
    method: 'GET',
    url: `${url}/_sim/calls`,
  });
  return injected;
}

/** One episode after another until it is told to stop, which leaves the last rule in force. `longest` bounds an episode, in seconds. */
export async function disturbSystem(
  system: SystemUnderFaults,
  random: Random,
  {
    longestSeconds,
    signal,
    onEpisode,
  }: {
    readonly longestSeconds: number;
    readonly signal: AbortSignal;
    readonly onEpisode: (system: string, episode: string) => void;
  },
): Promise<void> {
  const rule = (more: Rule): Rule => ({
    ...BACKGROUND[system.kind],
    ...more,
    seed: random.below(2 ** 31),
  });
  const wait = (seconds: number) => pause(seconds * 1000, undefined, { signal });
  const episodes = EPISODES.filter(({ seconds }) => seconds <= longestSeconds);
  try {
    for (;;) {
      await setRule(system, rule({}));
      await wait(1 + random.next() * 4);
      const episode = drawn(episodes, random);
      onEpisode(system.name, episode.name);
      await setRule(system, rule(episode.rule));
      await wait(episode.seconds * (0.25 + 0.75 * random.next()));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function drawn(episodes: readonly Episode[], random: Random): Episode {
  let left = random.below(episodes.reduce((sum, { weight }) => sum + weight, 0));
  for (const episode of episodes) {
    left -= episode.weight;
    if (left < 0) return episode;
  }
  throw new Error('There is no episode to draw.');
}
