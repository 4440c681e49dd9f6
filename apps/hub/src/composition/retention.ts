import {
  DEFAULT_RETENTION,
  type Retention,
  type RetentionClass,
  type RetentionPolicy,
  type ScheduledJob,
} from '@trunkline/journal';
import type { Logger } from 'pino';
import { type Configuration, durationMs } from '../configuration/schema.ts';

type FlowDays = NonNullable<NonNullable<Configuration['retention']>['flows']>;

/** What is kept together, by how its keys begin (flows/src/index.ts), with the flows that see it. A class's number is for ever. */
const KINDS: readonly (Pick<RetentionClass, 'class' | 'name' | 'prefix'> & {
  readonly flows: readonly (keyof FlowDays)[];
})[] = [
  {
    class: 1,
    name: 'order',
    prefix: 'so_',
    flows: ['order-acceptance', 'order-release', 'fulfilment-events', 'order-status'],
  },
  { class: 2, name: 'customer', prefix: 'cu_', flows: ['customer-sync'] },
  { class: 3, name: 'stock', prefix: 'st_', flows: ['inventory-adjustments'] },
];

/** Kinds that are kept as long as everything else need no class of their own: each costs as many slices again. */
export function retentionPolicy({ retention = {} }: Configuration): RetentionPolicy {
  const defaultDays = daysOf(retention.default, DEFAULT_RETENTION.defaultDays);
  const classes = KINDS.map(({ flows, ...kind }) => ({
    ...kind,
    days: Math.max(...flows.map((flow) => daysOf(retention.flows?.[flow], defaultDays))),
  }));
  return {
    defaultDays,
    classes: classes.filter(({ days }) => days !== defaultDays),
    dedupeDays: daysOf(retention.dedupe, DEFAULT_RETENTION.dedupeDays),
    auditDays: daysOf(retention.audit, DEFAULT_RETENTION.auditDays),
  };
}

function daysOf(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : durationMs(text) / durationMs('1d');
}

/** Hourly, so that ids carry their day and a slice that was being read goes soon after. */
export function retentionJob(retention: Retention, log: Logger): ScheduledJob {
  return {
    name: 'retention',
    cron: '2 * * * *',
    timezone: 'UTC',
    missed: 'catch_up',
    run: async () => {
      const report = await retention.run();
      if (report.dropped.length > 0) log.info({ dropped: report.dropped }, 'retention');
      if (report.kept.length > 0) log.info({ kept: report.kept }, 'retention: waits');
    },
  };
}
