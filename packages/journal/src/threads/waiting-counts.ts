import type { Pool } from 'pg';

/** Up to so much is counted anew for each who asks: it takes a few milliseconds. */
const CHEAP = 5000;
/** A count is told for so many times what it cost, so that at most a fiftieth of a core goes into counting. Milliseconds at least and most. */
const TIMES_ITS_COST = 50;
const SOONEST_MS = 1000;
const LONGEST_MS = 30_000;

export interface WaitingCount {
  /** Messages accepted and not yet processed. */
  readonly messages: number;
  /** Deliveries that have not ended, by target. */
  readonly targets: ReadonlyMap<string, { readonly waiting: number; readonly parked: number }>;
  /** When they were counted, if that is not now. */
  readonly countedAt?: Date;
}

interface Counted extends Required<WaitingCount> {
  readonly much: boolean;
  readonly untilMs: number;
}

/**
 * What waits. Unlike states and exceptions it has no sums: every accept would move a row that all accepts of its partition move, and wait
 * for the commit of the one before. So it is counted, and where much waits (200,000 messages and as many deliveries take 100 to 300 ms)
 * a count is told for a while, with its age. Never an estimate, and never without saying how old it is.
 */
export class WaitingCounts {
  readonly #pool: Pool;
  readonly #nowMs: () => number;
  #last: Counted | undefined;
  #counting: Promise<Counted> | undefined;

  constructor(pool: Pool, nowMs = () => performance.now()) {
    this.#pool = pool;
    this.#nowMs = nowMs;
  }

  async read(): Promise<WaitingCount> {
    const last = this.#last;
    // Shared by those who ask meanwhile only where its age is told: it may have begun before what they have just done.
    if (last?.much !== true) return withoutAge(await this.#count());
    if (this.#nowMs() < last.untilMs) return withAge(last);
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    const counted = await this.#counting;
    return counted.much ? withAge(counted) : withoutAge(counted);
  }

  async #count(): Promise<Counted> {
    const startedMs = this.#nowMs();
    const countedAt = new Date();
    const [messages, targets] = await Promise.all([countMessages(this.#pool), countDeliveries(this.#pool)]);
    const all = [...targets.values()].reduce((sum, { waiting, parked }) => sum + waiting + parked, messages);
    const endedMs = this.#nowMs();
    const forMs = Math.min(LONGEST_MS, Math.max(SOONEST_MS, (endedMs - startedMs) * TIMES_ITS_COST));
    this.#last = { messages, targets, countedAt, much: all > CHEAP, untilMs: endedMs + forMs };
    return this.#last;
  }
}

function withAge({ messages, targets, countedAt }: Counted): WaitingCount {
  return { messages, targets, countedAt };
}

function withoutAge({ messages, targets }: Counted): WaitingCount {
  return { messages, targets };
}

async function countMessages(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*)::int as count from message_waiting');
  return rows[0]?.count ?? 0;
}

async function countDeliveries(pool: Pool): Promise<WaitingCount['targets']> {
  const { rows } = await pool.query<{ target: string; waiting: number; parked: number }>(
    `select target, count(*) filter (where state <> 'parked')::int as waiting, count(*) filter (where state = 'parked')::int as parked
     from delivery group by target`,
  );
  return new Map(rows.map(({ target, waiting, parked }) => [target, { waiting, parked }]));
}
