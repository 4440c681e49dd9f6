import { Accounts } from './accounts.ts';
import type { Account } from './accounts.ts';
import { Clock } from './clock.ts';
import { Calls } from './control/calls.ts';
import { Faults } from './control/faults.ts';
import type { Fault } from './control/faults.ts';
import { type ServiceTimes, Workers } from './control/service-times.ts';
import { touchedStock } from './control/touched-stock.ts';
import { buildModels } from './models/index.ts';
import { run } from './orm/call.ts';
import type { Call } from './orm/call.ts';
import { Database } from './orm/database.ts';
import type { Dump } from './orm/database.ts';
import { Env } from './orm/env.ts';
import type { Identity } from './orm/env.ts';
import { OdooError } from './orm/errors.ts';
import type { Values } from './orm/field.ts';
import type { Series } from './orm/model.ts';
import { seed, SYSTEM } from './seed/seed.ts';

export interface SimulatorOptions {
  readonly series: Series;
  readonly database: string;
  readonly accounts: readonly Account[];
  readonly seed: number;
  readonly now: () => number;
  readonly state?: Dump | undefined;
  /** How long calls last; they are answered at once when absent. */
  readonly serviceTimes?: ServiceTimes | undefined;
}

const SERIALIZATION = 'could not serialize access due to concurrent update\n';

/** One simulated server: its database, who may call it, and the faults it was told to make. */
export class Simulator {
  readonly options: SimulatorOptions;
  readonly db: Database;
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly calls = new Calls();
  readonly workers = new Workers();
  readonly clock: Clock;

  constructor(options: SimulatorOptions) {
    this.options = options;
    this.clock = new Clock(options.now);
    this.db = new Database(options.series, buildModels(options.series));
    if (options.state) this.db.restore(options.state);
    else seed(this.db, this.clock.stamp());
    this.accounts = new Accounts(this.db, options.accounts, () => this.clock.stamp());
    this.faults = new Faults(options.seed);
    if (options.serviceTimes) this.workers.set(options.serviceTimes);
  }

  get series(): Series {
    return this.options.series;
  }

  /** Runs a call when a worker is free, in a transaction that began then; at `stamp` when calls take no time. */
  execute(
    user: Identity,
    call: Call,
    context: Values,
    stamp: string,
    fault: Fault | undefined,
  ): Promise<unknown> {
    const { model, method, args } = call;
    const asked = args['fields'];
    const fields = Array.isArray(asked) ? asked.length : 1;
    const written = Object.keys(args['vals'] ?? {});
    const begin = () => {
      const began = this.workers.plan === undefined ? stamp : this.clock.stamp();
      return () => this.#run(user, call, context, began, fault);
    };
    const touches = () => touchedStock(this.inspect(), call);
    return this.workers.do({ model, method, records: recordsIn(call), written, fields, touches, begin });
  }

  #run(user: Identity, call: Call, context: Values, stamp: string, fault: Fault | undefined): unknown {
    this.calls.note(call.model, call.method, recordsIn(call));
    try {
      if (fault?.kind === 'serialization') return loseRace(call);
      return run(new Env(this.db, user, stamp, context), call);
    } catch (error) {
      this.calls.noteFailure(call.model, call.method);
      throw error;
    }
  }

  /** A view for the control interface, which sees everything. */
  inspect(): Env {
    return new Env(this.db, SYSTEM, this.clock.stamp(), { active_test: false });
  }
}

/** How many records a call is about, for counts and for latency per record. */
export function recordsIn(call: Call): number {
  const { vals_list: created, data } = call.args;
  if (Array.isArray(data)) return data.length;
  if (Array.isArray(created)) return created.length;
  return call.ids?.length ?? 1;
}

/** What the loser of a race gets: a message from `load()` (recording 26), from anything else an error. */
function loseRace(call: Call): unknown {
  if (call.method !== 'load') throw new OdooError('psycopg2.errors.SerializationFailure', 500, SERIALIZATION);
  const rows = (call.args['data'] as unknown[]).length;
  const message = { rows: { from: 0, to: rows - 1 }, record: 0, type: 'error', message: SERIALIZATION };
  return { ids: false, messages: [message], nextrow: 0 };
}
