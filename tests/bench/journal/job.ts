import type { BenchEvent, Kind } from './contestant.ts';

const KEYS = 2000;
export const BATCH = 1000;
/** Calls under way at once while events are accepted in batches. More would put two events of one key on their way at once. */
export const BATCHES_AT_ONCE = KEYS / BATCH;
/** Accepted before the measurement, each key once: connections, prepared statements and compiled code are there by then. */
export const WARM_UP = 2000;
export const SINGLES = 2000;
export const SINGLES_AT_ONCE = 64;
export const LATENCY_EVENTS = 300;
export const LATENCY_INTERVAL_MS = 20;
const PAD = 'x'.repeat(950);

export interface Job {
  readonly contestant: string;
  readonly events: number;
  readonly kind: Kind;
}

/** Each key in turn; `from` is the place of the first. */
export function eventsOf(prefix: string, count: number, from = 0): BenchEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${prefix}${i}`,
    key: `key-${i % KEYS}`,
    place: from + i,
    pad: PAD,
  }));
}

/** A thousand at a time, in order. */
export function inBatches<T>(
  items: readonly T[],
  send: (batch: readonly T[]) => Promise<unknown>,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) =>
    items.slice(i * BATCH, (i + 1) * BATCH),
  );
  return atOnce(batches, BATCHES_AT_ONCE, send);
}

export async function atOnce<T>(
  items: readonly T[],
  lanes: number,
  send: (item: T) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let i = lane; i < items.length; i += lanes) {
        const item = items[i];
        if (item !== undefined) await send(item);
      }
    }),
  );
}
