import type { JsonValue } from '../json.ts';
import type { Fault, IncomingMessage } from '../message.ts';

export interface Accepted {
  /** Stored now, or a repeat of what had been stored. Both deserve the sender's 2xx. */
  readonly kind: 'stored' | 'duplicate';
}

/** The way in. Resolves after the commit, never before (P1). */
export interface MessageStore {
  /** One answer per message, in the order given. All or nothing is stored. */
  accept(messages: readonly IncomingMessage[]): Promise<readonly Accepted[]>;
}

/** Where authentic but unusable documents are kept, so that nothing a partner sent vanishes. */
export interface InvalidMessageChannel {
  keep(source: string, sourceId: string, payload: string, faults: readonly Fault[]): Promise<void>;
}

/** A poller's memory. The cursor moves in the transaction that stores its messages. */
export interface CursorStore {
  read(source: string, stream: string): Promise<JsonValue | undefined>;
  acceptAndMove(
    source: string,
    stream: string,
    cursor: JsonValue,
    messages: readonly IncomingMessage[],
  ): Promise<readonly Accepted[]>;
}
