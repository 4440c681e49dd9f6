import { setTimeout as pause } from 'node:timers/promises';
import type { DemandOrder } from '../demand/demand.ts';
import { standingNow, type Systems } from './books.ts';
import type { Progress } from './progress.ts';

const TICK_MS = 500;

/** Wins `rate` deals a second, from the first that the CRM does not have yet, until it is told to stop. */
export async function runStream(
  systems: Systems,
  orderAt: (index: number) => DemandOrder | undefined,
  rate: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  let next = (await systems.crm.summary()).won;
  let due = 1;
  while (!signal.aborted) {
    const slice: DemandOrder[] = [];
    for (; due >= 1; due -= 1) {
      const order = orderAt(next);
      if (order === undefined) break;
      slice.push(order);
      next += 1;
    }
    if (slice.length > 0) await systems.crm.winDeals(slice);
    progress.show(await standingNow(systems));
    await pause(TICK_MS, undefined, { signal }).catch(() => undefined);
    due += (rate * TICK_MS) / 1000;
  }
}
