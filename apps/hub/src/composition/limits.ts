import type { TargetLimits } from '@trunkline/messaging';
import type { LimitSettings } from '../configuration/protection.ts';
import type { Configuration } from '../configuration/schema.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** What a system bears, as the journal keeps it; a share of the target's day becomes whole calls. */
export function limitsOf({ limits }: Pick<Configuration, 'limits'>, system: string): TargetLimits {
  const { concurrency, rate, burst, dailyBudget } = limits?.[system] ?? ({} as LimitSettings);
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { rate: rateOf(rate, burst) }),
    ...(dailyBudget === undefined
      ? {}
      : {
          dailyBudget: {
            calls: Math.max(1, Math.floor((dailyBudget.calls * (dailyBudget.share ?? 100)) / 100)),
            timezone: dailyBudget.timezone ?? 'UTC',
          },
        }),
  };
}

function rateOf(rate: string, burst: number | undefined): NonNullable<TargetLimits['rate']> {
  const [, calls, unit = 's'] = /^(\d+)\/(s|m|h)$/.exec(rate) ?? [];
  const perSecond = Number(calls) / (SECONDS[unit] ?? 1);
  return { perSecond, burst: burst ?? Math.max(1, Math.ceil(perSecond)) };
}
