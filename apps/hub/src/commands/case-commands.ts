import type { CaseQuery, NewBulk } from '@trunkline/gateway';
import type { Command } from 'commander';
import { oneOf, time, wholeNumber } from '../terminal/arguments.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import type { Printable } from '../terminal/output.ts';
import { addEditOfMany } from './bulk-edit.ts';
import { type BulkWord, listBulk, previewBulk, showBulk, steerBulk } from './bulk.ts';
import { acknowledgeCase, assignCase, ignoreCase, listCases, reopenCase } from './cases.ts';
import {
  type EditOptions,
  editException,
  listMappings,
  type MapOptions,
  mapWord,
  parseJson,
  resolveException,
} from './mend.ts';
import { keyOf } from './thread-key.ts';

/** How the command line describes a command that works on a hub, and runs one. */
export interface Wiring {
  readonly looking: (command: Command, description: string) => Command;
  readonly show: (command: Command, work: (hub: HubInReach) => Promise<Printable>) => Promise<void>;
}

const STATUSES = ['active', 'open', 'acknowledged', 'ignored', 'resolved', 'all'] as const;
const SORTS = ['oldest', 'newest', 'value', 'count'] as const;
const MESSAGE_STATES = ['processed', 'ignored', 'invalid'] as const;

type Given<T> = (options: T, command: Command) => Promise<void>;

/** What is done about exceptions, beyond one at a time. */
export function addCaseCommands(exceptions: Command, { looking, show }: Wiring): void {
  const cases = looking(
    exceptions.command('cases'),
    'what fails alike: how much is held up, for how long, the next move',
  )
    .option('--status <status>', STATUSES.join(', '), oneOf(...STATUSES), 'active')
    .option('--queue <queue>', 'those that a queue looks after')
    .option('-q, --search <words>', 'words of the failure, or any identifier of an order in it')
    .option('--sort <by>', SORTS.join(', '), oneOf(...SORTS), 'oldest')
    .option('--limit <n>', 'at most', wholeNumber, 20);
  const listed: Given<Pick<CaseQuery, 'status' | 'sort' | 'limit' | 'queue'> & { search?: string }> = (
    { search, ...query },
    command,
  ) =>
    show(command, (hub) =>
      listCases(hub, {
        status: query.status,
        sort: query.sort,
        limit: query.limit,
        offset: 0,
        ...(query.queue === undefined ? {} : { queue: query.queue }),
        ...(search === undefined ? {} : { q: search }),
      }),
    );
  cases.action(listed);
  looking(exceptions.command('ack <id>'), 'say that you look after what is open of a case now').action(
    (id: string, _given: unknown, command: Command) => show(command, (hub) => acknowledgeCase(hub, id)),
  );
  looking(exceptions.command('assign <id>'), 'give a case to a person or a queue')
    .option('--to <person>', 'who')
    .option('--queue <queue>', 'which queue')
    .option('--nobody', 'take it back')
    .action((id: string, given: { to?: string; queue?: string; nobody?: boolean }, command: Command) => {
      const { to, queue, nobody } = given;
      if (nobody !== true && to === undefined && queue === undefined)
        throw new CommandError('Say to whom: --to <person>, --queue <queue>, or --nobody.', 2);
      return show(command, (hub) =>
        assignCase(
          hub,
          id,
          nobody === true
            ? { assignee: null, queue: null }
            : {
                ...(to === undefined ? {} : { assignee: to }),
                ...(queue === undefined ? {} : { queue }),
              },
        ),
      );
    });
  looking(exceptions.command('ignore <id>'), 'stop asking about a case, recurrences included')
    .requiredOption('--reason <text>', 'why; kept with the case')
    .action((id: string, given: { reason: string }, command: Command) =>
      show(command, (hub) => ignoreCase(hub, id, given.reason)),
    );
  looking(exceptions.command('reopen <id>'), 'take an ignore or an ack back').action(
    (id: string, _given: unknown, command: Command) => show(command, (hub) => reopenCase(hub, id)),
  );
  addMendCommands(exceptions, { looking, show });
  addBulkCommands(exceptions, { looking, show });
}

function addMendCommands(exceptions: Command, { looking, show }: Wiring): void {
  looking(exceptions.command('edit <id>'), 'print the parked command, or send it edited')
    .option('--file <file>', 'the whole edited command; - for standard input')
    .option('--patch <json>', 'merged into the command (RFC 7396)')
    .option('--why <text>', 'kept beside the original')
    .action((id: string, given: EditOptions, command: Command) =>
      show(command, (hub) => editException(hub, id, given)),
    );
  looking(exceptions.command('resolve <id>'), 'say that it was mended by hand')
    .requiredOption('--note <text>', 'how; kept with the thread')
    .action((id: string, given: { note: string }, command: Command) =>
      show(command, (hub) => resolveException(hub, id, given.note)),
    );
  looking(
    exceptions.command('map <word> [target]'),
    'say what a word is called in a system; all that waited goes on. Without a target: take it back',
  )
    .option('--kind <kind>', 'product, site, country or ship_method', 'product')
    .option(
      '--system <system>',
      'in whose language; unless named: erp for products, hub for sites and countries',
    )
    .option('--why <text>', 'kept with the mapping')
    .action((word: string, target: string | undefined, given: MapOptions, command: Command) =>
      show(command, (hub) => mapWord(hub, word, target, given)),
    );
  looking(exceptions.command('mappings'), 'what is mapped').action((_given: unknown, command: Command) =>
    show(command, listMappings),
  );
}

