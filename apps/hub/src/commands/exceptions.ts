import { userInfo } from 'node:os';
import type { ExceptionCase } from '@trunkline/gateway';
import { ERROR_REGISTRY } from '@trunkline/messaging';
import pc from 'picocolors';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { ago, callOf, type Printable, table, wrap } from '../terminal/output.ts';
import { keyOf } from './thread-key.ts';

export interface ListOptions {
  readonly all?: boolean;
  /** Any identifier of one thread. */
  readonly order?: string;
  readonly limit: number;
}

/** What needs a person, newest first. */
export async function listExceptions(hub: HubInReach, options: ListOptions): Promise<Printable> {
  const page = await hub.operations.exceptions({
    status: options.all === true ? 'all' : 'open',
    limit: options.limit,
    offset: 0,
    ...(options.order === undefined ? {} : { thread: await keyOf(hub, options.order) }),
  });
  if (page.total === 0) {
    const of = options.order === undefined ? '' : ` of ${options.order}`;
    return {
      json: page,
      text: options.all === true ? `No exceptions${of}, ever.` : `No open exceptions${of}.`,
    };
  }
  const nowMs = Date.now();
  const blocks = page.items.map((item) =>
    [headline(item, nowMs), wrap(item.summary, 2), faultsText(item), nextText(item)]
      .filter((line) => line !== '')
      .join('\n'),
  );
  const more =
    page.total > page.items.length
      ? `\n\n${page.total - page.items.length} more. All of them: ${callOf(`exceptions --limit ${page.total}`)}; counts: ${callOf('exceptions --summary')}`
      : '';
  return { json: page, text: `${blocks.join('\n\n')}${more}` };
}

/** One exception with what its code means and what can be done about it. */
export async function showException(hub: HubInReach, id: string): Promise<Printable> {
  const found = await theException(hub, id);
  const meaning = ERROR_REGISTRY.get(found.code)?.meaning;
  const facts = [
    ['means', meaning],
    ['thread', `${found.title} (${found.thread})`],
    ['flow', found.flow],
    ['system', found.system],
    ['owner', found.owner],
    ['remedy', found.remedy],
  ].filter((fact): fact is [string, string] => fact[1] !== undefined);
  const ways = [
    callOf(`thread ${found.thread}`),
    ...(found.retryable ? [callOf(`exceptions retry ${found.id}`)] : []),
    ...(found.retryable && found.system !== undefined
      ? [callOf(`exceptions discard ${found.id} --reason "…"`)]
      : []),
  ];
  const text = [
    headline(found, Date.now()),
    wrap(found.summary, 2),
    faultsText(found),
    '',
    ...facts.map(([name, value]) => `  ${pc.dim(name.padEnd(6))}  ${wrap(value, 10).trimStart()}`),
    '',
    ...ways.map((way) => `  ${way}`),
  ];
  return {
    json: { ...found, ...(meaning === undefined ? {} : { meaning }) },
    text: text.filter((line, index) => line !== '' || text[index - 1] !== '').join('\n'),
  };
}

export async function retryException(hub: HubInReach, id: string): Promise<Printable> {
  const found = await openException(hub, id);
  if (found.goingAgainSince !== undefined) {
    throw new CommandError(
      `Exception ${id} was let go again ${ago(found.goingAgainSince, Date.now())}, and nothing has come of it yet. It closes when ${found.system ?? 'the hub'} has taken it: ${callOf(`exceptions show ${id}`)}`,
    );
  }
  if (!found.retryable) {
    throw new CommandError(
      `Exception ${id} holds nothing to send again: it waits for ${found.owner}. ${found.remedy}`,
    );
  }
  if (!(await hub.operations.retryException(id, userInfo().username))) throw meanwhile(id);
  return { json: { id, retried: true }, text: `${id}: goes again. ${callOf(`thread ${found.thread}`)}` };
}

export async function discardException(hub: HubInReach, id: string, reason: string): Promise<Printable> {
  const found = await openException(hub, id);
  if (found.system === undefined) {
    throw new CommandError(
      `Exception ${id} holds no delivery that could be given up: it waits for ${found.owner}. ${found.remedy}`,
    );
  }
  if (!(await hub.operations.discardException(id, userInfo().username, reason))) throw meanwhile(id);
  return {
    json: { id, discarded: true },
    text: `${id}: discarded; what waited behind it goes on. ${callOf(`thread ${found.thread}`)}`,
  };
}

/** Counts per code, for a first look when there are many. */
export async function summarise(hub: HubInReach): Promise<Printable> {
  const page = await hub.operations.exceptions({ status: 'open', limit: 10_000, offset: 0 });
  const counts = new Map<string, number>();
  for (const item of page.items) counts.set(item.code, (counts.get(item.code) ?? 0) + 1);
  const rows = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => [code, String(count), ERROR_REGISTRY.get(code)?.meaning ?? '']);
  return {
    json: Object.fromEntries(counts),
    text: rows.length === 0 ? 'No open exceptions.' : table(['code', 'open', 'meaning'], rows),
  };
}

async function theException(hub: HubInReach, id: string): Promise<ExceptionCase> {
  const found = await hub.operations.exception(id);
  if (found !== undefined) return found;
  throw new CommandError(
    `There is no exception ${id}. Ids look like 3-17; the open ones: ${callOf('exceptions')}`,
  );
}

async function openException(hub: HubInReach, id: string): Promise<ExceptionCase> {
  const found = await theException(hub, id);
  if (found.status === 'open') return found;
  throw new CommandError(
    `Exception ${id} was resolved ${ago(found.resolvedAt ?? found.openedAt, Date.now())}; nothing is left to do.`,
  );
}

function meanwhile(id: string): CommandError {
  return new CommandError(
    `Exception ${id} changed under the command: somebody else acted on it, or its delivery is no longer parked. Look again: ${callOf(`exceptions show ${id}`)}`,
  );
}

function headline(item: ExceptionCase, nowMs: number): string {
  const state =
    item.status === 'open'
      ? pc.red(`open, ${ago(item.openedAt, nowMs)}`)
      : `resolved ${ago(item.resolvedAt ?? item.openedAt, nowMs)}`;
  return `${pc.bold(item.id)}  ${item.code}  ${item.title}  ${state}`;
}

function faultsText({ faults }: ExceptionCase): string {
  const width = Math.max(0, ...faults.map((fault) => fault.path.length));
  return faults
    .map(({ path, message }) =>
      width > 40
        ? `    ${path}\n${wrap(message, 6)}`
        : `    ${path.padEnd(width)}  ${wrap(message, width + 6).trimStart()}`,
    )
    .join('\n');
}

function nextText(item: ExceptionCase): string {
  if (item.status === 'resolved') return '';
  const next = wrap(`${item.owner}: ${item.remedy}`, 2);
  return item.retryable ? `${next}\n  then: ${callOf(`exceptions retry ${item.id}`)}` : next;
}
