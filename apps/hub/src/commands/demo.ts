import { Command, Option } from 'commander';
import { type DemoOptions, runDemo } from '../demo/run-demo.ts';
import { portNumber, webAddress, wholeNumber } from '../terminal/arguments.ts';
import { CommandError } from '../terminal/command-error.ts';

interface Given {
  readonly headless?: boolean;
  readonly orders?: number;
  readonly input?: string[];
  readonly seed: number;
  readonly resume?: boolean;
  readonly faults: 'none' | 'some';
  readonly rate: number;
  readonly port?: number;
  readonly odooUrl?: string;
  readonly odooDatabase?: string;
  readonly odooKey?: string;
  readonly odooLogin?: string;
}

/** `trunkline demo`: everything simulated on this machine, or the main job against a live Odoo. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('a simulated CRM, Odoo and warehouses, and orders through all of them, until Ctrl-C')
    .option(
      '--headless',
      'as a batch: run the orders, report, end; exit code 0 only if all ended as they should',
    )
    .option('--orders <n>', 'how many; a batch without input: 300', wholeNumber)
    .option('--input <path...>', 'real demand: folders or files of Northwind or UCI Online Retail')
    .option('--seed <n>', 'of the made-up orders and of everything drawn by chance', wholeNumber, 1)
    .option('--resume', 'go on with an interrupted batch')
    .addOption(
      new Option('--faults <how>', 'let the systems misbehave').choices(['none', 'some']).default('none'),
    )
    .option('--rate <n>', 'orders per second of the stream', wholeNumber, 5)
    .option('--port <n>', 'of the console', portNumber)
    .option('--odoo-url <url>', 'a live Odoo in place of the simulated one', webAddress)
    .option('--odoo-database <name>', 'its database')
    .option('--odoo-key <key>', 'an API key of its service account')
    .option('--odoo-login <login>', 'the account’s login; needed before Odoo 19')
    .action(async (given: Given) => {
      process.exitCode = await runDemo(demoOptions(given));
      process.exit();
    });
}

function demoOptions(given: Given): DemoOptions {
  const odoo = liveOdoo(given);
  return {
    headless: given.headless === true,
    input: given.input ?? [],
    seed: given.seed,
    resume: given.resume === true,
    faults: given.faults,
    rate: given.rate,
    ...(given.orders === undefined ? {} : { orders: given.orders }),
    ...(given.port === undefined ? {} : { port: given.port }),
    ...(odoo === undefined ? {} : { odoo }),
  };
}

function liveOdoo(given: Given): DemoOptions['odoo'] {
  const { odooUrl, odooDatabase, odooKey, odooLogin } = given;
  if (odooUrl === undefined && odooDatabase === undefined && odooKey === undefined) return undefined;
  if (odooUrl === undefined || odooDatabase === undefined || odooKey === undefined) {
    throw new CommandError(
      'A live Odoo needs all of --odoo-url, --odoo-database and --odoo-key (and --odoo-login before Odoo 19).',
      2,
    );
  }
  return {
    url: odooUrl,
    database: odooDatabase,
    key: odooKey,
    ...(odooLogin === undefined ? {} : { login: odooLogin }),
  };
}
