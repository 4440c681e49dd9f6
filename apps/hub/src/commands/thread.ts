import { stripVTControlCharacters } from 'node:util';
import type { ExceptionCase, Thread, ThreadStep, ThreadSummary } from '@trunkline/gateway';
import pc from 'picocolors';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { attemptsText } from './thread-attempts.ts';
import { callOf, duration, type Printable, table, words, wrap } from '../terminal/output.ts';

const AT_MOST = 20;

/** One order across all systems, found by any identifier. */
export async function thread(
  hub: HubInReach,
  identifier: string,
  options: { readonly attempts?: boolean } = {},
): Promise<Printable> {
  const wanted = identifier.trim();
  const found = wanted === '' ? [] : await hub.operations.searchThreads(wanted, AT_MOST);
  const candidates = nearest(found, wanted);
  if (candidates.length > 1)
    return { json: { matches: candidates }, text: severalText(wanted, candidates), exitCode: 1 };
  const only = candidates[0];
  const whole = only === undefined ? undefined : await hub.operations.thread(only.id);
  if (whole === undefined) {
    throw new CommandError(
      `Nothing is known by “${wanted}”. Try an opportunity id, a customer PO, an order number, a release, shipment or tracking number; the beginning of one is enough.`,
    );
  }
  const tried = options.attempts === true ? await hub.operations.threadAttempts(whole.id) : undefined;
  if (tried !== undefined) return { json: tried, text: attemptsText(whole.title, tried) };
  const open = (await hub.operations.exceptionsOf(whole.id)).filter((one) => one.status === 'open');
  return { json: whole, text: describe(whole, open, Date.now()) };
}

/** The whole identifier goes before the same in another case, and that before those that begin with it. */
function nearest(found: readonly ThreadSummary[], wanted: string): readonly ThreadSummary[] {
  const whole = found.filter(({ id, matchedBy }) => id === wanted || matchedBy?.value === wanted);
  if (whole.length > 0) return whole;
  const inAnyCase = found.filter(({ matchedBy }) => matchedBy?.value.toLowerCase() === wanted.toLowerCase());
  return inAnyCase.length > 0 ? inAnyCase : found;
}

function severalText(wanted: string, candidates: readonly ThreadSummary[]): string {
  const count = candidates.length === AT_MOST ? `${AT_MOST} threads or more` : `${candidates.length} threads`;
  const rows = candidates.map(({ title, stage, matchedBy, id }) => [
    title,
    words(stage),
    matchedBy === undefined ? '' : `${words(matchedBy.kind)} ${matchedBy.value}`,
    id,
  ]);
  return `“${wanted}” fits ${count}, newest first. Name one by its whole identifier:\n\n${table(['order', 'stage', 'by', 'id'], rows)}`;
}

function describe(whole: Thread, open: readonly ExceptionCase[], nowMs: number): string {
  const customer = whole.customer === undefined ? '' : `  ${whole.customer}`;
  return [
    `${pc.bold(whole.title)}  ${words(whole.stage)}${customer}\n${identifiersText(whole)}`,
    whole.lines.length === 0 ? undefined : linesText(whole),
    stepsText(whole.steps),
    nextText(whole, open, nowMs),
  ]
    .filter((section) => section !== undefined)
    .join('\n\n');
}

/** A line for each kind, with all its values; a value that two kinds share is told once. */
function identifiersText({ identifiers }: Thread): string {
  const kinds = new Map<string, string[]>();
  const told = new Set<string>();
  for (const { kind, value } of identifiers) {
    if (told.has(value)) continue;
    told.add(value);
    kinds.set(kind, [...(kinds.get(kind) ?? []), value]);
  }
  const width = Math.max(0, ...[...kinds.keys()].map((kind) => kind.length));
  return [...kinds]
    .map(([kind, values]) => {
      const label = words(kind).padEnd(width);
      return `  ${pc.dim(label)}  ${wrap(values.join('  '), width + 4).trimStart()}`;
    })
    .join('\n');
}

function linesText({ lines }: Thread): string {
  return table(
    ['line', 'item', 'ordered', 'released', 'picked', 'shipped', 'backordered', 'cancelled'],
    lines.map((line) => [
      line.line,
      line.sku,
      line.ordered,
      line.released,
      line.picked,
      line.shipped,
      line.backordered,
      line.cancelled,
    ]),
  );
}

const MARKS: Readonly<Record<ThreadStep['kind'], string>> = {
  message: '',
  delivery: '→ ',
  exception: '! ',
};

function stepsText(steps: readonly ThreadStep[]): string {
  const day = steps[0]?.at.slice(0, 10) ?? '';
  const drawn = table(
    [`${day} UTC`, 'wait', 'system', 'what', 'state'],
    steps.map((step) => [
      step.at.slice(11, 23),
      `+${duration(step.waitMs)}`,
      step.system,
      `${MARKS[step.kind]}${step.what}`,
      stateText(step),
    ]),
  ).split('\n');
  // The words about a step stand below its system.
  const indent = stripVTControlCharacters(drawn[0] ?? '').indexOf('system');
  let before = day;
  return steps
    .flatMap((step, index) => {
      const date = step.at.slice(0, 10);
      const turned = date === before ? [] : [pc.dim(date)];
      before = date;
      const detail = step.detail?.trim();
      return [
        ...turned,
        drawn[index + 1] ?? '',
        ...(detail === undefined || detail === '' ? [] : [pc.dim(wrap(detail, indent))]),
      ];
    })
    .toSpliced(0, 0, drawn[0] ?? '')
    .join('\n');
}

function stateText({ state, attempts, tookMs }: ThreadStep): string {
  const took = tookMs === undefined ? '' : ` in ${duration(tookMs)}`;
  const tries = attempts === undefined || attempts < 2 ? '' : `, ${attempts} tries`;
  return `${words(state)}${took}${tries}`;
}

function nextText(whole: Thread, open: readonly ExceptionCase[], nowMs: number): string {
  const { nextMove, steps } = whole;
  if (nextMove.owner === 'nobody') {
    const lasted = steps.reduce((sum, step) => sum + step.waitMs, 0);
    return `Nobody owes a move: the thread has ended, ${duration(lasted)} after it began.`;
  }
  const next = `Next move (owed for ${duration(Math.max(0, nowMs - Date.parse(nextMove.since)))}): ${nextMove.owner}: ${nextMove.what}`;
  const ways = open.map(({ id }) => `  ${callOf(`exceptions show ${id}`)}`);
  return [pc.bold(wrap(next, 0)), ...ways].join('\n');
}
