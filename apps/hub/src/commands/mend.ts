import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { JsonObject, JsonValue } from '@trunkline/messaging';
import { mergePatch } from '@trunkline/messaging';
import { HUB_LANGUAGE } from '../operations/mapping-rules.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { callOf, type Printable, table } from '../terminal/output.ts';

export interface EditOptions {
  readonly file?: string;
  readonly patch?: string;
  readonly why?: string;
}

/** Without an edit: the command as it is parked, to be written to a file. With one: sends it edited. */
export async function editException(hub: HubInReach, id: string, options: EditOptions): Promise<Printable> {
  const found = await hub.cases.exceptionDetail(id);
  if (found?.command === undefined) {
    throw new CommandError(
      `Exception ${id} holds no command that could be edited. Those that do: ${callOf('exceptions')}`,
    );
  }
  const { payload } = found.command as { payload: JsonObject };
  if (options.file === undefined && options.patch === undefined)
    return { json: payload, text: JSON.stringify(payload, undefined, 2) };
  if (options.why === undefined)
    throw new CommandError('An edit is kept with its reason: add --why <text>.', 2);
  const edited =
    options.file === undefined ? patched(payload, options.patch ?? '{}') : readJson(options.file);
  const answer = await hub.cases.editException(id, userInfo().username, options.why, edited);
  if (answer.kind === 'broken') {
    const faults = answer.faults.map(({ path, message }) => `  ${path}  ${message}`);
    throw new CommandError(`Not sent: the edited command breaks its contract.\n${faults.join('\n')}`);
  }
  if (answer.kind === 'nothing')
    throw new CommandError(
      `Exception ${id} is not parked any more. Look again: ${callOf(`exceptions show ${id}`)}`,
    );
  return {
    json: { id, edited: true },
    text: `${id}: goes edited; the original is kept. ${callOf(`exceptions show ${id}`)}`,
  };
}

export async function resolveException(hub: HubInReach, id: string, note: string): Promise<Printable> {
  if (await hub.cases.resolveException(id, userInfo().username, note))
    return { json: { id, resolved: true }, text: `${id}: resolved.` };
  throw new CommandError(
    `Exception ${id} cannot be closed by a word: it does not exist, has ended, or something is parked for it that must be retried or discarded.`,
  );
}

export interface MapOptions {
  readonly kind: string;
  readonly system?: string;
  readonly why?: string;
}

/** In whose language a word is said, unless it was named: the hub's own for sites and countries, the ERP's for products. */
function languageOf(hub: HubInReach, { kind, system }: Pick<MapOptions, 'kind' | 'system'>): string {
  if (system !== undefined) return system;
  if (kind === 'ship_method') {
    const warehouses = namesOf(hub, 'warehouse-rest').join(', ');
    throw new CommandError(`Say which warehouse calls it so: --system <system>, one of ${warehouses}.`, 2);
  }
  return kind === 'product' ? (namesOf(hub, 'odoo')[0] ?? HUB_LANGUAGE) : HUB_LANGUAGE;
}

function namesOf({ configuration }: HubInReach, connector: string): readonly string[] {
  return Object.entries(configuration.systems).flatMap(([name, system]) =>
    system.connector === connector ? [name] : [],
  );
}

/** Maps a word; without a target it takes the mapping back. */
export async function mapWord(
  hub: HubInReach,
  source: string,
  target: string | undefined,
  { kind, why, ...given }: MapOptions,
): Promise<Printable> {
  const system = languageOf(hub, { kind, ...given });
  const answer = await hub.cases.addMapping(userInfo().username, {
    kind,
    system,
    source,
    target: target ?? null,
    ...(why === undefined ? {} : { why }),
  });
  switch (answer.kind) {
    case 'broken':
      throw new CommandError(answer.faults.map(({ message }) => message).join('\n'), 2);
    case 'nothing':
      throw new CommandError(
        `In ${system}, ${kind} ${source} is not mapped; there is nothing to take back. What is: ${callOf('exceptions mappings')}`,
      );
    case 'done': {
      const said =
        target === undefined
          ? `${source} is mapped no more.`
          : `${source} is ${target}. What waits for it goes on within seconds.`;
      return { json: answer.mapping, text: `In ${system}, ${kind} ${said}` };
    }
  }
}

export async function listMappings(hub: HubInReach): Promise<Printable> {
  const { items, waiting } = await hub.cases.mappings();
  const rows = items
    .filter((item) => item.target !== undefined)
    .map((item) => [item.kind, item.system, item.source, item.target ?? '', item.by, item.why ?? '']);
  const mapped =
    rows.length === 0 ? 'Nothing is mapped.' : table(['kind', 'system', 'word', 'is', 'by', 'why'], rows);
  const missing = waiting.map((word) => [word.kind, word.system, word.value, String(word.waiting)]);
  return {
    json: { items, waiting },
    text:
      missing.length === 0
        ? mapped
        : `${mapped}\n\nMissing; say what it is with ${callOf('exceptions map <word> <target> --kind … --system …')}\n${table(['kind', 'system', 'word', 'waiting'], missing)}`,
  };
}

function patched(payload: JsonObject, patch: string): JsonObject {
  return mergePatch(payload, parseJson(patch, '--patch')) as JsonObject;
}

function readJson(file: string): JsonObject {
  return parseJson(readFileSync(file === '-' ? 0 : file, 'utf8'), file) as JsonObject;
}

/** @throws CommandError */
export function parseJson(text: string, where: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new CommandError(
      `${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      2,
    );
  }
}
