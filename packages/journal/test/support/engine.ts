import type { Delivery, IncomingMessage, Outcome, Processed, Processor, Target } from '@trunkline/messaging';
import type { Pool } from 'pg';
import { Engine, type EngineOptions, migrate, openDatabase } from '../../src/index.ts';

export const NOTHING: Processed = {
  disposition: 'processed',
  commands: [],
  messages: [],
  exceptions: [],
  resolves: [],
  identifiers: [],
};

export function message(
  key: string,
  id: string,
  payload: Record<string, string | number> = {},
): IncomingMessage {
  return { source: 'test', sourceId: id, key, type: 'event', payload };
}

/** A target that records what it is given and answers by script; it keeps a book of effects by delivery id, as a real system would. */
export class ScriptedTarget implements Target {
  readonly batch: number;
  readonly concurrency: number;
  readonly lingerMs = 0;
  readonly calls: (readonly Delivery[])[] = [];
  answer: (delivery: Delivery) => Outcome | Promise<Outcome> = () => ({ kind: 'succeeded' });

  constructor(batch = 20, concurrency = 2) {
    this.batch = batch;
    this.concurrency = concurrency;
  }

  get delivered(): readonly Delivery[] {
    return this.calls.flat();
  }

  async deliver(deliveries: readonly Delivery[]): Promise<readonly Outcome[]> {
    this.calls.push(deliveries);
    return Promise.all(deliveries.map(async (delivery) => this.answer(delivery)));
  }
}

export interface TestEngine {
  readonly pool: Pool;
  readonly engine: Engine;
  readonly errors: unknown[];
  close(): Promise<void>;
}

const FAST_RETRY = { baseMs: 20, maxMs: 100, giveUpAfterMs: 2000 };

export async function startEngine(
  url: string,
  process: Processor,
  targets: Readonly<Record<string, Target>>,
  more: Partial<EngineOptions> = {},
): Promise<TestEngine> {
  const pool = openDatabase({ url });
  const partitions = await migrate(pool, 4);
  const errors: unknown[] = [];
  const engine = new Engine({
    pool,
    partitions,
    process,
    leaseSeconds: 2,
    targets: new Map(
      Object.entries(targets).map(([system, target]) => [system, { target, policy: { retry: FAST_RETRY } }]),
    ),
    onError: (error) => errors.push(error),
    ...more,
  });
  await engine.start();
  return {
    pool,
    engine,
    errors,
    close: async () => {
      await engine.stop();
      await pool.end();
    },
  };
}

/** Asks until it is so, for at most ten seconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Not within 10 s: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function count(pool: Pool, sql: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count from ${sql}`);
  return rows[0]?.count ?? 0;
}
