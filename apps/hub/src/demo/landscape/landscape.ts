import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DemoFailure } from '../failure.ts';
import type { OdooAddress } from '../systems/odoo-rpc.ts';
import { capital, type ChildExit, EndedEarly, howItEnded, LandscapeChild, type Ready } from './child.ts';
import {
  type Addresses,
  configurationText,
  demoConfiguration,
  ONE_WAREHOUSE,
  SITES,
  type Warehouses,
} from './configuration.ts';
import { consolePort } from './ports.ts';
import {
  ODOO_DATABASE,
  REPOSITORY,
  salesforce,
  simulatedOdoo,
  startSimulator,
  warehouse,
} from './simulators.ts';
import type { Identity, StateFolder } from './state-folder.ts';

export interface LandscapeOptions {
  readonly folder: StateFolder;
  readonly identity: Identity;
  readonly seed: number;
  readonly port?: number;
  /** A live server in place of the simulated one. */
  readonly odoo?: OdooAddress;
  /** The sites' warehouses in the simulated Odoo. Default: one for both. A live server's are its own business, and its choice. */
  readonly warehouses?: Warehouses;
  readonly say: (sentence: string) => void;
}

/** Long, because the first start makes a database cluster. */
const HUB_START_MS = 120_000;
const HUB_GRACE_MS = 30_000;
const SIMULATOR_GRACE_MS = 10_000;
/** After a second Ctrl-C: long enough to write a state of tens of megabytes. */
const SIMULATOR_HASTE_MS = 5000;
const DEFAULT_CONSOLE_PORT = 8470;
/** More deaths than this within a minute and starting it again helps nobody. */
const RESTARTS_PER_MINUTE = 5;

/** The simulated systems and the hub, as child processes that end with the demo. */
export class Landscape {
  readonly addresses: Addresses;
  readonly erp: OdooAddress;
  /** Rejects with a DemoFailure when the landscape can no longer work: a simulator died, or the hub does again and again. */
  readonly broken: Promise<never>;
  #hub: LandscapeChild | undefined;
  #starting: Promise<LandscapeChild> | undefined;
  readonly #options: LandscapeOptions;
  readonly #simulators: LandscapeChild[];
  readonly #abort = new AbortController();
  #break: (error: unknown) => void = () => undefined;
  #restarts: number[] = [];

  private constructor(
    options: LandscapeOptions,
    simulators: LandscapeChild[],
    erp: OdooAddress,
    addresses: Addresses,
  ) {
    this.#options = options;
    this.#simulators = simulators;
    this.erp = erp;
    this.addresses = addresses;
    this.broken = new Promise<never>((_, reject) => {
      this.#break = reject;
    });
    this.broken.catch(() => undefined);
    for (const simulator of simulators)
      void simulator.exited.then((exit) => this.#simulatorGone(simulator, exit));
  }

  /** Starts the systems and writes the hub's configuration; the hub itself is started by `startHub`. */
  static async start(options: LandscapeOptions): Promise<Landscape> {
    const { folder, identity, odoo } = options;
    const gatewayPort = await consolePort(options.port, DEFAULT_CONSOLE_PORT);
    const started = await Promise.allSettled([
      startSimulator(options, salesforce(options)),
      ...SITES.map((site) => startSimulator(options, warehouse(options, site, gatewayPort))),
      ...(odoo === undefined ? [startSimulator(options, simulatedOdoo(options))] : []),
    ]);
    const simulators = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = started.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      await Promise.all(simulators.map((simulator) => simulator.stop(SIMULATOR_GRACE_MS)));
      throw failed.reason;
    }
    const [crm, ...others] = simulators as [LandscapeChild, ...LandscapeChild[]];
    const warehouses = Object.fromEntries(
      SITES.map(({ code }, at) => [code, others[at]?.ready.listening ?? '']),
    );
    const simulated = others[SITES.length]?.ready.listening ?? '';
    const erp = odoo ?? { url: simulated, database: ODOO_DATABASE, key: identity.erpKey };
    const addresses = { crm: crm.ready.listening, erp, warehouses, gatewayPort };
    const inOdoo = odoo === undefined ? (options.warehouses ?? ONE_WAREHOUSE) : {};
    const configuration = demoConfiguration(addresses, identity, inOdoo);
    await folder.write('trunkline.yaml', configurationText(configuration));
    return new Landscape(options, simulators, erp, addresses);
  }

