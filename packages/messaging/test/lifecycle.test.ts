/** Real: the transition tables. Nothing is doubled. */
import { describe, expect, test } from 'vitest';
import {
  DELIVERY_EVENTS,
  DELIVERY_STATES,
  DELIVERY_TRANSITIONS,
  type DeliveryState,
  FINAL_DELIVERY_STATES,
  MESSAGE_EVENTS,
  MESSAGE_STATES,
  MESSAGE_TRANSITIONS,
  nextDeliveryState,
} from '../src/index.ts';

/** Every state that `from` leads to, itself included. */
function reachable(from: string, next: (state: string) => readonly string[]): Set<string> {
  const found = new Set([from]);
  for (const state of found) for (const after of next(state)) if (after !== 'refused') found.add(after);
  return found;
}

describe('deliveries', () => {
  const next = (state: string) => Object.values(DELIVERY_TRANSITIONS[state as DeliveryState]);

  test('D7: the table has a cell for every state and event', () => {
    expect(Object.keys(DELIVERY_TRANSITIONS).sort()).toEqual([...DELIVERY_STATES].sort());
    for (const state of DELIVERY_STATES) {
      expect(Object.keys(DELIVERY_TRANSITIONS[state]).sort()).toEqual([...DELIVERY_EVENTS].sort());
    }
  });

  test('D7: every state is reached, every event leads somewhere, and what has ended stays so', () => {
    expect(reachable('ready', next)).toEqual(new Set(DELIVERY_STATES));
    for (const event of DELIVERY_EVENTS) {
      expect(
        DELIVERY_STATES.some((state) => nextDeliveryState(state, event) !== 'refused'),
        event,
      ).toBe(true);
    }
    for (const state of FINAL_DELIVERY_STATES)
      expect(new Set(next(state)), state).toEqual(new Set(['refused']));
  });

  test('D7: from every state an end can be reached', () => {
    for (const state of DELIVERY_STATES) {
      const ends = [...reachable(state, next)].filter((one) =>
        FINAL_DELIVERY_STATES.has(one as DeliveryState),
      );
      expect(ends.length, state).toBeGreaterThan(0);
    }
  });

  test('D4: a node that stops leaves no delivery sending', () => {
    for (const state of DELIVERY_STATES)
      expect(nextDeliveryState(state, 'node_stops'), state).not.toBe('sending');
    expect(nextDeliveryState('sending', 'node_stops')).toBe('ready');
  });

  test('O3: a refusal parks, and only a person or a newer state gets it out', () => {
    expect(nextDeliveryState('sending', 'rejected')).toBe('parked');
    const ways = DELIVERY_EVENTS.filter(
      (event) => !['refused', 'parked'].includes(nextDeliveryState('parked', event)),
    );
    expect(ways).toEqual(['supersede', 'retry_by_hand', 'discard']);
  });

  test('O6: what a target cannot make sense of waits for a person, like a refusal', () => {
    expect(nextDeliveryState('sending', 'invalid')).toBe('parked');
  });

  test('O7: what was cancelled is where it was before it was sent', () => {
    expect(nextDeliveryState('sending', 'cancelled')).toBe('ready');
  });

  test('D9: only what waits to be sent expires: not what is found out, and not what waits for a person', () => {
    const expiring = DELIVERY_STATES.filter((state) => nextDeliveryState(state, 'expire') !== 'refused');
    expect(expiring).toEqual(['ready', 'backing_off']);
  });

  test('O4: what is unknown is verified before it is sent again or ends', () => {
    expect(nextDeliveryState('sending', 'unknown')).toBe('verifying');
    expect(nextDeliveryState('verifying', 'present')).toBe('succeeded');
    expect(nextDeliveryState('verifying', 'absent')).toBe('ready');
    expect(nextDeliveryState('verifying', 'login_refused')).toBe('verifying');
    expect(nextDeliveryState('verifying', 'supersede')).toBe('refused');
  });
});

describe('messages', () => {
  test('L6: the table is total, every state is reached, and what has ended stays so', () => {
    expect(Object.keys(MESSAGE_TRANSITIONS).sort()).toEqual([...MESSAGE_STATES].sort());
    for (const state of MESSAGE_STATES) {
      expect(Object.keys(MESSAGE_TRANSITIONS[state]).sort()).toEqual([...MESSAGE_EVENTS].sort());
      const left = Object.values(MESSAGE_TRANSITIONS[state]).filter(
        (next) => next !== 'refused' && next !== state,
      );
      expect(left.length, state).toBe(state === 'accepted' ? 3 : 0);
    }
    const next = (state: string) => Object.values(MESSAGE_TRANSITIONS[state as 'accepted']);
    expect(reachable('accepted', next)).toEqual(new Set(MESSAGE_STATES));
  });

  test('L2: a repeat leaves every state as it is', () => {
    for (const state of MESSAGE_STATES) expect(MESSAGE_TRANSITIONS[state].repeat).toBe(state);
  });
});
