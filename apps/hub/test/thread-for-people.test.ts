/** What people see of a thread: its steps with their waits, its lines, who owes the next move. Pure; the rows are made up. */
import type { JsonObject } from '@trunkline/messaging';
import type { ExceptionRow, ThreadDelivery, ThreadMessage, ThreadRow } from '@trunkline/journal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeThread } from '../src/operations/describe-thread.ts';
import { nextMoveOf } from '../src/operations/next-move.ts';
import { RateMeter } from '../src/operations/rates.ts';
import { stepsOf } from '../src/operations/steps.ts';

const START = Date.parse('2026-03-01T08:00:00.000Z');
const at = (ms: number) => new Date(START + ms);

function arrived(ms: number, more: Partial<ThreadMessage> = {}): ThreadMessage {
  return {
    id: '1',
    source: 'crm',
    type: 'opportunity.won',
    acceptedAt: at(ms),
    state: 'processed',
    note: null,
    processedAt: at(ms + 7),
    ...more,
  };
}

function sent(ms: number, more: Partial<ThreadDelivery> = {}): ThreadDelivery {
  return {
    id: '2',
    target: 'erp',
    type: 'order.place',
    flow: 'order-acceptance',
    state: 'succeeded',
    note: null,
    attempts: 1,
    createdAt: at(ms),
    endedAt: at(ms + 90),
    failure: null,
    ...more,
  };
}

function failed(ms: number, more: Partial<ExceptionRow> = {}): ExceptionRow {
  return {
    part: 1,
    id: '3',
    key: 'so_1',
    code: 'target_rejected',
    flow: 'order-acceptance',
    target: 'erp',
    deliveryId: '2',
    summary: 'Odoo refused.',
    faults: [{ code: 'target_rejected', path: 'lines/0', message: 'no such product' }],
    owner: 'operations',
    remedy: 'Correct it, then retry.',
    openedAt: at(ms),
    resolvedAt: null,
    resolution: null,
    retryable: true,
    fingerprint: '0123456789abcdef',
    seen: 1,
    reopened: 0,
    retriedAt: null,
    units: null,
    amount: null,
    currency: '',
    promisedOn: null,
    ...more,
  };
}

function row(stage: string, body: JsonObject = {}, kind = 'order'): ThreadRow {
  return { key: 'so_1', kind, stage, body, updatedAt: at(0) };
}

describe('steps', () => {
  it('stand in the order of time, each with the wait since the one before', () => {
    const steps = stepsOf(
      [arrived(0), arrived(150, { source: 'erp', type: 'reply:order.placed' })],
      [sent(10)],
      [],
    );
    expect(
      steps.map(({ at: when, system, what, waitMs, tookMs }) => [
        when.slice(17, 23),
        system,
        what,
        waitMs,
        tookMs,
      ]),
    ).toEqual([
      ['00.000', 'crm', 'opportunity.won', 0, 7],
      ['00.010', 'erp', 'order.place', 10, 90],
      ['00.150', 'erp', 'order.placed', 140, 7],
    ]);
  });

  it('of one moment stand message, delivery, exception', () => {
    const steps = stepsOf([arrived(0)], [sent(0)], [failed(0)]);
    expect(steps.map(({ kind }) => kind)).toEqual(['message', 'delivery', 'exception']);
  });

  it('say why: a note before a failure, every fault of an exception, and nothing took time that has not ended', () => {
    const [message, waiting, ended, exception] = stepsOf(
      [arrived(0, { note: 'a repeat', state: 'ignored', processedAt: null })],
      [
        sent(1, { failure: 'target_unavailable: 503', endedAt: null, state: 'backing_off', attempts: 3 }),
        sent(2, { failure: 'x', note: 'superseded by delivery 9' }),
      ],
      [failed(3)],
    );
    expect(message).toMatchObject({ detail: 'a repeat', state: 'ignored' });
    expect(message).not.toHaveProperty('tookMs');
    expect(waiting).toMatchObject({ detail: 'target_unavailable: 503', attempts: 3 });
    expect(waiting).not.toHaveProperty('tookMs');
    expect(ended?.detail).toBe('superseded by delivery 9');
    expect(exception).toMatchObject({
      system: 'erp',
      state: 'open',
      detail: 'Odoo refused.\nlines/0 no such product',
    });
    expect(stepsOf([], [], [failed(0, { target: null, resolvedAt: at(5) })])).toMatchObject([
      { system: 'hub', state: 'resolved', tookMs: 5 },
    ]);
  });

  it('of nothing are none', () => {
    expect(stepsOf([], [], [])).toEqual([]);
  });

  it('wait in sum as long as the thread lasts, however they come', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(moments, moments, (messages, deliveries) => {
        const steps = stepsOf(
          messages.map((ms) => arrived(ms)),
          deliveries.map((ms) => sent(ms)),
          [],
        );
        const all = [...messages, ...deliveries];
        const lasted = Math.max(...all) - Math.min(...all);
        expect(steps).toHaveLength(all.length);
        expect(steps.reduce((sum, step) => sum + step.waitMs, 0)).toBe(lasted);
        expect(steps.every((step) => step.waitMs >= 0)).toBe(true);
      }),
    );
  });
});

