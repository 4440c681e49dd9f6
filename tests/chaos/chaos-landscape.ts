import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationText, demoConfiguration } from '../../apps/hub/src/demo/landscape/configuration.ts';
import { Landscape } from '../../apps/hub/src/demo/landscape/landscape.ts';
import { StateFolder } from '../../apps/hub/src/demo/landscape/state-folder.ts';
import { connectSystems, type Systems } from '../../apps/hub/src/demo/run/books.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../packages/journal/src/embedded/index.ts';
import { freePort } from '../landscape/free-port.ts';
import { HubNode } from './hub-node.ts';

export interface ChaosRequest {
  readonly seed: number;
  readonly nodes: number;
  /** Of every node but the first, whose gateway judges the times of webhooks' signatures. */
  readonly clockShiftMs?: number;
  readonly say: (sentence: string) => void;
}

/** Short waits: a run of minutes stands for a day, and its targets are down for seconds. */
const RETRY = { base: '100ms', max: '3s', giveUpAfter: '24h' };

/** The demo's configuration with short waits, and Odoo asked for news as often as the CRM is. */
function quickened(configuration: Record<string, unknown>): Record<string, unknown> {
  const systems = configuration['systems'] as Record<string, Record<string, unknown>>;
  return {
    ...configuration,
    systems: { ...systems, erp: { ...systems['erp'], pollIntervalMs: 250 } },
    flows: { 'order-acceptance': { retry: RETRY } },
  };
}

/**
 * The demo's landscape, except that its hub is several nodes on a database server that none of them owns, so that each of the nodes and
 * the server can be ended without the others.
 */
export class ChaosLandscape {
  readonly systems: Systems;
  readonly landscape: Landscape;
  readonly nodes: readonly HubNode[];
  readonly databaseUrl: string;
  readonly #folder: StateFolder;
  readonly #path: string;
  #server: EmbeddedPostgres;

  private constructor(
    parts: { landscape: Landscape; systems: Systems; nodes: readonly HubNode[] },
    folder: StateFolder,
    path: string,
    server: EmbeddedPostgres,
  ) {
    this.landscape = parts.landscape;
    this.systems = parts.systems;
    this.nodes = parts.nodes;
    this.#folder = folder;
    this.#path = path;
    this.#server = server;
    this.databaseUrl = server.url;
  }

  static async start({ seed, nodes, clockShiftMs, say }: ChaosRequest): Promise<ChaosLandscape> {
    const path = await mkdtemp(join(tmpdir(), 'trunkline-chaos-'));
    const folder = await StateFolder.open('batch', true, { TRUNKLINE_STATE: path });
    const identity = await folder.identity({ erp: false, database: false });
    const landscape = await Landscape.start({ folder, identity, seed, port: await freePort(), say });
    const server = await startEmbeddedPostgres({ stateDir: folder.file('database') });
    await folder.write(
      'trunkline.yaml',
      configurationText(quickened(demoConfiguration(landscape.addresses, identity))),
    );
    const hubNodes = Array.from({ length: nodes }, (_, at) => {
      const first = at === 0;
      return new HubNode({
        name: `n${at + 1}`,
        configuration: folder.file('trunkline.yaml'),
        databaseUrl: server.url,
        roles: first ? 'all' : 'worker,scheduler',
        ...(first ? {} : { port: 0 }),
        ...(first || clockShiftMs === undefined ? {} : { clockShiftMs }),
        logFile: folder.file(`node-${at + 1}.log`),
        say,
      });
    });
    const systems = await connectSystems(landscape, identity);
    return new ChaosLandscape({ landscape, systems, nodes: hubNodes }, folder, path, server);
  }

  get path(): string {
    return this.#path;
  }

  /** The nodes one after the other: the first makes the schema. */
  async startNodes(): Promise<void> {
    for (const node of this.nodes) await node.start();
  }

  /** kill -9 of the postmaster, whose own processes end with it; then the server comes up again on its data. */
  async killDatabase(downForMs: number): Promise<void> {
    process.kill(this.#server.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, downForMs));
    const port = Number(new URL(this.databaseUrl).port);
    this.#server = await startEmbeddedPostgres({ stateDir: this.#folder.file('database'), port });
  }

  /** Ends every process. The folder goes unless it is to be looked at. */
  async stop(keep: boolean): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.landscape.stop();
    await this.#server.stop();
    await this.#folder.release();
    if (!keep) await rm(this.#path, { recursive: true, force: true });
  }
}
