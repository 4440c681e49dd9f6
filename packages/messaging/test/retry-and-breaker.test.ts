/** Real: the pure decisions on retries and breakers. Nothing is doubled; time is an argument. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  admit,
  type Breaker,
  CLOSED_BREAKER,
  decideRetry,
  DEFAULT_BREAKER,
  DEFAULT_RETRY,
  REFUSED_LOGIN,
  record,
  type RetryPolicy,
} from '../src/index.ts';

const policy: fc.Arbitrary<RetryPolicy> = fc.record({
  baseMs: fc.integer({ min: 1, max: 10_000 }),
  maxMs: fc.integer({ min: 1, max: 1_000_000 }),
  giveUpAfterMs: fc.integer({ min: 1, max: 100_000_000 }),
});
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('retry (O2)', () => {
  test('O2: waits at least half a step and what the target asked for, and never beyond the longest step', () => {
    fc.assert(
      fc.property(
        policy,
        fc.integer({ min: 1, max: 5000 }),
        random,
        fc.option(fc.integer({ min: 0, max: 50_000 }), { nil: undefined }),
        (with_, attempts, drawn, afterMs) => {
          const situation = {
            attempts,
            firstTriedAtMs: 0,
            nowMs: 0,
            random: drawn,
            ...(afterMs === undefined ? {} : { afterMs }),
          };
          const verdict = decideRetry(with_, situation);
          const step = Math.min(with_.maxMs, with_.baseMs * 2 ** Math.min(attempts - 1, 30));
          const longest = Math.max(step, afterMs ?? 0);
          if (verdict.kind === 'give_up') {
            expect(Math.round(longest)).toBeGreaterThan(with_.giveUpAfterMs);
            return;
          }
          expect(verdict.untilMs).toBeGreaterThanOrEqual(Math.round(Math.max(step / 2, afterMs ?? 0)));
          expect(verdict.untilMs).toBeLessThanOrEqual(Math.round(longest));
          expect(verdict.untilMs).toBeLessThanOrEqual(with_.giveUpAfterMs);
        },
      ),
    );
  });

  test('O2: steps double up to the longest, and the draw spreads over the upper half', () => {
    const wait = (attempts: number, drawn: number) =>
      decideRetry(DEFAULT_RETRY, { attempts, firstTriedAtMs: 0, nowMs: 0, random: drawn });
    expect([1, 2, 3, 12].map((attempts) => wait(attempts, 0))).toEqual([
      { kind: 'wait', untilMs: 250 },
      { kind: 'wait', untilMs: 500 },
      { kind: 'wait', untilMs: 1000 },
      { kind: 'wait', untilMs: 300_000 },
    ]);
    expect(wait(1, 0.5)).toEqual({ kind: 'wait', untilMs: 375 });
  });

  test('O2: gives up when the next try would be after its time, counted from the first', () => {
    const situation = { attempts: 1, firstTriedAtMs: 1000, random: 0 };
    const { giveUpAfterMs } = DEFAULT_RETRY;
    expect(decideRetry(DEFAULT_RETRY, { ...situation, nowMs: 1000 + giveUpAfterMs - 250 }).kind).toBe('wait');
    expect(decideRetry(DEFAULT_RETRY, { ...situation, nowMs: 1000 + giveUpAfterMs - 249 }).kind).toBe(
      'give_up',
    );
  });
});

describe('breaker (D8)', () => {
  const results = (count: number, failed: boolean, from: Breaker = CLOSED_BREAKER) =>
    Array.from({ length: count }).reduce<Breaker>(
      (breaker) => record(DEFAULT_BREAKER, breaker, failed, 0),
      from,
    );

  test('D8: opens at the failure rate, and not before enough results prove it', () => {
    expect(results(4, true).state).toBe('closed');
    expect(results(5, true)).toEqual({ state: 'open', untilMs: 500, coolDownMs: 500 });
    expect(results(4, true, results(5, false)).state).toBe('closed');
    expect(results(5, true, results(5, false)).state).toBe('open');
  });

  test('D8: forgets results older than its window', () => {
    const old = results(4, true);
    expect(record(DEFAULT_BREAKER, old, true, DEFAULT_BREAKER.windowMs).state).toBe('closed');
  });

  test('D8: lets one probe through after its time, and its result decides', () => {
    const open = results(5, true);
    expect(admit(open, 499)).toEqual({ admitted: false, breaker: open });
    const probing = admit(open, 500);
    expect(probing).toEqual({ admitted: true, breaker: { state: 'half_open', coolDownMs: 500 } });
    expect(admit(probing.breaker, 501).admitted).toBe(false);
    expect(record(DEFAULT_BREAKER, probing.breaker, false, 600)).toEqual(CLOSED_BREAKER);
    expect(record(DEFAULT_BREAKER, probing.breaker, true, 600)).toEqual({
      state: 'open',
      untilMs: 1600,
      coolDownMs: 1000,
    });
  });

  test('D14: one refused login opens it, for half a minute and then for twice as long up to a quarter of an hour', () => {
    const first = record(REFUSED_LOGIN, results(9, false), true, 0);
    expect(first).toEqual({ state: 'open', untilMs: 30_000, coolDownMs: 30_000 });
    const again = (coolDownMs: number) => record(REFUSED_LOGIN, { state: 'half_open', coolDownMs }, true, 0);
    expect([500, 30_000, 600_000].map(again)).toMatchObject([
      { coolDownMs: 30_000 },
      { coolDownMs: 60_000 },
      { coolDownMs: 900_000 },
    ]);
  });

  test('D8: in any course of calls it never admits two while it probes, waits no longer than its longest, and heals', () => {
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 40_000 }), failed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let breaker: Breaker = CLOSED_BREAKER;
        let nowMs = 0;
        for (const { waitMs, failed } of steps) {
          nowMs += waitMs;
          const asked = admit(breaker, nowMs);
          if (asked.admitted && asked.breaker.state === 'half_open')
            expect(admit(asked.breaker, nowMs).admitted).toBe(false);
          breaker = asked.admitted ? record(DEFAULT_BREAKER, asked.breaker, failed, nowMs) : asked.breaker;
          if (breaker.state === 'open')
            expect(breaker.untilMs - nowMs).toBeLessThanOrEqual(DEFAULT_BREAKER.maxCoolDownMs);
          if (breaker.state === 'closed') expect(breaker.results.length).toBeLessThanOrEqual(200);
          expect(breaker.state).not.toBe('half_open');
        }
        const healed = admit(breaker, nowMs + DEFAULT_BREAKER.maxCoolDownMs);
        expect(healed.admitted).toBe(true);
        expect(record(DEFAULT_BREAKER, healed.breaker, false, nowMs).state).toBe('closed');
      }),
    );
  });
});
