import { dayOf, readSlices, Retention, type SizedSlice } from '@trunkline/journal';
import type { HealthCheck } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { retentionPolicy } from '../composition/retention.ts';
import type { Configuration } from '../configuration/schema.ts';

/** How large the history is, and when the next of it goes; ill when nobody makes slices for the days to come. */
export async function historyFindings(
  configuration: Configuration,
  pool: Pool,
  onDay?: number,
): Promise<readonly HealthCheck[]> {
  const retention = new Retention(pool, retentionPolicy(configuration));
  const slices = await readSlices(pool);
  const today = onDay ?? (await dayOf(pool));
  const sizes = [...Map.groupBy(slices, (slice) => slice.table)]
    .map(([table, own]) => ({ table, bytes: sum(own), many: own.length }))
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ table, bytes, many }) => `${table} ${size(bytes)} in ${many}`);
  const next = slices
    .map((slice) => ({ slice, day: retention.goesOn(slice) }))
    .sort((a, b) => a.day - b.day)[0];
  const latest = Math.min(
    ...[...Map.groupBy(slices, (slice) => `${slice.table} ${slice.class}`).values()].map((own) =>
      Math.max(...own.map((slice) => slice.to)),
    ),
  );
  return [
    {
      name: 'history',
      ok: true,
      detail: `${size(sum(slices))} in ${slices.length} slices: ${sizes.join(', ')}. ${
        next === undefined
          ? 'Nothing is to go.'
          : `Next to go, on ${date(Math.max(next.day, today))}: ${next.slice.name}.`
      }`,
    },
    ...(latest > today
      ? []
      : [
          {
            name: 'slices',
            ok: false,
            detail: `No slice was made for the days after ${date(latest)}: history grows in the last one, and nothing of it goes.`,
            remedy:
              'The hourly job "retention" makes them: start a node with the role scheduler, and look at its log.',
          },
        ]),
  ];
}

function sum(slices: readonly SizedSlice[]): number {
  return slices.reduce((bytes, slice) => bytes + slice.bytes, 0);
}

function size(bytes: number): string {
  if (bytes < 10 * 1024 ** 2) return `${(bytes / 1024).toFixed(0)} KiB`;
  return bytes < 10 * 1024 ** 3
    ? `${(bytes / 1024 ** 2).toFixed(0)} MiB`
    : `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

function date(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
