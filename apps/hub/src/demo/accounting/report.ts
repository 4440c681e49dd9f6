import type { DecimalString } from '@trunkline/canonical';
import type { DemandRejection } from '../demand/demand.ts';
import { table } from '../../terminal/output.ts';
import type { Account } from './account.ts';

export interface RunFacts {
  readonly seconds: number;
  readonly readerRejections: readonly DemandRejection[];
  /** From the opportunity's close to its last status, when the CRM tells. Milliseconds. */
  readonly threadTimes?: readonly number[];
}

/** True when every order reached the end that it should and the books agree to the unit. */
export function passed(account: Account): boolean {
  return account.problems.length === 0 && account.ends.open === 0;
}

/** The batch's last line. Keys and their order are the contract of `npm run demo -- --headless`. */
export function reportJson(account: Account, facts: RunFacts): Record<string, number | string> {
  const { ends, units } = account;
  return {
    orders: account.orders,
    accepted: account.accepted,
    rejected: ends.rejected,
    shipped: ends.shipped,
    partiallyShipped: ends['partially shipped'],
    backordered: ends.backordered,
    exceptions: ends.open,
    lost: account.lost,
    duplicated: account.duplicated,
    unitsOrdered: exactNumber(units.ordered),
    unitsShipped: exactNumber(units.shipped),
    unitsBackordered: exactNumber(units.backordered),
    unitsCancelled: exactNumber(units.cancelled),
    seconds: Number(facts.seconds.toFixed(2)),
    ordersPerSecond: Number((account.orders / Math.max(facts.seconds, 0.001)).toFixed(2)),
  };
}

/** Whole units as a number, because that is exact; a fraction stays a decimal string, because a float would not be. */
export function exactNumber(value: DecimalString): number | string {
  return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

const SHOWN_PROBLEMS = 40;
const SHOWN_REJECTIONS = 10;

/** The report for people: ends, the units' equation, refusals by reason, times, and every reason why the run failed. */
export function reportText(account: Account, facts: RunFacts): string {
  const { ends, units } = account;
  const counts: (readonly [string, number])[] = [
    ['won in the CRM', account.orders],
    ['accepted', account.accepted],
    ['  shipped', ends.shipped],
    ['  partially shipped', ends['partially shipped']],
    ['  backordered', ends.backordered],
    ['  cancelled', ends.cancelled],
    ['rejected', ends.rejected],
    ['without an end', ends.open],
    ['lost', account.lost],
    ['duplicated', account.duplicated],
  ];
  const rows = counts.map(([what, count]) => [what, String(count).padStart(8)] as const);
  const parts = [
    table(['Orders', ''], rows),
    `Units: ${units.ordered} ordered = ${units.shipped} shipped + ${units.backordered} backordered + ${units.cancelled} cancelled` +
      (units.open === '0' ? '' : ` + ${units.open} open`),
    rejectionText(account),
    readerText(facts.readerRejections),
    timesText(account, facts),
    problemText(account),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function rejectionText({ rejections }: Account): string {
  if (rejections.size === 0) return '';
  const reasons = [...rejections]
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `  ${count} x ${reason}`);
  return ['Rejected orders by reason (one order may have several):', ...reasons].join('\n');
}

function readerText(rejections: readonly DemandRejection[]): string {
  if (rejections.length === 0) return '';
  const shown = rejections
    .slice(0, SHOWN_REJECTIONS)
    .map(({ file, line, reason }) => `  ${file}:${line} ${reason}`);
  const more = rejections.length - shown.length;
  return [
    `Input rows that no CRM can hold: ${rejections.length}`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

function timesText(account: Account, { seconds, threadTimes = [] }: RunFacts): string {
  const rate = (account.orders / Math.max(seconds, 0.001)).toFixed(1);
  const sorted = [...threadTimes].sort((a, b) => a - b);
  const at = (share: number) =>
    `${((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) / 1000).toFixed(1)} s`;
  const threads = sorted.length === 0 ? '' : `; order threads p50 ${at(0.5)}, p99 ${at(0.99)}`;
  return `Time: ${seconds.toFixed(1)} s, ${rate} orders/s${threads}`;
}

function problemText({ problems }: Account): string {
  if (problems.length === 0) return '';
  const shown = problems
    .slice(0, SHOWN_PROBLEMS)
    .map(({ kind, subject, message }) => `  [${kind}] ${subject}: ${message}`);
  const more = problems.length - shown.length;
  return [`What is wrong (${problems.length}):`, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join(
    '\n',
  );
}
