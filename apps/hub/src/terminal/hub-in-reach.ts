import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Pool } from 'pg';
import { connectorSchemas, createConnectors } from '../composition/connector-registry.ts';
import { findHubDatabase } from '../composition/database.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Configuration } from '../configuration/schema.ts';
import { careOf } from '../composition/flow-care.ts';
import { judgeOf } from '../composition/processor.ts';
import { JournalCases } from '../operations/cases.ts';
import { JournalOperations } from '../operations/operations.ts';
import { CommandError } from './command-error.ts';
import { callOf } from './output.ts';

/** What a looking command works on. */
export interface HubInReach {
  readonly configuration: Configuration;
  readonly file: string;
  readonly pool: Pool;
  readonly operations: JournalOperations;
  readonly cases: JournalCases;
}

/** State folders in which the demo keeps a configuration of its own. */
const DEMOS = ['demo', 'demo-live', 'batch'];

function demoFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const state = environment['TRUNKLINE_STATE'] || '.trunkline';
  return DEMOS.map((name) => resolve(join(state, name, 'trunkline.yaml')));
}

/** The configuration file: as named, else TRUNKLINE_CONFIG, else ./trunkline.yaml, else that of the demo which was started last. */
export function configurationFile(named: string | undefined, environment: NodeJS.ProcessEnv): string {
  const given = named ?? environment['TRUNKLINE_CONFIG'];
  if (given !== undefined && given !== '') return resolve(given);
  const own = resolve('trunkline.yaml');
  if (existsSync(own)) return own;
  const written = demoFiles(environment)
    .filter((file) => existsSync(file))
    .map((file) => ({ file, atMs: statSync(file).mtimeMs }))
    .sort((a, b) => b.atMs - a.atMs);
  return written[0]?.file ?? own;
}

/** How the hub of this configuration is started. */
export function startOf(file: string, environment: NodeJS.ProcessEnv): string {
  const alone = callOf(`start -c ${file}`, environment);
  if (!demoFiles(environment).includes(file)) return alone;
  const batch = dirname(file).endsWith('batch');
  return batch ? alone : `${callOf('demo', environment)} (or, without its simulated systems, ${alone})`;
}

/** Runs a looking command against the journal of a hub; works while the hub itself is down, as long as its database is up. */
export async function withHub<T>(
  named: string | undefined,
  work: (hub: HubInReach) => Promise<T>,
): Promise<T> {
  const file = configurationFile(named, process.env);
  const configuration = loadConfiguration(file, connectorSchemas, process.env);
  const pool = await findHubDatabase(configuration, file, process.env);
  if (pool === undefined) {
    throw new CommandError(
      `The hub of ${file} is not running, and its embedded database with it.\nStart it: ${startOf(file, process.env)}`,
    );
  }
  try {
    const { rows } = await pool.query<{ value: string }>(
      "select value from journal_setting where name = 'partitions'",
    );
    const partitions = Number(rows[0]?.value);
    const operations = new JournalOperations({
      pool,
      partitions,
      hub: configuration.hub.name,
      configuration,
      processed: () => 0,
    });
    // Only a replay with an edit asks for them; they connect to nothing.
    let connectors: ReturnType<typeof createConnectors> | undefined;
    const cases = new JournalCases({
      pool,
      partitions,
      configuration,
      care: careOf(configuration),
      judge: judgeOf(() => (connectors ??= createConnectors(configuration))),
    });
    return await work({ configuration, file, pool, operations, cases });
  } finally {
    await pool.end();
  }
}