interface Selecting {
  readonly case?: string;
  readonly flow?: string;
  readonly target?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly limit: number;
}

function addBulkCommands(exceptions: Command, wiring: Wiring): void {
  const bulk = exceptions.command('bulk').description('one act on many: preview, first five, all, cancel');
  for (const act of ['retry', 'discard'] as const) {
    const command = wiring
      .looking(bulk.command(act), `preview a ${act} of many; nothing is touched yet`)
      .option('--case <id>', 'those of a case')
      .option('--flow <flow>', 'those of a flow')
      .option('--target <system>', 'those at a system')
      .option('--code <code>', 'those with a code')
      .option('--limit <n>', 'refuse when more fit', wholeNumber, 10_000);
    if (act === 'discard') command.requiredOption('--reason <text>', 'why; kept with each thread');
    const previewed: Given<Selecting> = ({ limit, reason, case: of, flow, target, code }, self) => {
      const chosen = { case: of, flow, target, code };
      const exceptionsOf = Object.fromEntries(
        Object.entries(chosen).filter(([, value]) => value !== undefined),
      );
      if (Object.keys(exceptionsOf).length === 0)
        throw new CommandError('Say which: --case, --flow, --target or --code.', 2);
      return wiring.show(self, (hub) =>
        previewBulk(hub, 'exceptions bulk', {
          act,
          exceptions: exceptionsOf,
          limit,
          ...(reason === undefined ? {} : { reason }),
        }),
      );
    };
    command.action(previewed);
  }
  addEditOfMany(bulk, wiring);
  addSteering(bulk, 'exceptions bulk', wiring);
}

function addSteering(parent: Command, word: BulkWord, { looking, show }: Wiring): void {
  for (const [step, description] of [
    ['try', 'do it to the first five'],
    ['start', 'do it to all, after the first five or after a stop'],
    ['cancel', 'do it to no more; what has gone stays gone'],
  ] as const) {
    const command = looking(parent.command(`${step} <id>`), description);
    if (step !== 'cancel') command.option('--wait', 'show its progress until it has ended or stopped');
    command.action((id: string, given: { wait?: boolean }, self: Command) => {
      const { json } = self.optsWithGlobals<{ json?: boolean }>();
      return show(self, (hub) =>
        steerBulk(hub, word, id, step, { ...given, ...(json === undefined ? {} : { json }) }),
      );
    });
  }
  looking(parent.command('show <id>'), 'how far it is, and what failed').action(
    (id: string, _given: unknown, command: Command) => show(command, (hub) => showBulk(hub, word, id)),
  );
  looking(parent.command('list'), 'the newest acts').action((_given: unknown, command: Command) =>
    show(command, listBulk),
  );
}

interface Replaying {
  readonly from?: string;
  readonly to?: string;
  readonly flow?: string;
  readonly key?: string;
  readonly source?: string;
  readonly type?: string;
  readonly status?: (typeof MESSAGE_STATES)[number];
  readonly patch?: string;
  readonly limit: number;
}

/** `trunkline replay`. */
export function addReplayCommands(replay: Command, wiring: Wiring): void {
  wiring
    .looking(replay.command('preview'), 'what a replay would decide again; nothing is touched yet')
    .option('--from <time>', 'accepted at or after, e.g. 2026-03-02T08:00:00Z', time)
    .option('--to <time>', 'accepted before', time)
    .option('--key <identifier>', 'of one order: its key, or any identifier of it')
    .option('--flow <flow>', 'that made this flow do something')
    .option('--source <system>', 'that this system sent')
    .option('--type <type>', 'of this type, e.g. shipment.shipped')
    .option('--status <status>', MESSAGE_STATES.join(', '), oneOf(...MESSAGE_STATES))
    .option('--patch <json>', 'merged into each payload (RFC 7396)')
    .option('--limit <n>', 'refuse when more fit; 10,000 at most', wholeNumber, 1000)
    .action((given: Replaying, command: Command) => {
      if (given.from === undefined && given.key === undefined)
        throw new CommandError('A replay needs a bound: say --from <time> or --key <identifier>.', 2);
      const patch = given.patch === undefined ? {} : { patch: parseJson(given.patch, '--patch') as object };
      return wiring.show(command, async (hub) =>
        previewBulk(hub, 'replay', { ...(await replayOf(hub, given)), ...patch }),
      );
    });
  addSteering(replay, 'replay', wiring);
}

async function replayOf(hub: HubInReach, given: Replaying): Promise<NewBulk> {
  const { limit, key, from, to, flow, source, type, status } = given;
  const bounds = { from, to, flow, source, type, status };
  return {
    act: 'replay',
    limit,
    messages: {
      ...Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)),
      ...(key === undefined ? {} : { key: await keyOf(hub, key) }),
    },
  };
}
