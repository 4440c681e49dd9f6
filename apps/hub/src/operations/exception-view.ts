import type { ExceptionCase } from '@trunkline/gateway';
import { type ExceptionRow, systemKey } from '@trunkline/journal';

const SYSTEM_KEY = systemKey('');

/** What people call a thread: the ERP's number, else the customer's, else its key. */
export function titleOf(
  key: string,
  identifiers: readonly { readonly kind: string; readonly value: string }[],
): string {
  const number =
    identifiers.find((identifier) => identifier.kind === 'order_number') ??
    identifiers.find((identifier) => identifier.kind === 'customer_po');
  if (key.startsWith(SYSTEM_KEY)) return `system ${key.slice(SYSTEM_KEY.length)}`;
  return number?.value ?? key;
}

/** An exception's public id is `<part>-<id>`: both are needed to find its row. */
export function addressOf(id: string): { readonly part: number; readonly id: string } | undefined {
  const [, part, row] = /^(\d{1,4})-(\d{1,18})$/.exec(id) ?? [];
  return part === undefined || row === undefined ? undefined : { part: Number(part), id: row };
}

export function exceptionView(row: ExceptionRow, title: string): ExceptionCase {
  return {
    id: `${row.part}-${row.id}`,
    thread: row.key,
    title,
    code: row.code,
    status: row.resolvedAt === null ? 'open' : 'resolved',
    flow: row.flow,
    ...(row.target === null ? {} : { system: row.target }),
    summary: row.summary,
    faults: [...row.faults],
    owner: row.owner,
    remedy: row.remedy,
    openedAt: row.openedAt.toISOString(),
    ...(row.resolvedAt === null ? {} : { resolvedAt: row.resolvedAt.toISOString() }),
    ...(row.resolution === null ? {} : { resolution: row.resolution }),
    retryable: row.retryable,
    case: row.fingerprint,
    seen: row.seen,
    reopened: row.reopened,
    ...(row.retriedAt === null || row.resolvedAt !== null
      ? {}
      : { goingAgainSince: row.retriedAt.toISOString() }),
    ...(row.units === null ? {} : { units: row.units }),
    ...(row.amount === null ? {} : { amount: row.amount, currency: row.currency }),
    ...(row.promisedOn === null ? {} : { promisedOn: row.promisedOn }),
  };
}
