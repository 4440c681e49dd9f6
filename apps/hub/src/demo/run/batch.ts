import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../accounting/account.ts';
import { passed } from '../accounting/report.ts';
import type { DemandOrder } from '../demand/demand.ts';
import { accountNow, type Standing, standingNow, type Systems } from './books.ts';
import { ended, type Progress } from './progress.ts';

/** At least; a look costs the systems time, and may take a tenth of it at most. */
const LOOK_EVERY_MS = 500;
/** Without any change in any system for so long, somebody is stuck. */
const PATIENCE_MS = 60_000;
const LARGEST_SLICE_ORDERS = 200;
const LARGEST_SLICE_LINES = 2000;

export interface BatchResult {
  readonly account: Account;
  /** From the first deal to the last change in any system. */
  readonly seconds: number;
  /** Nothing moved any more before all was done. */
  readonly stalled: boolean;
}

/** Wins the deals while the hub already works on the first ones, then watches until every order has its end. */
export async function runBatch(
  systems: Systems,
  orders: readonly DemandOrder[],
  progress: Progress,
  signal: AbortSignal,
): Promise<BatchResult> {
  const startedAt = performance.now();
  const selling = winDeals(systems, orders, signal);
  // Its failure is seen at the await below; until then it must not count as unhandled.
  selling.catch(() => undefined);
  const watched = await watch(systems, orders.length, progress, signal, selling);
  await selling;
  return { ...watched, seconds: (watched.changedAt - startedAt) / 1000 };
}

async function winDeals(
  { crm }: Systems,
  orders: readonly DemandOrder[],
  signal: AbortSignal,
): Promise<void> {
  for (const slice of growingSlices(orders)) {
    signal.throwIfAborted();
    await crm.winDeals(slice);
  }
}

/** 1, 2, 4, ... orders, bounded in orders and in lines: the stream is live from the first second and no call is huge. */
export function* growingSlices(orders: readonly DemandOrder[]): Generator<readonly DemandOrder[]> {
  let size = 1;
  for (let from = 0; from < orders.length; size = Math.min(size * 2, LARGEST_SLICE_ORDERS)) {
    let to = from;
    for (let lines = 0; to < orders.length && to - from < size; to += 1) {
      lines += orders[to]?.lines.length ?? 0;
      if (lines > LARGEST_SLICE_LINES && to > from) break;
    }
    yield orders.slice(from, to);
    from = to;
  }
}

interface Watched {
  readonly account: Account;
  readonly changedAt: number;
  readonly stalled: boolean;
}

/**
 * Counting everything costs seconds on a large run, so the systems' own summaries say when it is worth it: all deals told with a
 * status that may be a last one, all releases ended and all events acknowledged.
 */
async function watch(
  systems: Systems,
  planned: number,
  progress: Progress,
  signal: AbortSignal,
  selling: Promise<void>,
): Promise<Watched> {
  let before = '';
  let changedAt = performance.now();
  let countAgainAt = 0;
  let sold = false;
  void selling.then(
    () => {
      sold = true;
    },
    () => undefined,
  );
  for (;;) {
    signal.throwIfAborted();
    const lookedAt = performance.now();
    const standing = await standingNow(systems);
    progress.show(standing, planned);
    const now = performance.now();
    const seen = JSON.stringify([
      standing.won,
      standing.byStatus,
      standing.warehouse.shipments,
      standing.warehouse.busy,
    ]);
    if (seen !== before) changedAt = now;
    before = seen;
    if (sold && looksDone(standing, planned) && now >= countAgainAt) {
      const account = await accountNow(systems);
      if (passed(account)) return { account, changedAt, stalled: false };
      countAgainAt = performance.now() + Math.max(1000, 2 * (performance.now() - now));
    }
    if (now - changedAt > PATIENCE_MS)
      return { account: await accountNow(systems), changedAt, stalled: true };
    await Promise.race([
      pause(Math.max(LOOK_EVERY_MS, 10 * (now - lookedAt)), undefined, { signal }),
      ...(sold ? [] : [failureOf(selling)]),
    ]);
  }
}

/** Never resolves; rejects when the work failed. */
function failureOf(work: Promise<void>): Promise<never> {
  return new Promise((_, reject) => {
    work.catch(reject);
  });
}

function looksDone(standing: Standing, planned: number): boolean {
  const { busy, untold } = standing.warehouse;
  return standing.won >= planned && ended(standing) >= standing.won && busy === 0 && untold === 0;
}
