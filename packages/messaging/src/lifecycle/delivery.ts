/** States of a delivery; docs/spec/lifecycle.md says what each means and which invariant it carries. */
export const DELIVERY_STATES = [
  'ready',
  'sending',
  'backing_off',
  'verifying',
  'parked',
  'succeeded',
  'superseded',
  'expired',
  'discarded',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const DELIVERY_EVENTS = [
  'dispatch',
  'succeeded',
  'retry',
  'rejected',
  'invalid',
  'unknown',
  'cancelled',
  'login_refused',
  'due',
  'give_up',
  'present',
  'absent',
  'supersede',
  'expire',
  'node_stops',
  'retry_by_hand',
  'discard',
] as const;
export type DeliveryEvent = (typeof DELIVERY_EVENTS)[number];

const refused = 'refused' as const;
export type DeliveryNext = DeliveryState | typeof refused;

type Row = Readonly<Record<DeliveryEvent, DeliveryNext>>;

const none: Row = {
  dispatch: refused,
  succeeded: refused,
  retry: refused,
  rejected: refused,
  invalid: refused,
  unknown: refused,
  cancelled: refused,
  login_refused: refused,
  due: refused,
  give_up: refused,
  present: refused,
  absent: refused,
  supersede: refused,
  expire: refused,
  node_stops: refused,
  retry_by_hand: refused,
  discard: refused,
};

/**
 * Total: a missing cell does not compile. `sending` lives in the owner's memory only and is never stored, so that a crash
 * cannot leave anything "started" for ever (D4); what a crash interrupts is read back as `ready` and sent as ambiguous.
 */
export const DELIVERY_TRANSITIONS: Readonly<Record<DeliveryState, Row>> = {
  ready: {
    ...none,
    dispatch: 'sending',
    supersede: 'superseded',
    expire: 'expired',
    node_stops: 'ready',
    discard: 'discarded',
  },
  sending: {
    ...none,
    succeeded: 'succeeded',
    retry: 'backing_off',
    rejected: 'parked',
    invalid: 'parked',
    unknown: 'verifying',
    cancelled: 'ready',
    login_refused: 'ready',
    give_up: 'parked',
    node_stops: 'ready',
  },
  backing_off: {
    ...none,
    due: 'ready',
    supersede: 'superseded',
    expire: 'expired',
    give_up: 'parked',
    node_stops: 'backing_off',
    retry_by_hand: 'ready',
    discard: 'discarded',
  },
  verifying: {
    ...none,
    present: 'succeeded',
    absent: 'ready',
    unknown: 'verifying',
    login_refused: 'verifying',
    give_up: 'parked',
    node_stops: 'verifying',
    retry_by_hand: 'ready',
    discard: 'discarded',
  },
  parked: {
    ...none,
    retry_by_hand: 'ready',
    discard: 'discarded',
    supersede: 'superseded',
    node_stops: 'parked',
  },
  succeeded: none,
  superseded: none,
  expired: none,
  discarded: none,
};

export const FINAL_DELIVERY_STATES: ReadonlySet<DeliveryState> = new Set([
  'succeeded',
  'superseded',
  'expired',
  'discarded',
]);

/** The state after `event`, or `refused` where the specification has no such step. */
export function nextDeliveryState(state: DeliveryState, event: DeliveryEvent): DeliveryNext {
  return DELIVERY_TRANSITIONS[state][event];
}
