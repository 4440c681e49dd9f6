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
  /**
   * @param from where the page was read from. Absent: it is stored wherever the cursor is
   * @throws PageOvertaken when the cursor is not there any more; nothing is stored
   */
  acceptAndMove(
    source: string,
    stream: string,
    cursor: JsonValue,
    messages: readonly IncomingMessage[],
    from?: ReadFrom,
  ): Promise<readonly Accepted[]>;
}

export interface ReadFrom {
  /** Undefined: from the beginning. */
  readonly cursor: JsonValue | undefined;
}

/**
 * A node that reads slowly, or waits for its turn to store, may have lost the stream to another meanwhile: its page would put what a record
 * was behind what it is.
 */
export class PageOvertaken extends Error {
  override readonly name = 'PageOvertaken';

  constructor(source: string, stream: string) {
    super(
      `The stream ${stream} of ${source} was read further by another node since this page of it was read. Nothing of the page was stored, and nothing is lost: whoever reads the stream goes on from where it is.`,
    );
  }
}
