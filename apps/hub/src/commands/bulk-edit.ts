import type { NewBulk } from '@trunkline/gateway';
import type { JsonValue } from '@trunkline/messaging';
import type { Command } from 'commander';
import { wholeNumber } from '../terminal/arguments.ts';
import { CommandError } from '../terminal/command-error.ts';
import { previewBulk } from './bulk.ts';
import type { Wiring } from './case-commands.ts';
import { parseJson } from './mend.ts';

interface EditOfMany {
  readonly case: string;
  readonly why: string;
  readonly path?: string;
  readonly value?: string;
  readonly was?: string;
  readonly remove?: boolean;
  readonly changes?: string;
  readonly limit: number;
}

type Changes = NonNullable<NewBulk['changes']>;

/** `exceptions bulk edit`. */
export function addEditOfMany(bulk: Command, { looking, show }: Wiring): void {
  looking(bulk.command('edit'), 'preview one change of all parked commands of a case, which are then sent')
    .requiredOption('--case <id>', 'which case')
    .requiredOption('--why <text>', 'kept beside each original')
    .option('--path <pointer>', 'where, e.g. /order/lines/*/sku; * is each element of a list')
    .option('--value <text>', 'the text that is to stand there')
    .option('--was <text>', 'only where this stands now')
    .option('--remove', 'take the member away instead')
    .option(
      '--changes <json>',
      'several, or of what is no text: a list of { op, path, value, was } (op: replace, add, remove)',
    )
    .option('--limit <n>', 'refuse when more fit', wholeNumber, 10_000)
    .action((given: EditOfMany, command: Command) => {
      const changes = changesOf(given);
      return show(command, (hub) =>
        previewBulk(hub, 'exceptions bulk', {
          act: 'edit',
          exceptions: { case: given.case },
          reason: given.why,
          changes,
          limit: given.limit,
        }),
      );
    });
}

function changesOf({ path, value, was, remove, changes }: EditOfMany): Changes {
  if (changes !== undefined) return listed(parseJson(changes, '--changes'));
  if (path === undefined) throw new CommandError('Say what to change: --path and --value, or --changes.', 2);
  if (!path.startsWith('/'))
    throw new CommandError(`--path ${path}: a JSON Pointer begins with /, e.g. /order/shipTo/city.`, 2);
  const before = was === undefined ? {} : { was };
  if (remove === true) return [{ op: 'remove', path, ...before }];
  if (value === undefined)
    throw new CommandError('Say what is to stand there: --value, or --remove to take it away.', 2);
  return [{ op: 'replace', path, value, ...before }];
}

const OPS: readonly unknown[] = ['replace', 'add', 'remove'];

function listed(changes: JsonValue): Changes {
  const list = (Array.isArray(changes) ? changes : [changes]) as readonly Changes[number][];
  const wrong = list.find(
    ({ op, path }) => !OPS.includes(op) || typeof path !== 'string' || !path.startsWith('/'),
  );
  if (wrong === undefined) return [...list];
  throw new CommandError(
    `--changes: ${JSON.stringify(wrong)} is no change. Write e.g. {"op":"replace","path":"/order/lines/*/sku","was":"A","value":"B"}.`,
    2,
  );
}
