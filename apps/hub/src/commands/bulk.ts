import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bulk, BulkDetail, NewBulk } from '@trunkline/gateway';
import pc from 'picocolors';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { ago, callOf, duration, type Printable, table, words } from '../terminal/output.ts';
import { valueOf } from './cases.ts';

const LOOK_EVERY_MS = 300;

/** Which words a command line uses for the same acts: `exceptions bulk` or `replay`. */
export type BulkWord = 'exceptions bulk' | 'replay';

/** Previews; nothing is touched. */
export async function previewBulk(hub: HubInReach, word: BulkWord, wanted: NewBulk): Promise<Printable> {
  const answer = await hub.cases.previewBulk(userInfo().username, wanted);
  switch (answer.kind) {
    case 'nothing':
      throw new CommandError('Nothing fits this selection.');
    case 'too_many':
      throw new CommandError(`More than ${answer.most} fit. Narrow the selection, or raise --limit.`);
    case 'broken': {
      const faults = answer.faults.map(({ path, message }) => `  ${path}  ${message}`);
      const why =
        wanted.act === 'edit'
          ? 'The change can be made in none of the commands; the first says why.'
          : 'The edit breaks a message’s contract; nothing is replayed.';
      throw new CommandError(`${why}\n${faults.join('\n')}`);
    }
    case 'previewed': {
      const { operation } = answer;
      const { id, act, total, secondsLeft } = operation;
      const risk = act === 'replay' ? '' : `, ${valueOf(operation)} at risk`;
      const detail = act === 'edit' ? await hub.cases.bulk(id) : undefined;
      return {
        json: detail ?? operation,
        text: `${detail === undefined ? '' : `${editText(detail)}\n`}Act ${pc.bold(id)}: ${act} ${total}${risk}, about ${duration(secondsLeft * 1000)} at its pace. Nothing is touched yet.\n  first five:  ${callOf(`${word} try ${id} --wait`)}\n  then all:    ${callOf(`${word} start ${id} --wait`)}`,
      };
    }
  }
}

export async function listBulk(hub: HubInReach): Promise<Printable> {
  const items = await hub.cases.bulks(20);
  const nowMs = Date.now();
  const rows = items.map((item) => [
    item.id,
    item.act,
    words(item.state),
    String(item.total),
    String(item.mended),
    String(item.failed),
    item.by,
    ago(item.createdAt, nowMs),
  ]);
  return {
    json: { items },
    text:
      rows.length === 0
        ? 'No acts on many yet.'
        : table(['act', 'does', 'state', 'of', 'mended', 'failed', 'by', 'made'], rows),
  };
}

export async function showBulk(hub: HubInReach, word: BulkWord, id: string): Promise<Printable> {
  const found = await theBulk(hub, word, id);
  const troubled = found.items.filter((item) => item.state === 'failed' || item.state === 'refused');
  return {
    json: found,
    text: [
      progressOf(found),
      ...troubled.map((item) => `  ${item.thread}  ${item.state}: ${item.detail ?? ''}`),
    ].join('\n'),
    exitCode: found.state === 'stopped' ? 1 : 0,
  };
}

export async function steerBulk(
  hub: HubInReach,
  word: BulkWord,
  id: string,
  step: 'try' | 'start' | 'cancel',
  options: { readonly wait?: boolean; readonly json?: boolean },
): Promise<Printable> {
  const before = await theBulk(hub, word, id);
  if (!(await hub.cases.steerBulk(id, userInfo().username, step))) {
    throw new CommandError(
      `Act ${id} is ${words(before.state)} and cannot ${step}: it is tried on its first five before it starts, and what has ended stays so.`,
    );
  }
  if (options.wait !== true) return showBulk(hub, word, id);
  for (let shown = ''; ; await pause(LOOK_EVERY_MS)) {
    const now = await theBulk(hub, word, id);
    if (now.state !== 'canary' && now.state !== 'running') return showBulk(hub, word, id);
    const line = progressOf(now);
    // To the error stream: what a program reads stays one document.
    if (options.json !== true && line !== shown) process.stderr.write(`${line}\n`);
    shown = line;
  }
}

/** What an edit does to the first few, and what it cannot be made in. */
function editText({ edits = [], items, refused }: BulkDetail): string {
  const changed = edits.map(({ thread, differences }) =>
    [
      pc.bold(thread),
      ...differences.map(
        ({ path, before, after }) =>
          `  ${path}  ${pc.red(shown(before))} ${pc.dim('→')} ${pc.green(shown(after))}`,
      ),
    ].join('\n'),
  );
  const first = items.filter(({ state }) => state === 'refused').slice(0, 5);
  const refusals = [
    `${refused} refused:`,
    ...first.map(({ thread, detail }) => `  ${thread}  ${detail ?? ''}`),
    ...(refused > first.length ? [`  and ${refused - first.length} more`] : []),
  ];
  return [...changed, ...(refused > 0 ? [refusals.join('\n')] : [])].join('\n');
}

const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

async function theBulk(hub: HubInReach, word: BulkWord, id: string): Promise<BulkDetail> {
  const found = await hub.cases.bulk(id);
  if (found !== undefined) return found;
  throw new CommandError(`There is no act ${id}. All of them: ${callOf(`${word} list`)}`);
}

function progressOf(act: Bulk): string {
  const counts = [
    `${act.mended} mended`,
    ...(act.failed > 0 ? [pc.red(`${act.failed} failed`)] : []),
    ...(act.skipped > 0 ? [`${act.skipped} skipped`] : []),
    ...(act.refused > 0 ? [`${act.refused} refused`] : []),
    ...(act.underWay > 0 ? [`${act.underWay} under way`] : []),
    ...(act.pending > 0 ? [`${act.pending} to go`] : []),
  ];
  const left =
    act.state === 'running' && act.secondsLeft > 0 ? `, about ${duration(act.secondsLeft * 1000)} left` : '';
  const because = act.stoppedBecause === undefined ? '' : `\n  ${act.stoppedBecause}`;
  return `Act ${act.id} (${act.act} ${act.total}): ${words(act.state)}; ${counts.join(', ')}${left}${because}`;
}
