/** Pure rules of how much of a server is taken: no clock, no server. Observed: the limit after series of answers, and waits. */
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { take } from '../../src/client/call-rate.ts';
import { judgeCall } from '../../src/client/judge-call.ts';
import { type Observation, observe, type Pace, startPace } from '../../src/client/pace.ts';
import { OdooError } from '../../src/errors.ts';

const usual: Observation = { kind: 'sale.order.load', records: 50, ms: 2000, overloaded: false };
const after = (pace: Pace, answers: readonly Observation[]): Pace => answers.reduce(observe, pace);
const times = (count: number, observation: Observation): Observation[] =>
  Array.from({ length: count }, () => observation);

describe('the pace', () => {
  test('stays at the most while answers take their usual time', () => {
    expect(after(startPace(4), times(50, usual)).limit).toBe(4);
  });

  test('is cut by slow answers, once per round, down to one call at a time', () => {
    const warm = after(startPace(4), times(10, usual));
    const slow = { ...usual, ms: 5000 };
    expect(observe(warm, slow).limit).toBeCloseTo(2.8);
    // The three that were under way beside it say the same thing again.
    expect(after(warm, times(2, slow)).limit).toBeCloseTo(2.8);
    expect(after(warm, times(30, slow)).limit).toBe(1);
  });

  test('comes back when the server does', () => {
    const slowed = after(startPace(4), [...times(10, usual), ...times(12, { ...usual, ms: 6000 })]);
    expect(slowed.limit).toBeLessThan(2);
    expect(after(slowed, times(40, usual)).limit).toBe(4);
  });

  test('takes a server that stays slower for what it is, in time', () => {
    const slower = { ...usual, ms: 5000 };
    const slowed = after(startPace(4), [...times(10, usual), ...times(200, slower)]);
    expect(slowed.limit).toBe(4);
  });

  test('compares kinds and sizes with themselves alone', () => {
    const warm = after(startPace(4), times(10, usual));
    // One record takes more per record than fifty, and a confirmation more than a load.
    const single = { ...usual, records: 1, ms: 200 };
    const confirm = { ...usual, kind: 'sale.order.action_confirm', ms: 7000 };
    expect(after(warm, [...times(5, single), ...times(5, confirm)]).limit).toBe(4);
  });

  test('takes no notice of what short calls do by chance', () => {
    const short = { kind: 'res.partner.search_count', records: 1, ms: 3, overloaded: false };
    expect(after(startPace(4), [...times(10, short), ...times(10, { ...short, ms: 30 })]).limit).toBe(4);
  });

  test('is cut at once when the server says so', () => {
    expect(
      after(startPace(4), [...times(4, usual), { ...usual, ms: 5, overloaded: true }]).limit,
    ).toBeCloseTo(2.8);
  });

  property.prop([
    fc.integer({ min: 1, max: 32 }),
    fc.array(
      fc.record({
        kind: fc.constantFrom('a', 'b'),
        records: fc.integer({ min: 1, max: 200 }),
        ms: fc.integer({ min: 0, max: 120_000 }),
        overloaded: fc.boolean(),
      }),
      { maxLength: 60 },
    ),
  ])('never leaves one to the most', (most, answers) => {
    let pace = startPace(most);
    for (const answer of answers) {
      pace = observe(pace, answer);
      expect(pace.limit).toBeGreaterThanOrEqual(1);
      expect(pace.limit).toBeLessThanOrEqual(most);
    }
  });
});

describe('what a call says about the load', () => {
  test.each([
    [{ ids: [1, 2, 3] }, true, 3],
    [{ data: [[], []] }, { ids: [1, 2] }, 2],
    [{ domain: [] }, [{ id: 1 }, { id: 2 }], 2],
    [{ domain: [] }, 5, 1],
  ])('%j is about its records', (args, result, records) => {
    expect(judgeCall('m', 'x', args, { ms: 5, result })).toMatchObject({
      kind: 'm.x',
      records,
      overloaded: false,
    });
  });

  test.each([
    [new OdooError({ kind: 'http', message: '', status: 429 }), true],
    [new OdooError({ kind: 'no-answer', message: '' }), true],
    [new OdooError({ kind: 'refused', message: '', name: 'odoo.exceptions.UserError', status: 422 }), null],
    [new OdooError({ kind: 'unreachable', message: '' }), null],
    [new TypeError('ours'), null],
  ])('%s', (error, overloaded) => {
    expect(judgeCall('m', 'x', {}, { ms: 5, error })?.overloaded ?? null).toBe(overloaded);
  });
});

describe('a rate', () => {
  property.prop([
    fc.integer({ min: 1, max: 50 }),
    fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 40 }),
  ])('keeps calls apart by its part of a second, however they come', (perSecond, gaps) => {
    let bucket = { perSecond, freeAtMs: 0 };
    let now = 0;
    let last = Number.NEGATIVE_INFINITY;
    for (const gap of gaps) {
      now += gap;
      const taken = take(bucket, now);
      expect(now + taken.waitMs - last).toBeGreaterThanOrEqual(1000 / perSecond - 1e-6);
      last = now + taken.waitMs;
      bucket = taken.bucket;
    }
  });

  test('an idle client goes at once, a burst in turns', () => {
    const first = take({ perSecond: 1, freeAtMs: 0 }, 5000);
    expect(first.waitMs).toBe(0);
    const second = take(first.bucket, 5000);
    expect([second.waitMs, take(second.bucket, 5000).waitMs]).toEqual([1000, 2000]);
  });
});
