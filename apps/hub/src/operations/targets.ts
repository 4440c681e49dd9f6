import type { TargetHold, TargetState } from '@trunkline/gateway';
import { readServers, TargetDesk, type TargetRow, type WaitingCount } from '@trunkline/journal';
import type { Pool } from 'pg';
import { limitsOf } from '../composition/limits.ts';
import type { Configuration } from '../configuration/schema.ts';

type Limited = Pick<Configuration, 'limits'>;

/** The targets for people: what the nodes and people say of each, and what waits. */
export class TargetOverview {
  readonly #pool: Pool;
  readonly #desk: TargetDesk;
  readonly #configuration: Limited;

  constructor(pool: Pool, configuration: Limited) {
    this.#pool = pool;
    this.#configuration = configuration;
    const timezones = Object.keys(configuration.limits ?? {}).flatMap((system): [string, string][] => {
      const { dailyBudget } = limitsOf(configuration, system);
      return dailyBudget === undefined ? [] : [[system, dailyBudget.timezone]];
    });
    this.#desk = new TargetDesk(pool, new Map(timezones));
  }

  get desk(): TargetDesk {
    return this.#desk;
  }

  async list({ targets: counts, countedAt }: WaitingCount): Promise<readonly TargetState[]> {
    const [listed, servers] = await Promise.all([this.#desk.list(), readServers(this.#pool)]);
    const rows = new Map(listed.map((row) => [row.target, row]));
    return [...new Set([...rows.keys(), ...counts.keys()])].sort().map((system) => {
      const row = rows.get(system);
      const server = servers.get(system);
      const hold = row === undefined ? undefined : this.#holdOf(row);
      return {
        system,
        ...(server === undefined ? {} : { server }),
        ...(hold === undefined ? {} : { hold }),
        breaker: worst(row?.nodes.map(({ breaker }) => breaker) ?? []),
        waiting: counts.get(system)?.waiting ?? 0,
        parked: counts.get(system)?.parked ?? 0,
        ...(countedAt === undefined ? {} : { countedAt: countedAt.toISOString() }),
        limits: this.#limitsOf(system, row),
        nodes: row?.nodes.map(({ node, slots, breaker }) => ({ node, calls: slots, breaker })) ?? [],
      };
    });
  }

  #holdOf(row: TargetRow): TargetHold | undefined {
    if (row.pausedAt !== null)
      return {
        by: 'person',
        ...(row.pausedBy === null ? {} : { who: row.pausedBy }),
        reason: row.pauseReason ?? '',
        since: row.pausedAt.toISOString(),
      };
    if (row.refused !== undefined)
      return {
        by: 'login',
        reason: row.refused.words,
        since: row.refused.at.toISOString(),
        until: row.refused.triedNextAt.toISOString(),
      };
    if (row.heldUntil !== null)
      return {
        by: 'target',
        reason: row.heldReason ?? 'It asked for a pause.',
        until: row.heldUntil.toISOString(),
      };
    const { dailyBudget } = limitsOf(this.#configuration, row.target);
    if (dailyBudget === undefined || row.budgetUsed < dailyBudget.calls) return undefined;
    const day = `its day in ${dailyBudget.timezone} ends`;
    return {
      by: 'budget',
      reason: `All ${dailyBudget.calls} calls of the day are used; it goes on when ${day}.`,
    };
  }

  #limitsOf(system: string, row: TargetRow | undefined): TargetState['limits'] {
    const { concurrency, rate, dailyBudget } = limitsOf(this.#configuration, system);
    const written = this.#configuration.limits?.[system]?.rate;
    return {
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(rate === undefined || written === undefined ? {} : { rate: written, burst: rate.burst }),
      ...(dailyBudget === undefined
        ? {}
        : { dailyBudget: { calls: dailyBudget.calls, used: row?.budgetUsed ?? 0 } }),
    };
  }
}

function worst(breakers: readonly string[]): TargetState['breaker'] {
  return (['open', 'half_open'] as const).find((state) => breakers.includes(state)) ?? 'closed';
}
