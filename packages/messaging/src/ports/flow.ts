import type { Command } from '../command.ts';
import type { Identifier } from '../message.ts';
import type { DomainEvent } from './connector.ts';
import type { ExceptionReport } from './processor.ts';

/** An event for another key, e.g. an order asking for its customer. Processed later, in that key's own order. */
export interface EventForKey<E extends DomainEvent> {
  readonly key: string;
  /** Unique per cause, so that a repeated decision sends it once. */
  readonly id: string;
  readonly event: E;
}

export interface Decision<S, E extends DomainEvent> {
  /** Absent: unchanged. */
  readonly state?: S;
  readonly commands?: readonly Command[];
  readonly events?: readonly EventForKey<E>[];
  readonly exceptions?: readonly ExceptionReport[];
  /** Codes of this key's exceptions that are over. */
  readonly resolves?: readonly string[];
  readonly identifiers?: readonly Identifier[];
  /** Set when the event changed nothing, with the reason (a repeat, a late arrival). */
  readonly ignored?: string;
}

export interface FlowContext {
  readonly key: string;
  /** When the message was accepted, RFC 3339 UTC: the only time a flow knows. */
  readonly now: string;
  /** The system that the event came from. */
  readonly system: string;
}

/**
 * One business flow: state, event and now in; next state and what is to be done out. Pure, so that a crash may call it again.
 * Several flows may handle one event; they see the state in the order in which they are registered.
 */
export interface Flow<S, E extends DomainEvent> {
  readonly name: string;
  /** What the state is of: flows of one kind share the key's state. */
  readonly kind: string;
  readonly handles: readonly E['type'][] | 'every';
  decide(state: S | undefined, event: E, context: FlowContext): Decision<S, E>;
}
