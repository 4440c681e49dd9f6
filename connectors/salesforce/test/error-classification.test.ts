/** Salesforce's errors by consequence; pure. The codes and shapes are those of its public documentation. */
import { ERROR_REGISTRY } from '@trunkline/messaging';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { AuthenticationFailure } from '../src/authentication.ts';
import { classifyAnswer, classifyErrors, classifyFailure } from '../src/error-classification.ts';
import { errorsOf } from '../src/reported-errors.ts';
import { CallFailure } from '../src/http.ts';

const KEY = 'Trunkline_Id__c';
const of = (code: string, message = 'words', fields: string[] = []) =>
  classifyErrors([{ code, message, fields }], KEY);

describe('one record’s errors', () => {
  test.each([
    ['UNABLE_TO_LOCK_ROW', 'retry', 'target_conflict'],
    ['SERVER_UNAVAILABLE', 'retry', 'target_unavailable'],
    ['REQUEST_LIMIT_EXCEEDED', 'retry', 'target_busy'],
    ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'retry', 'target_conflict'],
    ['DUPLICATES_DETECTED', 'rejected', 'target_rejected'],
    ['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'rejected', 'target_rejected'],
    ['REQUIRED_FIELD_MISSING', 'rejected', 'target_rejected'],
    ['INVALID_CROSS_REFERENCE_KEY', 'rejected', 'target_rejected'],
    ['ENTITY_IS_DELETED', 'rejected', 'target_rejected'],
    ['STRING_TOO_LONG', 'rejected', 'target_rejected'],
    ['DUPLICATE_EXTERNAL_ID', 'rejected', 'target_rejected'],
    ['A_CODE_THAT_NOBODY_KNOWS', 'rejected', 'target_rejected'],
    ['INSUFFICIENT_ACCESS_OR_READONLY', 'rejected', 'target_unauthorised'],
    ['INVALID_TYPE', 'rejected', 'target_misconfigured'],
  ])('%s: %s, %s', (code, kind, registered) => {
    const outcome = of(code);
    expect(outcome).toMatchObject({ kind, code: registered, detail: `${code}: words` });
    expect(ERROR_REGISTRY.get(registered)?.consequence).toBe(kind);
  });

  test.each(['MALFORMED_ID', 'INVALID_FIELD', 'JSON_PARSER_ERROR', 'INVALID_TYPE_ON_FIELD_IN_RECORD'])(
    '%s: invalid, at the field',
    (code) => {
      expect(of(code, 'words', ['Opportunity__c'])).toEqual({
        kind: 'invalid',
        detail: `${code}: words`,
        faults: [{ code: 'command_invalid', path: 'Opportunity__c', message: `${code}: words` }],
      });
    },
  );

  test('a column that is not there is named by the text alone', () => {
    const words = "No such column 'Reason__c' on sobject of type Trunkline_Order__c";
    expect(of('INVALID_FIELD', words)).toMatchObject({ kind: 'invalid', faults: [{ path: 'Reason__c' }] });
  });

  test('a lock met by a trigger is a lock', () => {
    const message =
      'OrderTrigger: execution of AfterUpdate caused by: UNABLE_TO_LOCK_ROW, unable to obtain exclusive access';
    expect(of('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', message)).toMatchObject({ kind: 'retry' });
  });

  test('two inserts of one order that met are tried again; another field’s duplicate is for a person', () => {
    expect(
      of('DUPLICATE_VALUE', `duplicate value found: ${KEY} duplicates value on record with id: a00`),
    ).toMatchObject({ kind: 'retry' });
    expect(of('DUPLICATE_VALUE', 'duplicate value found: Order_Number__c duplicates value')).toMatchObject({
      kind: 'rejected',
    });
  });

  test('the day’s limit waits long, concurrency shortly', () => {
    const daily = of('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    const concurrent = of(
      'REQUEST_LIMIT_EXCEEDED',
      'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
    );
    expect(daily).toMatchObject({ afterMs: 900_000 });
    expect(concurrent).toMatchObject({ afterMs: 5000 });
  });

  test('what stands outweighs what passes, and each field is a fault', () => {
    const outcome = classifyErrors(
      [
        { code: 'UNABLE_TO_LOCK_ROW', message: 'lock', fields: [] },
        { code: 'REQUIRED_FIELD_MISSING', message: 'missing', fields: ['A__c', 'B__c'] },
      ],
      KEY,
    );
    expect(outcome).toEqual({
      kind: 'rejected',
      code: 'target_rejected',
      detail: 'REQUIRED_FIELD_MISSING: missing',
      faults: ['A__c', 'B__c'].map((path) => ({
        code: 'target_rejected',
        path,
        message: 'REQUIRED_FIELD_MISSING: missing',
      })),
    });
  });
});

describe('a whole call', () => {
  const answer = (status: number, body: unknown, headers = {}) =>
    classifyAnswer({ status, body, headers }, KEY);
  test.each([
    [300, ['/services/data/v66.0/sobjects/X/1'], 'rejected', 'target_rejected'],
    [400, [{ errorCode: 'INVALID_TYPE', message: 'No such object' }], 'rejected', 'target_misconfigured'],
    [401, [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired' }], 'retry', 'credentials_refused'],
    [
      403,
      [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
      'retry',
      'target_busy',
    ],
    [403, undefined, 'rejected', 'target_unauthorised'],
    [404, [{ errorCode: 'NOT_FOUND', message: 'no' }], 'rejected', 'target_misconfigured'],
    [404, '<html>', 'rejected', 'target_misconfigured'],
    [429, undefined, 'retry', 'target_busy'],
    [500, [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'x' }], 'retry', 'target_unavailable'],
    [503, '<html>', 'retry', 'target_unavailable'],
    [200, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'x' }], 'retry', 'target_unavailable'],
    [200, 'half a pag', 'unknown', 'outcome_unknown'],
  ])('HTTP %i %j: %s, %s', (status, body, kind, code) => {
    expect(answer(status, body)).toMatchObject({ kind, code });
  });

  test('Retry-After is kept', () => {
    expect(answer(503, undefined, { 'retry-after': '7' })).toMatchObject({ afterMs: 7000 });
  });
});

test('no answer is unknown once sent, a retry before; no token holds all calls when refused', () => {
  expect(classifyFailure(new CallFailure('x', true, undefined))).toMatchObject({ kind: 'unknown' });
  expect(classifyFailure(new CallFailure('x', false, undefined))).toMatchObject({ kind: 'retry' });
  expect(classifyFailure(new AuthenticationFailure('x', true, 10))).toMatchObject({
    kind: 'retry',
    afterMs: 10,
  });
  expect(classifyFailure(new AuthenticationFailure('x', false, undefined))).toMatchObject({
    kind: 'retry',
    code: 'credentials_refused',
  });
  expect(() => classifyFailure(new TypeError('defect'))).toThrow('defect');
});

property.prop([fc.jsonValue(), fc.integer({ min: 200, max: 599 })])(
  'any body of any status has an outcome, never a success',
  (body, status) => {
    expect(['retry', 'rejected', 'unknown']).toContain(
      classifyAnswer({ status, body, headers: {} }, KEY).kind,
    );
    expect(Array.isArray(errorsOf(body))).toBe(true);
  },
);
