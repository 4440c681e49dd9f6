import type { Account } from './accounts.ts';
import { createServer } from './http/server.ts';
import type { ServiceTimes } from './control/service-times.ts';
import type { Series } from './orm/model.ts';
import { Simulator } from './simulator.ts';
import { readState, writeState } from './state-file.ts';

export interface StartOptions {
  /** 0 or absent takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly series?: Series;
  readonly database?: string;
  readonly apiKey?: string;
  readonly login?: string;
  readonly password?: string;
  /** Seeds the faults' dice. */
  readonly seed?: number;
  /** The clock, in milliseconds since 1970; the machine's own when absent. */
  readonly now?: () => number;
  /** How long calls last, `{}` for as long as measured; they are answered at once when absent. */
  readonly serviceTimes?: ServiceTimes;
  /** Read at start when it exists, written at close. */
  readonly state?: string;
}

export interface RunningSimulator {
  readonly url: string;
  close(): Promise<void>;
}

export const DEFAULTS = {
  database: 'demo',
  apiKey: 'demo-odoo-api-key',
  login: 'hub',
  password: 'hub',
} as const;

/** Keys of two more users, for tests of access: an administrator and one who may only look. */
export const ADMIN_KEY = 'demo-odoo-admin-key';
export const LIMITED_KEY = 'demo-odoo-limited-key';

/** Starts a simulated Odoo on a real socket. */
export async function start(options: StartOptions = {}): Promise<RunningSimulator> {
  const accounts: Account[] = [
    {
      login: options.login ?? DEFAULTS.login,
      password: options.password ?? DEFAULTS.password,
      apiKey: options.apiKey ?? DEFAULTS.apiKey,
      role: 'hub',
    },
    { login: 'admin', password: 'admin', apiKey: ADMIN_KEY, role: 'admin' },
    { login: 'limited', password: 'limited', apiKey: LIMITED_KEY, role: 'limited' },
  ];
  const simulator = new Simulator({
    series: options.series ?? '19.0',
    database: options.database ?? DEFAULTS.database,
    accounts,
    seed: options.seed ?? 1,
    now: options.now ?? Date.now,
    serviceTimes: options.serviceTimes,
    state: options.state ? await readState(options.state) : undefined,
  });
  const server = createServer(simulator);
  const url = await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  return {
    url,
    close: async () => {
      await server.close();
      if (options.state) await writeState(options.state, simulator.db.dump());
    },
  };
}
