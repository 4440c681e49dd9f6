import { Command } from 'commander';
import { check } from './commands/check.ts';
import { checkLive } from './commands/check-live.ts';
import { addCaseCommands, addReplayCommands } from './commands/case-commands.ts';
import { isCaseId, showCase } from './commands/cases.ts';
import { checkOdooCommand } from './commands/check-odoo.ts';
import { doctor } from './commands/doctor.ts';
import {
  discardException,
  listExceptions,
  retryException,
  showException,
  summarise,
} from './commands/exceptions.ts';
import { login } from './commands/login.ts';
import { type StartOptions, start } from './commands/start.ts';
import { status, watchStatus } from './commands/status.ts';
import { listTargets, pauseTarget, resumeTarget } from './commands/targets.ts';
import { thread } from './commands/thread.ts';
import { demoCommand } from './commands/demo.ts';
import { odooCommand } from './commands/odoo-types.ts';
import { portNumber, wholeNumber } from './terminal/arguments.ts';
import { describeFailure } from './terminal/command-error.ts';
import { type HubInReach, withHub } from './terminal/hub-in-reach.ts';
import { type Printable, print } from './terminal/output.ts';

interface Looking {
  readonly config?: string;
  readonly json?: boolean;
}

const program = new Command('trunkline')
  .description('The integration hub that distributors run: CRM, Odoo and warehouses moving as one operation.')
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('start')
  .description('run a hub until Ctrl-C')
  .requiredOption('-c, --config <file>', 'its configuration')
  .option('--role <roles>', 'of gateway, worker, scheduler, all; else TRUNKLINE_ROLE, hub.roles, all')
  .option(
    '--port <port>',
    'in place of gateway.port; a node without the role gateway answers only health and metrics there',
    portNumber,
  )
  .option('--json', 'print the address as one JSON line')
  .action(async (options: StartOptions) => {
    process.exitCode = await start(options);
    process.exit();
  });

looking(program.command('check'), 'judge a configuration: every problem with its line and remedy')
  .option('--live', 'ask the systems too: fields, rights and modules that the flows need; only reads')
  .action(async (options: Looking & { live?: boolean }) => {
    const judged = check(options.config);
    const right = judged.exitCode === undefined;
    const asked = options.live === true && right ? await checkLive(options.config) : judged;
    print(asked, options.json === true);
  });

looking(program.command('doctor'), 'look at the database and every system from here').action(
  async (options: Looking) => print(await doctor(options.config), options.json === true),
);

looking(program.command('status'), 'orders by stage, what waits, what is stuck')
  .option('-w, --watch', 'again every second, until Ctrl-C')
  .action((options: Looking & { watch?: boolean }) =>
    options.watch === true
      ? withHub(options.config, (hub) => watchStatus(hub, options.json === true))
      : show(options, status),
  );

looking(program.command('thread <identifier>'), 'one order across all systems, by any identifier of it')
  .option('--attempts', 'every attempt instead: by whom, with requests and responses')
  .action((identifier: string, options: Looking & { attempts?: boolean }) =>
    show(options, (hub) => thread(hub, identifier, options)),
  );

const exceptions = looking(program.command('exceptions'), 'what needs a person')
  .option('--all', 'with the resolved ones')
  .option('--summary', 'only counts per code')
  .option('--order <identifier>', 'of one order: its key, or any identifier of it')
  .option('--limit <n>', 'at most', wholeNumber, 20)
  .action((options: Looking & { all?: boolean; summary?: boolean; order?: string; limit: number }) =>
    show(options, (hub) => (options.summary === true ? summarise(hub) : listExceptions(hub, options))),
  );

looking(
  exceptions.command('show <id>'),
  'one exception, or one case: what it means, what can be done',
).action((id: string, _options: Looking, command: Command) =>
  show(command.optsWithGlobals(), (hub) => (isCaseId(id) ? showCase(hub, id) : showException(hub, id))),
);

looking(exceptions.command('retry <id>'), 'send the parked delivery again').action(
  (id: string, _options: Looking, command: Command) =>
    show(command.optsWithGlobals(), (hub) => retryException(hub, id)),
);

looking(exceptions.command('discard <id>'), 'give the parked delivery up')
  .requiredOption('--reason <text>', 'why; kept with the thread')
  .action((id: string, options: { reason: string }, command: Command) =>
    show(command.optsWithGlobals(), (hub) => discardException(hub, id, options.reason)),
  );

const wiring = {
  looking,
  show: (command: Command, work: (hub: HubInReach) => Promise<Printable>) =>
    show(command.optsWithGlobals(), work),
};
addCaseCommands(exceptions, wiring);
addReplayCommands(
  program
    .command('replay')
    .description('decide messages of source systems again, on the present state and mapping'),
  wiring,
);

const targets = looking(
  program.command('targets'),
  'the systems that commands go to: state, limits, what waits',
).action((options: Looking) => show(options, listTargets));

looking(targets.command('pause <system>'), 'send nothing to a system until it is resumed')
  .requiredOption('--reason <text>', 'why; shown to everybody who asks')
  .action((system: string, options: { reason: string }, command: Command) =>
    show(command.optsWithGlobals(), (hub) => pauseTarget(hub, system, options.reason)),
  );

looking(targets.command('resume <system>'), 'let what waits for a system go').action(
  (system: string, _options: Looking, command: Command) =>
    show(command.optsWithGlobals(), (hub) => resumeTarget(hub, system)),
);

looking(program.command('login'), 'the console’s password and the API token, when they are lost')
  .option('--renew', 'make new ones; the old ones and every session end')
  .action((options: Looking & { renew?: boolean }) =>
    show(options, (hub) => login(hub, options.renew === true)),
  );

for (const command of [demoCommand(), checkOdooCommand(), odooCommand()]) {
  program.addCommand(command.copyInheritedSettings(program));
  // What was added to it before it was added here has inherited nothing.
  for (const inner of command.commands) inner.copyInheritedSettings(program);
}

function looking(command: Command, description: string): Command {
  return command
    .description(description)
    .option('-c, --config <file>', 'configuration; else TRUNKLINE_CONFIG, ./trunkline.yaml, or the demo’s')
    .option('--json', 'for programs');
}

async function show(options: Looking, work: (hub: HubInReach) => Promise<Printable>): Promise<void> {
  await withHub(options.config, async (hub) => print(await work(hub), options.json === true));
}

// A reader that has enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  const { text, exitCode } = describeFailure(error);
  process.stderr.write(`${text}\n`);
  // A command that failed half-way may have left a socket open; nothing waits for it any more.
  process.exit(exitCode);
}
