import type { RoutedCommand } from '../command.ts';
import type { JsonObject } from '../json.ts';
import type { Fault, Identifier, IncomingMessage, Message } from '../message.ts';

/** A named failure in business terms, opened under the message's key. */
export interface ExceptionReport {
  /** From the error registry; one open exception per (key, code). */
  readonly code: string;
  readonly flow: string;
  readonly summary: string;
  readonly faults: readonly Fault[];
  /** Who owes the next move, e.g. `sales`, `warehouse`, `integration`. */
  readonly owner: string;
  readonly remedy: string;
}

/** A key's canonical state as the journal keeps it. */
export interface StoredState {
  /** What the state is of: `order`, `customer`. */
  readonly kind: string;
  /** Its stage in its own state machine, for counting. */
  readonly stage: string;
  readonly body: JsonObject;
}

/** What an exception on a key holds up. Quantities and money are decimal text. */
export interface Stakes {
  readonly units: string;
  readonly amount?: string;
  readonly currency?: string;
  /** When it was promised, `2026-03-02`. */
  readonly promisedOn?: string;
}

/** Reads what is at stake out of a key's state; undefined for states that promise nothing. Must not throw. */
export type StakesOf = (state: StoredState) => Stakes | undefined;

/** What one message did. */
export interface Processed {
  readonly disposition: 'processed' | 'ignored' | 'invalid';
  /** Why it was ignored. */
  readonly reason?: string;
  /** Why it was invalid. */
  readonly faults?: readonly Fault[];
  /** The state afterwards; absent: unchanged. */
  readonly state?: StoredState;
  readonly commands: readonly RoutedCommand[];
  /** To other keys (or this one), processed later in their own order. */
  readonly messages: readonly IncomingMessage[];
  readonly exceptions: readonly ExceptionReport[];
  /** Codes of exceptions of this key that are over. */
  readonly resolves: readonly string[];
  readonly identifiers: readonly Identifier[];
}

/**
 * Translate and decide in one pure step. The journal calls it inside its transaction's preparation, in order per key, and may
 * call it again for the same message after a crash: same arguments, same answer. It must not throw; if it does, the message is
 * parked as poison and holds back its own key alone.
 */
export type Processor = (message: Message, state: StoredState | undefined, now: string) => Processed;
