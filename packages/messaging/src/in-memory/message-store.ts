import type { JsonValue } from '../json.ts';
import type { Fault, IncomingMessage, Message } from '../message.ts';
import {
  type Accepted,
  type CursorStore,
  type InvalidMessageChannel,
  type MessageStore,
  PageOvertaken,
  type ReadFrom,
} from '../ports/journal.ts';

export interface KeptInvalid {
  readonly source: string;
  readonly sourceId: string;
  readonly payload: string;
  readonly faults: readonly Fault[];
}

/**
 * The ports of the journal without durability, for tests and examples. Like the real one it refuses text with a NUL, which
 * PostgreSQL cannot hold.
 */
export class InMemoryMessageStore implements MessageStore, CursorStore, InvalidMessageChannel {
  readonly #messages: Message[] = [];
  readonly #seen = new Set<string>();
  readonly #cursors = new Map<string, JsonValue>();
  readonly #invalid: KeptInvalid[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** What was stored, in order of acceptance. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  get invalid(): readonly KeptInvalid[] {
    return this.#invalid;
  }

  async accept(messages: readonly IncomingMessage[]): Promise<readonly Accepted[]> {
    for (const message of messages) refuseUnstorable(message);
    return messages.map((message) => this.#store(message));
  }

  #store(message: IncomingMessage): Accepted {
    const identity = identityOf(message.source, message.key, message.sourceId);
    if (this.#seen.has(identity)) return { kind: 'duplicate' };
    this.#seen.add(identity);
    const id = String(this.#messages.length + 1);
    this.#messages.push({ ...structuredClone(message), id, acceptedAt: this.#now().toISOString() });
    return { kind: 'stored' };
  }

  async keep(source: string, sourceId: string, payload: string, faults: readonly Fault[]): Promise<void> {
    this.#invalid.push({ source, sourceId, payload, faults });
  }

  async read(source: string, stream: string): Promise<JsonValue | undefined> {
    return this.#cursors.get(identityOf(source, stream));
  }

  async acceptAndMove(
    source: string,
    stream: string,
    cursor: JsonValue,
    messages: readonly IncomingMessage[],
    from?: ReadFrom,
  ): Promise<readonly Accepted[]> {
    const place = identityOf(source, stream);
    if (from !== undefined && JSON.stringify(from.cursor) !== JSON.stringify(this.#cursors.get(place)))
      throw new PageOvertaken(source, stream);
    const accepted = await this.accept(messages);
    this.#cursors.set(place, structuredClone(cursor));
    return accepted;
  }
}

function identityOf(...words: readonly string[]): string {
  return JSON.stringify(words);
}

function refuseUnstorable({ source, sourceId, key, type }: IncomingMessage): void {
  if ([source, sourceId, key, type].some((text) => text.includes('\u0000'))) {
    throw new Error(
      `The message ${JSON.stringify(sourceId)} of ${source} has a NUL character in its ids, key or type, which no store can hold.` +
        ' Nothing of its batch was stored; correct the sender.',
    );
  }
}
