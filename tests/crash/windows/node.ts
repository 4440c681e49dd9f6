import { CaseWorker, Engine, migrate, openDatabase } from '@trunkline/journal';
import type { Pool } from 'pg';
import { PollingConsumer } from '../../../apps/hub/src/composition/polling.ts';
import { BooksTarget, shopPoller } from './books.ts';
import { bookkeeping } from './workload.ts';

export const PARTITIONS = 2;
const FAST_RETRY = { baseMs: 20, maxMs: 100, giveUpAfterMs: 20_000 };

export interface RunningNode {
  readonly pool: Pool;
  readonly engine: Engine;
  stop(): Promise<void>;
}

/** One node as the hub puts it together, on the given pool: schema, engine, acts on many, poller. */
export async function startNode(
  pool: Pool,
  booksUrl: string,
  onError: (error: unknown) => void,
): Promise<RunningNode> {
  const partitions = await migrate(pool, PARTITIONS);
  const engine = new Engine({
    pool,
    partitions,
    process: bookkeeping,
    leaseSeconds: 2,
    targets: new Map([['books', { target: new BooksTarget(booksUrl), policy: { retry: FAST_RETRY } }]]),
    onError,
  });
  await engine.start();
  const worker = new CaseWorker({ pool, judgeEdit: () => [], onError });
  worker.start();
  const poller = new PollingConsumer({
    system: 'shop',
    poller: shopPoller(booksUrl),
    cursors: engine.intake,
    mine: () => engine.owns('shop/pages'),
    onError,
  });
  poller.start();
  return {
    pool,
    engine,
    async stop() {
      await Promise.all([poller.stop(), worker.stop()]);
      await engine.stop();
    },
  };
}

export function openPool(url: string): Pool {
  return openDatabase({ url, poolSize: 8 });
}