  /** Starts the hub and keeps it running: when it dies, it is started again. Resolves with what it said when ready. */
  async startHub(): Promise<Ready> {
    this.#starting = this.#launchHub();
    const hub = await this.#starting;
    this.#hub = hub;
    void hub.exited.then((exit) => this.#hubGone(exit));
    return hub.ready;
  }

  #launchHub(): Promise<LandscapeChild> {
    const { folder } = this.#options;
    return LandscapeChild.start({
      name: 'the hub',
      script: resolve(REPOSITORY, 'apps/hub/src/cli.ts'),
      // As scripts/run.mjs starts a hub, which says why.
      nodeFlags: ['--max-semi-space-size=4', '--heap-growing-percent=50'],
      args: ['start', '-c', folder.file('trunkline.yaml')],
      logFile: folder.file('hub.log'),
      startTimeoutMs: HUB_START_MS,
      signal: this.#abort.signal,
    });
  }

  /** The CRM's, the warehouses' and the ERP's. */
  get simulatorPids(): readonly number[] {
    return this.#simulators.flatMap(({ pid }) => pid ?? []);
  }

  /** Undefined until it was started; of a hub that died, until the next one is up. */
  get hubPid(): number | undefined {
    return this.#hub?.pid;
  }

  /** The hub first, so that it can finish what is under way; then the systems. */
  async stop(): Promise<void> {
    this.#abort.abort();
    // A hub that is only starting has been asked to end by the abort; it may end by becoming ready first.
    await this.#starting?.catch(() => undefined);
    await this.#hub?.stop(HUB_GRACE_MS);
    await this.#options.folder.endDatabase();
    await Promise.all(this.#simulators.map((simulator) => simulator.stop(SIMULATOR_GRACE_MS)));
  }

  /**
   * The hub at once, whatever is under way. The simulated systems still write down what they hold: the hub's database remembers their
   * orders, and a CRM that has forgotten its own would make nonsense of every later start. The database server is no child of ours any
   * more once the hub is gone.
   */
  async kill(): Promise<void> {
    this.#abort.abort();
    this.#hub?.kill();
    await Promise.all([
      this.#options.folder.endDatabase(),
      ...this.#simulators.map((simulator) => simulator.stop(SIMULATOR_HASTE_MS)),
    ]);
  }

  #simulatorGone(simulator: LandscapeChild, exit: ChildExit): void {
    if (this.#abort.signal.aborted) return;
    this.#break(
      new DemoFailure(
        `${capital(simulator.name)} ${howItEnded(exit)}. Its log is in ${this.#options.folder.path}.`,
        1,
      ),
    );
  }

  async #hubGone(exit: ChildExit): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const now = Date.now();
    this.#restarts = [...this.#restarts.filter((at) => now - at < 60_000), now];
    if (this.#restarts.length > RESTARTS_PER_MINUTE) {
      this.#break(
        new DemoFailure(
          `The hub ended ${this.#restarts.length} times within a minute. See ${this.#options.folder.file('hub.log')}.`,
          1,
        ),
      );
      return;
    }
    this.#options.say(`The hub ${howItEnded(exit)}; starting it again.`);
    try {
      await pause(250 * this.#restarts.length, undefined, { signal: this.#abort.signal });
      const { listening } = await this.startHub();
      this.#options.say(`The hub is back on ${listening}.`);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      if (!(error instanceof EndedEarly)) this.#break(error);
      else await this.#hubGone(error.exit);
    }
  }
}
