import type { Fault, Outcome } from '@trunkline/messaging';
import { AuthenticationFailure } from './authentication.ts';
import { type Answer, CallFailure, retryAfterMs } from './http.ts';
import { errorsOf, type SalesforceError, wordsOf } from './reported-errors.ts';

type Retry = Outcome & { kind: 'retry' };

/** The allowance of a day comes back slowly (a rolling 24 hours); asking more often only delays it. */
const DAILY_LIMIT_PAUSE_MS = 15 * 60_000;
/** Concurrent long requests end within seconds. */
const CONCURRENCY_PAUSE_MS = 5_000;

const CONFLICTS = new Set([
  'UNABLE_TO_LOCK_ROW',
  // This record was sound; another of its call or chunk was not.
  'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  'PROCESSING_HALTED',
]);
const OUTAGES = new Set(['SERVER_UNAVAILABLE', 'UNKNOWN_EXCEPTION', 'QUERY_TIMEOUT']);
/** Whatever the call was: this login gets nowhere. An expired token is not among them, the client has renewed it and was refused again. */
const NO_LOGIN = new Set(['INVALID_SESSION_ID', 'API_DISABLED_FOR_ORG', 'API_CURRENTLY_DISABLED']);
const UNAUTHORISED = new Set([
  'INSUFFICIENT_ACCESS',
  'INSUFFICIENT_ACCESS_OR_READONLY',
  'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
  'INVALID_FIELD_FOR_INSERT_UPDATE',
]);
const MISCONFIGURED = new Set(['INVALID_TYPE', 'NOT_FOUND', 'UNSUPPORTED_API_VERSION']);
/** What it could not make sense of: our mapping, or the fields that it was made for. */
const INVALID = new Set([
  'INVALID_FIELD',
  'INVALID_ID_FIELD',
  'INVALID_TYPE_ON_FIELD_IN_RECORD',
  'JSON_PARSER_ERROR',
  'MALFORMED_ID',
  'NUMBER_OUTSIDE_VALID_RANGE',
]);

/**
 * What one record's errors lead to. A person's error outweighs a passing one in the same record: repeating cannot mend it.
 * Codes that nobody knows go to a person with Salesforce's own words.
 */
export function classifyErrors(errors: readonly SalesforceError[], externalIdField: string): Outcome {
  const passing: Retry[] = [];
  const standing: SalesforceError[] = [];
  for (const error of errors) {
    const passes = passingError(error, externalIdField);
    if (passes === undefined) standing.push(error);
    else passing.push(passes);
  }
  const first = passing[0];
  if (standing.length > 0 || first === undefined) return rejection(standing);
  return passing.reduce((a, b) => ((b.afterMs ?? 0) > (a.afterMs ?? 0) ? b : a), first);
}

/** What a whole call's answer other than success leads to, for each record in it. */
export function classifyAnswer(answer: Answer, externalIdField: string): Outcome {
  const errors = errorsOf(answer.body);
  const afterMs = retryAfterMs(answer);
  if (answer.status === 300) {
    return rejected('target_rejected', 'HTTP 300: the external id matches several records.');
  }
  if (answer.status >= 500) {
    return retry('target_unavailable', wordsOf(errors) || `HTTP ${answer.status}`, afterMs);
  }
  if (answer.status === 429)
    return retry('target_busy', wordsOf(errors) || 'HTTP 429', afterMs ?? CONCURRENCY_PAUSE_MS);
  if (errors.length > 0) return classifyErrors(errors, externalIdField);
  if (answer.status === 401) return loginRefused('HTTP 401 without a reason.');
  if (answer.status === 403) {
    return rejected('target_unauthorised', `HTTP ${answer.status} without a reason.`);
  }
  if (answer.status >= 200 && answer.status < 300) {
    return {
      kind: 'unknown',
      code: 'outcome_unknown',
      detail: `HTTP ${answer.status} in a shape that this API does not have.`,
    };
  }
  return rejected(
    'target_misconfigured',
    `HTTP ${answer.status} without a reason: is the address an org’s API?`,
  );
}

/** What an exception of the client leads to. Anything but its own two failures is a defect and thrown on. */
export function classifyFailure(error: unknown): Outcome {
  if (error instanceof CallFailure) {
    if (error.cancelled) return { kind: 'cancelled' };
    return error.sent
      ? { kind: 'unknown', code: 'outcome_unknown', detail: error.message }
      : retry('target_unavailable', error.message);
  }
  if (error instanceof AuthenticationFailure) {
    return error.transient
      ? retry('target_unavailable', error.message, error.afterMs)
      : loginRefused(error.message);
  }
  throw error;
}

function passingError(error: SalesforceError, externalIdField: string): Retry | undefined {
  const words = `${error.code}: ${error.message}`;
  if (error.code === 'REQUEST_LIMIT_EXCEEDED') {
    const concurrent = /concurrent/i.test(error.message);
    return retry('target_busy', words, concurrent ? CONCURRENCY_PAUSE_MS : DAILY_LIMIT_PAUSE_MS);
  }
  if (NO_LOGIN.has(error.code)) return loginRefused(words);
  if (OUTAGES.has(error.code)) return retry('target_unavailable', words);
  // A trigger or flow that met a lock reports its own code, with the lock's in the text.
  if (CONFLICTS.has(error.code) || error.message.includes('UNABLE_TO_LOCK_ROW')) {
    return retry('target_conflict', words);
  }
  // Two upserts of a new external id met: the one that lost finds the record when it comes again.
  if (error.code === 'DUPLICATE_VALUE' && error.message.includes(externalIdField)) {
    return retry('target_conflict', words);
  }
  return undefined;
}

function rejection(errors: readonly SalesforceError[]): Outcome {
  const codes = errors.map((error) => error.code);
  const detail = wordsOf(errors) || 'Salesforce refused without a reason.';
  if (codes.some((name) => INVALID.has(name)))
    return { kind: 'invalid', detail, faults: faultsOf(errors, 'command_invalid') };
  const code = codes.some((name) => UNAUTHORISED.has(name))
    ? 'target_unauthorised'
    : codes.some((name) => MISCONFIGURED.has(name))
      ? 'target_misconfigured'
      : 'target_rejected';
  return { kind: 'rejected', code, detail, faults: faultsOf(errors, code) };
}

function faultsOf(errors: readonly SalesforceError[], code: string): Fault[] {
  return errors.flatMap((error) => {
    const paths = error.fields.length === 0 ? [fieldNamedIn(error.message)] : error.fields;
    return paths.map((path) => ({ code, path, message: `${error.code}: ${error.message}` }));
  });
}

/** `INVALID_FIELD` lists no fields: its text names the column. */
function fieldNamedIn(message: string): string {
  return /No such column '(?<field>\w+)'/.exec(message)?.groups?.['field'] ?? '';
}

function retry(code: string, detail: string, afterMs?: number): Retry {
  return { kind: 'retry', code, detail, ...(afterMs === undefined ? {} : { afterMs }) };
}

function loginRefused(detail: string): Retry {
  return retry('credentials_refused', detail);
}

function rejected(code: string, detail: string): Outcome {
  return { kind: 'rejected', code, detail };
}