describe('the next move', () => {
  it.each([
    ['received', 'hub'],
    ['validating', 'erp'],
    ['exception', 'sales'],
    ['confirmed', 'erp'],
    ['released', 'warehouse'],
    ['partially_shipped', 'warehouse'],
    ['backordered', 'purchasing'],
    ['shipped', 'nobody'],
    ['cancelled', 'nobody'],
  ])('of an order that is %s is owed by: %s', (stage, owner) => {
    const move = nextMoveOf(row(stage), [sent(0)], [], false);
    expect(move).toMatchObject({ owner, since: at(0).toISOString() });
    expect(move.what).toBeTruthy();
  });

  it('of a part-shipped order whose rest is all backordered is purchasing’s', () => {
    expect(nextMoveOf(row('partially_shipped'), [], [], true).owner).toBe('purchasing');
    expect(nextMoveOf(row('released'), [], [], true).owner).toBe('warehouse');
  });

  it('is first an open exception’s, then a waiting delivery’s, then the stage’s', () => {
    const waiting = sent(20, { endedAt: null, attempts: 2, failure: 'target_busy: 429\nmore' });
    const done = sent(10);
    const open = failed(30);
    const over = failed(5, { resolvedAt: at(6) });
    expect(nextMoveOf(row('validating'), [done, waiting], [over, open], false)).toEqual({
      owner: 'operations',
      what: 'Correct it, then retry.',
      since: at(30).toISOString(),
    });
    expect(nextMoveOf(row('validating'), [done, waiting], [over], false)).toEqual({
      owner: 'erp',
      what: 'take order.place, attempt 3 (target_busy: 429)',
      since: at(20).toISOString(),
    });
    expect(nextMoveOf(row('shipped'), [done], [over], false).owner).toBe('nobody');
  });
});

describe('a thread described', () => {
  const line = (n: string, quantity: string) => ({
    line: n,
    sku: `P-${n}`,
    quantity,
    unit: 'EA',
    unitPrice: '5',
  });
  const order = (more: JsonObject) =>
    row('released', {
      id: 'so_1',
      stage: 'released',
      order: {
        shipTo: { name: 'Acme' },
        lines: [line('1', '10'), { ...line('2', '3'), description: 'Pin' }],
      },
      plans: [],
      releases: [],
      recounted: {},
      ...more,
    });

  it('has the customer and the lines with their quantities', () => {
    const { customer, lines, allBackordered } = describeThread(order({}));
    expect(customer).toBe('Acme');
    expect(allBackordered).toBe(false);
    expect(lines).toMatchObject([
      { line: '1', sku: 'P-1', ordered: '10', shipped: '0', backordered: '0', cancelled: '0' },
      { line: '2', sku: 'P-2', description: 'Pin', ordered: '3' },
    ]);
    expect(lines[0]).not.toHaveProperty('description');
  });

  it('of an order that was never accepted, or of another kind, has no lines', () => {
    const none = { customer: undefined, lines: [], allBackordered: false };
    const rejected = { id: 'so_1', stage: 'exception', plans: [], releases: [], recounted: {} };
    expect(describeThread(row('exception', rejected))).toEqual(none);
    expect(describeThread(row('active', { anything: true }, 'customer'))).toEqual(none);
  });
});

describe('a rate', () => {
  it('is that of the last five seconds', () => {
    const meter = new RateMeter();
    expect(meter.sample(100, 0), 'one reading is none').toBe(0);
    expect(meter.sample(110, 1000)).toBe(10);
    expect(meter.sample(110, 1000), 'twice in one moment').toBe(10);
    expect(meter.sample(160, 5000)).toBe(12);
    expect(meter.sample(160, 6000), 'the first reading has left the window').toBe(10);
    expect(meter.sample(160, 60_000)).toBe(0);
  });
});
