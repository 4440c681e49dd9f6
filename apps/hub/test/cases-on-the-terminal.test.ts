/** Real: what the commands print of cases and targets. Doubled: the hub that they ask, in memory. */
import type { CaseDetail, ExceptionCase, TargetState } from '@trunkline/gateway';
import { describe, expect, test } from 'vitest';
import { listCases, showCase } from '../src/commands/cases.ts';
import { resumeTarget } from '../src/commands/targets.ts';
import type { HubInReach } from '../src/terminal/hub-in-reach.ts';

const AT = '2026-03-01T12:00:00.000Z';

const REJECTED: CaseDetail = {
  id: '0123456789abcdef',
  status: 'open',
  code: 'order_rejected',
  meaning: 'The order has faults that its source must correct.',
  flow: 'order-acceptance',
  message: 'the account has no shipping address',
  owner: 'sales',
  queue: 'order-desk',
  open: 2,
  units: '12',
  amounts: {},
  seen: 2,
  firstSeenAt: AT,
  lastSeenAt: AT,
  oldestOpenAt: AT,
  overdue: false,
  missing: [],
  next: { act: 'mend', what: 'Correct every listed fault in the source.' },
  history: [],
};
const PARKED: CaseDetail = {
  ...REJECTED,
  id: 'fedcba9876543210',
  code: 'target_rejected',
  system: 'erp',
  message: 'order.place to erp: the period is locked',
  next: { act: 'retry', what: 'Correct it, then retry.' },
};

function exceptionOf(found: CaseDetail, retryable: boolean): ExceptionCase {
  return {
    id: '3-17',
    thread: 'so_1',
    title: 'PO-1',
    code: found.code,
    status: 'open',
    flow: found.flow,
    summary: found.message,
    faults: [],
    owner: found.owner,
    remedy: found.next.what,
    openedAt: AT,
    retryable,
    case: found.id,
    seen: 1,
    reopened: 0,
  };
}

function hubWith(found: CaseDetail, retryable: boolean): HubInReach {
  return {
    cases: {
      cases: async () => ({ items: [found], total: 1 }),
      case: async () => found,
    },
    operations: {
      exceptions: async () => ({ items: [exceptionOf(found, retryable)], total: 1 }),
      targets: async () => [{ system: 'erp', waiting: 0 } as TargetState],
      resumeTarget: async () => false,
    },
  } as unknown as HubInReach;
}

const QUERY = { status: 'active', sort: 'oldest', limit: 20, offset: 0 } as const;

describe('a list of cases', () => {
  test('tells each by what fails, as the console does, and its code after it', async () => {
    const rejected = (await listCases(hubWith(REJECTED, false), QUERY)).text.split('\n');
    expect(rejected[0]).toContain('The account has no shipping address');
    expect(rejected[1]).toContain('0123456789abcdef  order_rejected  open');
    expect(rejected[2]).toMatch(/^ {2}2 open, 12 units at risk, oldest .+, queue order-desk$/);
    expect(rejected[3]).toBe('  Correct every listed fault in the source.');
    const parked = (await listCases(hubWith(PARKED, true), QUERY)).text.split('\n');
    expect(parked[0]).toContain('The period is locked');
    expect(parked[0]).not.toContain('order.place');
  });
});

describe('a case', () => {
  test('is shown with the ways that can work for it, and no others', async () => {
    const rejected = (await showCase(hubWith(REJECTED, false), REJECTED.id)).text;
    expect(rejected).toContain('exceptions show 3-17');
    expect(rejected).toContain(`exceptions ack ${REJECTED.id}`);
    expect(rejected).not.toContain('bulk retry');
    const parked = (await showCase(hubWith(PARKED, true), PARKED.id)).text;
    expect(parked).toContain(`exceptions bulk retry --case ${PARKED.id}`);
    const known = { ...PARKED, status: 'acknowledged' } as const;
    const acknowledged = (await showCase(hubWith(known, true), PARKED.id)).text;
    expect(acknowledged).toContain(`exceptions reopen ${PARKED.id}`);
    expect(acknowledged).not.toContain('exceptions ack');
  });
});

test('a system that runs is resumed without a failure: what was asked for is so', async () => {
  const { text, exitCode = 0 } = await resumeTarget(hubWith(PARKED, true), 'erp');
  expect({ text, exitCode }).toEqual({
    text: 'erp is not paused, and its calls do not fail; nothing is left to do.',
    exitCode: 0,
  });
});
