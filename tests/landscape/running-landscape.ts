import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { Landscape } from '../../apps/hub/src/demo/landscape/landscape.ts';
import type { Warehouses } from '../../apps/hub/src/demo/landscape/configuration.ts';
import { type Identity, StateFolder } from '../../apps/hub/src/demo/landscape/state-folder.ts';
import { connectSystems, type Systems } from '../../apps/hub/src/demo/run/books.ts';
import { connectOdoo, type OdooRpc } from '../../apps/hub/src/demo/systems/odoo-rpc.ts';
import { freePort } from './free-port.ts';

export interface RunningLandscape {
  readonly landscape: Landscape;
  readonly systems: Systems;
  readonly odoo: OdooRpc;
  readonly identity: Identity;
  readonly folder: StateFolder;
  /** The gateway's address. */
  readonly hub: string;
  /** What the landscape says on its way, e.g. that the hub died and is back. */
  readonly said: readonly string[];
  /** Ends every process. Its folder stays when a test failed. */
  stop(): Promise<void>;
}

export interface LandscapeRequest {
  readonly seed: number;
  /** Absent: the hub runs its own embedded server. */
  readonly databaseUrl?: string;
  /** The sites' warehouses in Odoo; absent: one for both. */
  readonly warehouses?: Warehouses;
}

let someTestFailed = false;
afterEach(({ task }) => {
  someTestFailed ||= task.result?.state === 'fail';
});

/**
 * The demo's landscape with an empty CRM and Odoo: simulators and hub as processes of their own, on ports of their own so that two
 * test files can each have one. The hub is started by `landscape.startHub()`, as in the demo.
 */
export async function startLandscape({
  seed,
  databaseUrl,
  warehouses,
}: LandscapeRequest): Promise<RunningLandscape> {
  console.log(`seed ${seed}`);
  if (databaseUrl === undefined) delete process.env['DATABASE_URL'];
  else process.env['DATABASE_URL'] = databaseUrl;
  const path = await mkdtemp(join(tmpdir(), 'trunkline-landscape-'));
  const folder = await StateFolder.open('batch', true, { TRUNKLINE_STATE: path });
  const identity = await folder.identity({ erp: false, database: false });
  const said: string[] = [];
  const landscape = await Landscape.start({
    folder,
    identity,
    seed,
    ...(warehouses === undefined ? {} : { warehouses }),
    port: await freePort(),
    say: (sentence) => said.push(sentence),
  });
  return {
    landscape,
    systems: await connectSystems(landscape, identity),
    odoo: await connectOdoo(landscape.erp),
    identity,
    folder,
    hub: `http://127.0.0.1:${landscape.addresses.gatewayPort}`,
    said,
    async stop() {
      await landscape.stop();
      await folder.release();
      delete process.env['DATABASE_URL'];
      if (someTestFailed) console.error(`A test failed; what the landscape left is in ${path}`);
      else await rm(path, { recursive: true, force: true });
    },
  };
}
