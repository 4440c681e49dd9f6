import type { OrderRecord } from '@trunkline/canonical';
import { type ErrorCode, type ExceptionReport, explainError, type Fault } from '@trunkline/messaging';

/** An exception with the owner and remedy that the registry names for its code. */
export function exceptionReport(
  flow: string,
  code: ErrorCode,
  summary: string,
  faults: readonly Fault[] = [],
): ExceptionReport {
  const { owner, remedy } = explainError(code);
  return { code, flow, summary, faults, owner, remedy };
}

/** The record that remembers which of its exceptions are open, so that each is resolved once and only when it was raised. */
export function withOpened(record: OrderRecord, code: ErrorCode): OrderRecord {
  if (record.openExceptions.includes(code)) return record;
  return { ...record, openExceptions: [...record.openExceptions, code] };
}

export function withResolved(record: OrderRecord, code: ErrorCode): OrderRecord {
  if (!record.openExceptions.includes(code)) return record;
  return { ...record, openExceptions: record.openExceptions.filter((open) => open !== code) };
}
