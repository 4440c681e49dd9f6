import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DemoFailure } from '../failure.ts';
import { LandscapeChild } from './child.ts';
import { SITES } from './configuration.ts';
import type { LandscapeOptions } from './landscape.ts';

export const REPOSITORY = resolve(import.meta.dirname, '../../../../..');
export const ODOO_DATABASE = 'demo';
const START_MS = 30_000;

interface Simulator {
  readonly name: string;
  /** Folder under simulators/. */
  readonly folder: string;
  /** Of its state and log in the state folder. */
  readonly file: string;
  readonly flags: Readonly<Record<string, string>>;
}

export function salesforce({ identity }: LandscapeOptions): Simulator {
  const flags = {
    seed: String(identity.crmSerial),
    'client-id': identity.crmClientId,
    'client-secret': identity.crmClientSecret,
    // A demo may run for days at four polls a second; running out of calls is not what it shows.
    'daily-limit': '100000000',
  };
  return { name: 'the simulated Salesforce', folder: 'salesforce', file: 'salesforce', flags };
}

export function simulatedOdoo({ identity, seed }: LandscapeOptions): Simulator {
  const flags = { seed: String(seed), database: ODOO_DATABASE, 'api-key': identity.erpKey };
  return { name: 'the simulated Odoo', folder: 'odoo', file: 'odoo', flags };
}

export function warehouse(
  { identity, seed }: LandscapeOptions,
  { code, system }: (typeof SITES)[number],
  gatewayPort: number,
): Simulator {
  const flags = {
    seed: String(seed),
    site: code,
    token: identity.warehouseToken,
    'webhook-secret': identity.webhookSecret,
    'webhook-url': `http://127.0.0.1:${gatewayPort}/webhooks/${system}`,
  };
  return { name: `the simulated warehouse ${code}`, folder: 'warehouse', file: `warehouse-${code}`, flags };
}

/** Names of the files in which the simulated systems keep what they hold, without `.json`. */
export function stateFilesOf(liveErp: boolean): readonly string[] {
  return ['salesforce', ...SITES.map(({ code }) => `warehouse-${code}`), ...(liveErp ? [] : ['odoo'])];
}

/** On any free port. @throws DemoFailure when it does not come up. */
export async function startSimulator(
  { folder }: LandscapeOptions,
  simulator: Simulator,
): Promise<LandscapeChild> {
  const script = resolve(REPOSITORY, 'simulators', simulator.folder, 'src/main.ts');
  if (!existsSync(script)) {
    throw new DemoFailure(`${script} is missing: this is no whole checkout. Clone the repository again.`, 1);
  }
  const flags = { port: '0', state: folder.file(`${simulator.file}.json`), ...simulator.flags };
  return LandscapeChild.start({
    name: simulator.name,
    script,
    // In one word: a made-up secret may begin with a dash.
    args: Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    logFile: folder.file(`${simulator.file}.log`),
    startTimeoutMs: START_MS,
  });
}
