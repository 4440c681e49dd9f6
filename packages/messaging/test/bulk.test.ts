/** Real: the course of an act on many, and merge patches; pure. Nothing is doubled. */
import { fc, test } from '@fast-check/vitest';
import { describe, expect, test as plain } from 'vitest';
import {
  BULK_EVENTS,
  BULK_STATES,
  BULK_TRANSITIONS,
  type BulkState,
  type JsonValue,
  mergePatch,
  nextBulkStep,
} from '../src/index.ts';

describe('R2: an act on many', () => {
  plain(
    'has a cell for every state and event, reaches every state, and can be cancelled until it has ended',
    () => {
      const reached = new Set<string>(['previewed']);
      for (let size = 0; size < reached.size; ) {
        size = reached.size;
        for (const state of reached)
          for (const event of BULK_EVENTS) {
            const next = BULK_TRANSITIONS[state as BulkState][event];
            if (next !== 'refused') reached.add(next);
          }
      }
      expect([...reached].sort()).toEqual([...BULK_STATES].sort());
      for (const state of BULK_STATES) {
        const ended = state === 'cancelled' || state === 'finished';
        expect([state, BULK_TRANSITIONS[state].cancel]).toEqual([state, ended ? 'refused' : 'cancelled']);
      }
      expect(BULK_TRANSITIONS.previewed.start).toBe('refused');
    },
  );

  const left = { pending: 20, underWay: 3, canaryLeft: 0 };
  const failure = { fingerprint: 'f', summary: 'locked' };
  plain.each([
    ['a new kind stops it', { state: 'running', ...left }, [failure], ['g'], 'stop'],
    ['a known kind does not', { state: 'running', ...left }, [failure], ['f'], undefined],
    ['any failure of the first few does', { state: 'canary', ...left }, [failure], ['f'], 'stop'],
    ['the first few have passed', { state: 'canary', ...left }, [], ['f'], 'pass'],
    ['the first few are under way', { state: 'canary', ...left, canaryLeft: 1 }, [], [], undefined],
    ['few enough to be all', { state: 'canary', pending: 0, underWay: 0, canaryLeft: 0 }, [], [], 'finish'],
    ['all have ended', { state: 'running', pending: 0, underWay: 0, canaryLeft: 0 }, [], [], 'finish'],
  ] as const)('%s', (_name, progress, failures, known, event) => {
    expect(nextBulkStep(progress, failures, known)?.event).toBe(event);
  });
});

describe('a merge patch', () => {
  plain('replaces, removes and merges (RFC 7396)', () => {
    expect(mergePatch({ a: 'b', c: { d: 'e', f: 'g' } }, { a: 'z', c: { f: null } })).toEqual({
      a: 'z',
      c: { d: 'e' },
    });
    expect(mergePatch({ a: [{ b: 'c' }] }, { a: [1] })).toEqual({ a: [1] });
    expect(mergePatch(['a'], { b: { c: null } })).toEqual({ b: {} });
    expect(Object.keys(mergePatch({}, JSON.parse('{"__proto__":{"x":1}}') as JsonValue) as object)).toEqual([
      '__proto__',
    ]);
  });

  test.prop([fc.jsonValue(), fc.jsonValue()])('changes nothing the second time', (document, patch) => {
    const once = mergePatch(document as JsonValue, patch as JsonValue);
    expect(mergePatch(once, patch as JsonValue)).toEqual(once);
  });
});
