import { type CheckResult, runLiveCheck } from '@trunkline/connector-odoo';
import { Command } from 'commander';
import pc from 'picocolors';
import { webAddress } from '../terminal/arguments.ts';

interface Given {
  readonly url: string;
  readonly database: string;
  readonly key: string;
  readonly login?: string;
  readonly password?: string;
  readonly json?: boolean;
}

/** `npm run check:odoo`: the Odoo connector's promises against a live server, 16 to 19. Exit code 1 when one does not hold. */
export function checkOdooCommand(): Command {
  return new Command('check-odoo')
    .description(
      'the Odoo connector’s promises against a live server; makes its own records under a run prefix, leaves the rest alone',
    )
    .requiredOption('--url <url>', 'the server’s root, e.g. https://acme.odoo.com', webAddress)
    .requiredOption('--database <name>', 'its database')
    .requiredOption('--key <key>', 'an API key of the service account')
    .option('--login <login>', 'the account’s login; needed before Odoo 19')
    .option(
      '--password <password>',
      'the account’s password: the renewal of API keys is tried with it, on keys of the run’s own',
    )
    .option('--json', 'for programs')
    .action(async (given: Given) => {
      process.exitCode = await checkOdoo(given);
    });
}

async function checkOdoo(given: Given): Promise<number> {
  // Letters and digits: the prefix becomes part of external ids, references and internal references.
  const prefix = `tl${Date.now().toString(36)}`;
  if (given.json !== true) process.stdout.write(`Every record of this run begins with ${prefix}.\n`);
  const results = await runLiveCheck({
    url: given.url,
    database: given.database,
    apiKey: given.key,
    prefix,
    ...(given.login === undefined ? {} : { login: given.login }),
    ...(given.password === undefined ? {} : { password: given.password }),
    ...(given.json === true ? {} : { onResult: (result) => process.stdout.write(`${line(result)}\n`) }),
  });
  const failed = results.filter((result) => !result.ok).length;
  if (given.json === true)
    process.stdout.write(`${JSON.stringify({ prefix, ok: failed === 0, results }, undefined, 2)}\n`);
  else process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function line({ ok, name, detail }: CheckResult): string {
  return `${ok ? pc.green('pass') : pc.red('FAIL')} ${name}${detail === '' ? '' : pc.dim(`  ${detail}`)}`;
}
