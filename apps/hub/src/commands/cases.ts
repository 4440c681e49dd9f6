import { userInfo } from 'node:os';
import type { Case, CaseDetail, CaseQuery, ExceptionCase } from '@trunkline/gateway';
import pc from 'picocolors';
import { CommandError } from '../terminal/command-error.ts';
import type { HubInReach } from '../terminal/hub-in-reach.ts';
import { ago, callOf, duration, type Printable, wrap } from '../terminal/output.ts';

const person = () => userInfo().username;

/** What fails alike, the longest open first, each with its one next move. */
export async function listCases(hub: HubInReach, query: CaseQuery): Promise<Printable> {
  const page = await hub.cases.cases(query);
  if (page.total === 0) return { json: page, text: 'No case fits. Nothing needs a person here.' };
  const nowMs = Date.now();
  const blocks = page.items.map((item) =>
    [
      pc.bold(wrap(titleOf(item), 0)),
      `  ${item.id}  ${item.code}  ${item.status}`,
      wrap(
        `${item.open} open, ${valueOf(item)} at risk, oldest ${ageOf(item, nowMs)}, queue ${item.queue}`,
        2,
      ),
      wrap(item.next.what, 2),
    ].join('\n'),
  );
  const more =
    page.total > page.items.length
      ? `\n\n${page.total - page.items.length} more: ${callOf(`exceptions cases --limit ${page.total}`)}`
      : '';
  return { json: page, text: `${blocks.join('\n\n')}${more}` };
}

/** What fails, in the failing system's own words as on the console; which command met it stands with the case. */
function titleOf({ message }: Pick<Case, 'message'>): string {
  const words = message.replace(/^[a-z-]+\.[a-z-]+ to \S+: /, '');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** One case: what it is, what it holds up, who looks after it, and what can be done. */
export async function showCase(hub: HubInReach, id: string): Promise<Printable> {
  const found = await theCase(hub, id);
  const orders = await hub.operations.exceptions({ status: 'open', case: id, limit: 20, offset: 0 });
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['means', found.meaning],
    ['open', `${found.open} now, ${found.seen} ever; ${valueOf(found)} at risk`],
    ['since', `first ${ago(found.firstSeenAt, Date.now())}, last ${ago(found.lastSeenAt, Date.now())}`],
    ['oldest', ageOf(found, Date.now())],
    ['asked', found.promisedOn],
    ['queue', found.assignee === undefined ? found.queue : `${found.queue}, ${found.assignee}`],
    ['runbook', found.runbook],
    ['next', found.next.what],
  ];
  const text = [
    `${pc.bold(found.id)}  ${found.code}  ${found.system === undefined ? found.flow : `${found.flow} to ${found.system}`}  ${found.status}`,
    wrap(found.message, 2),
    '',
    ...facts.flatMap(([name, value]) =>
      value === undefined || value === ''
        ? []
        : [`  ${pc.dim(name.padEnd(7))}  ${wrap(value, 11).trimStart()}`],
    ),
    ...found.missing.map(
      ({ kind, system, value, waiting }) =>
        `  ${pc.dim('missing')}  ${kind} ${value} in ${system}: ${waiting} wait`,
    ),
    '',
    ...orders.items.map((one) => `  ${one.id}  ${one.title}  ${one.summary.split('\n')[0] ?? ''}`),
    ...(orders.total > orders.items.length ? [`  and ${orders.total - orders.items.length} more`] : []),
    '',
    ...waysOf(found, orders.items).map((way) => `  ${way}`),
    ...found.history.map(
      (deed) => `  ${deed.at}  ${deed.by}: ${deed.act}${deed.note === undefined ? '' : `, ${deed.note}`}`,
    ),
  ];
  return { json: { ...found, orders: orders.items }, text: text.join('\n') };
}

/** Only what can work now: nothing is parked for an order that was rejected, and a retry would find nothing. */
function waysOf(found: CaseDetail, orders: readonly ExceptionCase[]): readonly string[] {
  const [word] = found.missing;
  const [first] = orders;
  return [
    ...(word === undefined
      ? []
      : [callOf(`exceptions map ${word.value} … --kind ${word.kind} --system ${word.system}`)]),
    ...(orders.some(({ retryable }) => retryable)
      ? [callOf(`exceptions bulk retry --case ${found.id}`)]
      : []),
    ...(first === undefined ? [] : [callOf(`exceptions show ${first.id}`)]),
    ...(found.status === 'open' ? [callOf(`exceptions ack ${found.id}`)] : []),
    ...(found.status === 'ignored' || found.status === 'acknowledged'
      ? [callOf(`exceptions reopen ${found.id}`)]
      : []),
  ];
}

export async function acknowledgeCase(hub: HubInReach, id: string): Promise<Printable> {
  return changed(hub, id, (at) => hub.cases.acknowledgeCase(at, person()));
}

export async function assignCase(
  hub: HubInReach,
  id: string,
  to: { readonly assignee?: string | null; readonly queue?: string | null },
): Promise<Printable> {
  return changed(hub, id, (at) => hub.cases.assignCase(at, person(), to));
}

export async function ignoreCase(hub: HubInReach, id: string, reason: string): Promise<Printable> {
  return changed(hub, id, (at) => hub.cases.ignoreCase(at, person(), reason));
}

export async function reopenCase(hub: HubInReach, id: string): Promise<Printable> {
  return changed(hub, id, (at) => hub.cases.reopenCase(at, person()));
}

async function changed(
  hub: HubInReach,
  id: string,
  act: (id: string) => Promise<boolean>,
): Promise<Printable> {
  const { id: fingerprint } = await theCase(hub, id);
  await act(fingerprint);
  const found = await theCase(hub, fingerprint);
  return {
    json: found,
    text: `${fingerprint}: ${found.status}, ${found.queue}${found.assignee === undefined ? '' : `, ${found.assignee}`}`,
  };
}

/** By its own id, or by that of one of its exceptions. */
async function theCase(hub: HubInReach, id: string): Promise<CaseDetail> {
  const fingerprint = isCaseId(id) ? id : ((await hub.operations.exception(id))?.case ?? '');
  const found = await hub.cases.case(fingerprint);
  if (found !== undefined) return found;
  throw new CommandError(
    `There is no case ${id}. Ids look like 3fa85c0de41b7712, or name one of its exceptions (3-17): ${callOf('exceptions cases --status all')}`,
  );
}

/** A fingerprint: 16 hexadecimal digits. An exception's id has a dash. */
export function isCaseId(id: string): boolean {
  return /^[0-9a-f]{16}$/.test(id);
}

/** `EUR 1,204.50`, `12 units`: money when it is known. */
export function valueOf({ amounts, units }: Pick<Case, 'amounts' | 'units'>): string {
  const money = Object.entries(amounts).map(([currency, amount]) => `${currency} ${amount}`);
  return money.length > 0 ? money.join(', ') : `${units} units`;
}

function ageOf(item: Case, nowMs: number): string {
  if (item.oldestOpenAt === undefined) return '–';
  const age = duration(Math.max(0, nowMs - Date.parse(item.oldestOpenAt)));
  if (!item.overdue || item.dueAt === undefined) return age;
  return pc.red(`${age}, ${duration(nowMs - Date.parse(item.dueAt))} over`);
}
