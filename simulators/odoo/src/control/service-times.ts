import { setTimeout as sleep } from 'node:timers/promises';

/** What one call of a method costs a worker, in milliseconds. */
export interface CallCost {
  readonly callMs: number;
  /** For each record, or row of `load()`, that is handed in. */
  readonly recordMs?: number;
  /** For each field of each row that is read. */
  readonly cellMs?: number;
}

/** What `POST /_sim/service-times` takes. */
export interface ServiceTimes {
  /** Calls that are worked on at once; the others wait in order of arrival. */
  readonly workers?: number;
  /** Multiplies every time, so that a run with the proportions of a real server need not last as long. */
  readonly scale?: number;
  /** By `model.method(field)` of a call that writes nothing else, `model.method`, `*.method` or `*`. */
  readonly calls?: Readonly<Record<string, CallCost>>;
  /** Calls that fail to serialize when two of them overlap and change the same: the later one sleeps in its worker and runs again. */
  readonly conflicting?: readonly string[];
  readonly conflictMs?: number;
}

/**
 * One client on an Odoo 19.0 server of two workers, fitted to whole batches (a line through 1 to 100 records, within a tenth):
 * orders of 3 lines made 139 ms at one, 1.6 s at 50; confirmed 312 ms at one, 6.7 s at 50; transfers of 3 moves validated 161 ms at
 * one, 1.3 s at 30; a count entered and applied 270 ms at one, 2.4 s at 100; 200 partners read 31 ms with 3 fields, 43 ms with 16.
 */
export const MEASURED: Required<ServiceTimes> = {
  workers: 2,
  scale: 1,
  calls: {
    '*': { callMs: 29, cellMs: 0.0044 },
    'sale.order.create': { callMs: 110, recordMs: 30 },
    'sale.order.load': { callMs: 110, recordMs: 10 },
    'sale.order.action_confirm': { callMs: 182, recordMs: 130 },
    'stock.picking.button_validate': { callMs: 122, recordMs: 38.7 },
    'stock.move.write': { callMs: 41, recordMs: 46 },
    // Reserves nothing: 10 to 29 ms at 1 to 100 moves of a 19.0 on which quantities took 42 ms and 1.1 s.
    'stock.move.write(picked)': { callMs: 41, recordMs: 0.19 },
    'stock.quant.create': { callMs: 125, recordMs: 10.7 },
    'stock.quant.action_apply_inventory': { callMs: 125, recordMs: 10.7 },
    'res.partner.load': { callMs: 41, recordMs: 3.8 },
    'res.partner.create': { callMs: 41, recordMs: 3.8 },
    '*.write': { callMs: 41, recordMs: 0.19 },
  },
  conflicting: [
    'sale.order.action_confirm',
    'stock.picking.button_validate',
    'stock.move.write',
    'stock.quant.create',
    'stock.quant.action_apply_inventory',
  ],
  conflictMs: 1000,
};

const KEYS = new Set<string>(Object.keys(MEASURED));

export interface Work<T> {
  readonly model: string;
  readonly method: string;
  /** How many records are handed in. */
  readonly records: number;
  /** Names of what is written, by calls that write the same to all their records. */
  readonly written: readonly string[];
  /** How many fields of each row are asked for. */
  readonly fields: number;
  /** What it changes, where another call could change the same; asked when a worker takes it up. */
  readonly touches: () => readonly string[];
  /** Called when a worker takes the call up: its transaction begins. What it returns does the call. */
  readonly begin: () => () => T;
}

/** A server's workers, each taken for as long as a call lasts on a real one. Without a plan every call is done at once. */
export class Workers {
  #plan: Required<ServiceTimes> | undefined;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];
  /** By what is touched, the last call that touches it and is under way. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  get plan(): ServiceTimes | undefined {
    return this.#plan;
  }

  /** What the plan leaves out is as measured. */
  set(plan: ServiceTimes): void {
    const unknown = Object.keys(plan).filter((key) => !KEYS.has(key));
    if (unknown.length > 0)
      throw new Error(`unknown service time ${unknown.join(', ')}; known are ${[...KEYS].join(', ')}`);
    this.#plan = { ...MEASURED, ...plan, calls: { ...MEASURED.calls, ...plan.calls } };
  }

  clear(): void {
    this.#plan = undefined;
  }

  async do<T>(work: Work<T>): Promise<T> {
    const plan = this.#plan;
    if (plan === undefined) return work.begin()();
    if (this.#busy >= plan.workers) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy++;
    try {
      return plan.conflicting.includes(`${work.model}.${work.method}`)
        ? await this.#apart(plan, work)
        : await last(plan, work);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  /** The loser of a race sleeps in its worker until the winner is through, and begins again. */
  #apart<T>(plan: Required<ServiceTimes>, work: Work<T>): Promise<T> {
    const touched = work.touches();
    const winners = touched.flatMap((key) => this.#underWay.get(key) ?? []);
    const done = Promise.allSettled(winners).then(async () => {
      if (winners.length > 0) await sleep(plan.conflictMs * plan.scale);
      return last(plan, work);
    });
    const over = done
      .catch(() => undefined)
      .finally(() => {
        for (const key of touched) if (this.#underWay.get(key) === over) this.#underWay.delete(key);
      });
    for (const key of touched) this.#underWay.set(key, over);
    return done;
  }
}

/** Writes before its time is up would be seen too early, so the work is done at the end; rows cost their time once they are known. */
async function last<T>(plan: Required<ServiceTimes>, work: Work<T>): Promise<T> {
  const cost = costOf(plan, work);
  const run = work.begin();
  await sleep((cost.callMs + (cost.recordMs ?? 0) * work.records) * plan.scale);
  const result = run();
  const cells = Array.isArray(result) ? result.length * work.fields : 0;
  if (cost.cellMs !== undefined && cells > 0) await sleep(cells * cost.cellMs * plan.scale);
  return result;
}

function costOf<T>({ calls }: Required<ServiceTimes>, { model, method, written }: Work<T>): CallCost {
  return (
    calls[`${model}.${method}(${written.join()})`] ??
    calls[`${model}.${method}`] ??
    calls[`*.${method}`] ??
    calls['*'] ?? { callMs: 0 }
  );
}
