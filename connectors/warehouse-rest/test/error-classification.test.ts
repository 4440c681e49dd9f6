/** Refusals by consequence; pure. */
import { fc, test as property } from '@fast-check/vitest';
import { ERROR_REGISTRY } from '@trunkline/messaging';
import { expect, test } from 'vitest';
import { CallFailure } from '../src/client.ts';
import { classifyFailure, classifyRefusal } from '../src/error-classification.ts';

const of = (status: number, problem?: unknown, retryAfterMs?: number) =>
  classifyRefusal({ status, problem, retryAfterMs });

test.each([
  [401, 'retry', 'credentials_refused'],
  [403, 'rejected', 'target_unauthorised'],
  [404, 'rejected', 'target_misconfigured'],
  [405, 'rejected', 'target_misconfigured'],
  [408, 'retry', 'target_unavailable'],
  [409, 'rejected', 'target_rejected'],
  [413, 'rejected', 'target_rejected'],
  [422, 'rejected', 'target_rejected'],
  [429, 'retry', 'target_busy'],
  [500, 'retry', 'target_unavailable'],
  [502, 'retry', 'target_unavailable'],
  [503, 'retry', 'target_unavailable'],
  [504, 'retry', 'target_unavailable'],
  [204, 'unknown', 'outcome_unknown'],
  [301, 'rejected', 'target_misconfigured'],
])('HTTP %i: %s, %s', (status, kind, code) => {
  expect(of(status)).toMatchObject({ kind, code });
  expect(ERROR_REGISTRY.get(code)?.consequence).toBe(kind);
});

test('the warehouse’s own words and time are kept', () => {
  const errors = [{ path: '/lines/0/unit', detail: 'no such unit' }];
  expect(of(422, { title: 'Refused', detail: 'see errors', errors })).toEqual({
    kind: 'invalid',
    detail: 'HTTP 422 Refused: see errors',
    faults: [{ code: 'command_invalid', path: '/lines/0/unit', message: 'no such unit' }],
  });
  expect(of(409, { title: 'Taken', errors })).toMatchObject({
    kind: 'rejected',
    faults: [{ code: 'target_rejected', path: '/lines/0/unit' }],
  });
  expect(of(503, undefined, 4000)).toMatchObject({ afterMs: 4000 });
});

test('what it could not read is invalid, with or without words', () => {
  expect(of(400)).toEqual({ kind: 'invalid', detail: 'HTTP 400' });
  expect(of(422), 'it does not say where').toMatchObject({ kind: 'rejected' });
});

test('no answer is unknown once sent, a retry before, cancelled when it was not tried; a defect is thrown on', () => {
  expect(classifyFailure(new CallFailure('x', false, undefined, true))).toEqual({ kind: 'cancelled' });
  expect(classifyFailure(new CallFailure('x', true, undefined))).toMatchObject({ kind: 'unknown' });
  expect(classifyFailure(new CallFailure('x', false, undefined))).toMatchObject({ kind: 'retry' });
  expect(() => classifyFailure(new TypeError('defect'))).toThrow('defect');
});

property.prop([fc.jsonValue(), fc.integer({ min: 200, max: 599 })])(
  'any problem of any status has an outcome, never a success',
  (problem, status) => {
    expect(['retry', 'rejected', 'invalid', 'unknown']).toContain(of(status, problem).kind);
  },
);
