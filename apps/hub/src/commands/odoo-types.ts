import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  classifyOdooError,
  createOdooClient,
  type FieldCatalogue,
  generateTypes,
  type OdooClientOptions,
  type OdooConfig,
  readCatalogue,
} from '@trunkline/connector-odoo';
import { Command, InvalidArgumentError } from 'commander';
import { connectorSchemas } from '../composition/connector-registry.ts';
import { findKeptKeys, keyInForce } from '../composition/key-store.ts';
import { loadConfiguration } from '../configuration/load.ts';
import type { Configuration } from '../configuration/schema.ts';
import { webAddress } from '../terminal/arguments.ts';
import { CommandError } from '../terminal/command-error.ts';
import { configurationFile } from '../terminal/hub-in-reach.ts';
import { callOf } from '../terminal/output.ts';

interface Given {
  readonly models: readonly string[];
  readonly out?: string;
  readonly config?: string;
  readonly url?: string;
  readonly database?: string;
  readonly key?: string;
  readonly login?: string;
}

/** `trunkline odoo`: tools for people who write code against Odoo. */
export function odooCommand(): Command {
  const odoo = new Command('odoo').description('for code that talks to Odoo by the connector’s client');
  odoo
    .command('types')
    .description('writes TypeScript types of models as this server has them, custom fields included')
    .requiredOption('--models <names>', 'comma between them, e.g. sale.order,res.partner', modelNames)
    .option('-o, --out <file>', 'where to write; else to the output')
    .option('-c, --config <file>', 'take the Odoo of this configuration')
    .option('--url <url>', 'or this server', webAddress)
    .option('--database <name>', 'its database')
    .option('--key <key>', 'an API key')
    .option('--login <login>', 'the key’s user; needed before Odoo 19')
    .action((given: Given) => writeTypes(given));
  return odoo;
}

async function writeTypes(given: Given): Promise<void> {
  const connection = await connectionOf(given);
  const client = createOdooClient(connection);
  try {
    const { version } = await client.server();
    const catalogues = new Map<string, FieldCatalogue>();
    for (const model of given.models) catalogues.set(model, await readCatalogue(client, model));
    const command = callOf(`odoo types --models ${given.models.join(',')}`);
    const text = generateTypes(catalogues, { version, database: connection.database, command });
    if (given.out === undefined) process.stdout.write(text);
    else {
      await writeFile(given.out, text);
      const fields = [...catalogues.values()].reduce((sum, one) => sum + Object.keys(one).length, 0);
      process.stdout.write(
        `${resolve(given.out)}: ${catalogues.size} models with ${fields} fields, from Odoo ${version}.\n`,
      );
    }
  } catch (error) {
    if (!(error instanceof Error) || !('kind' in error)) throw error;
    const failure = classifyOdooError(error);
    throw new CommandError(
      failure.kind === 'rejected' ? `${failure.message} ${failure.remedy}` : failure.message,
    );
  } finally {
    await client.close();
  }
}

async function connectionOf(given: Given): Promise<OdooClientOptions> {
  if (given.url !== undefined) {
    if (given.database === undefined || given.key === undefined)
      throw new CommandError('With --url, --database and --key are needed as well.', 2);
    const { url, database, key, login } = given;
    return { url, database, apiKey: key, ...(login === undefined ? {} : { login }) };
  }
  const file = configurationFile(given.config, process.env);
  const configuration = loadConfiguration(file, connectorSchemas, process.env);
  // The configuration has been judged: there is exactly one, and its settings fit.
  const [system, settings] = Object.entries(configuration.systems).find(
    ([, { connector }]) => connector === 'odoo',
  ) as unknown as [string, OdooConfig];
  const { url, database, login, transport } = settings;
  const apiKey = await keyOf(configuration, file, system, settings.apiKey);
  return {
    url,
    database,
    apiKey,
    ...(login === undefined ? {} : { login }),
    ...(transport === undefined ? {} : { transport }),
  };
}

async function keyOf(
  configuration: Configuration,
  file: string,
  system: string,
  configured: string,
): Promise<string> {
  const pool = await findKeptKeys(configuration, file);
  try {
    return await keyInForce(pool, system, configured);
  } finally {
    await pool?.end();
  }
}

function modelNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const strange = names.find((name) => !/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/.test(name));
  if (strange !== undefined) throw new InvalidArgumentError(`"${strange}" is no name of a model.`);
  return [...new Set(names)];
}
