import {
  type Accepted,
  BATCH_LANE,
  type CursorStore,
  type IncomingMessage,
  type JsonValue,
  type LanePolicy,
  laneInSegment,
  laneOf,
  type MessageStore,
  type ReadFrom,
  REPLAY_LANE,
  segmentOf,
} from '@trunkline/messaging';
import type { Configuration } from '../configuration/schema.ts';

/** Which lane what runs in, as the configuration says. */
export class LaneAssignment {
  readonly #hubSegment: string | undefined;
  readonly #segments: Readonly<Record<string, string>>;
  readonly #byMessage = new Map<string, string>();
  readonly #byFlow = new Map<string, string>();
  readonly policies: ReadonlyMap<string, Partial<LanePolicy>>;

  constructor({ hub, segments, lanes }: Pick<Configuration, 'hub' | 'segments' | 'lanes'>) {
    this.#hubSegment = hub.segment;
    this.#segments = segments ?? {};
    const policies = new Map<string, Partial<LanePolicy>>();
    for (const [name, lane] of Object.entries(lanes ?? {})) {
      for (const taken of lane.messages ?? []) this.#byMessage.set(taken, name);
      for (const flow of lane.flows ?? []) this.#byFlow.set(flow, name);
      const { weight, concurrency } = lane;
      policies.set(name, {
        ...(weight === undefined ? {} : { weight }),
        ...(concurrency === undefined ? {} : { concurrency }),
      });
    }
    this.policies = policies;
  }

  /** The lane that it was given, else the one that its type or its system is put into, else its system's own; in its segment. */
  ofMessage(message: IncomingMessage): string {
    if (message.lane !== undefined) return message.lane;
    const { source, type } = message;
    const name = this.#byMessage.get(`${source}:${type}`) ?? this.#byMessage.get(source) ?? laneOf(message);
    return laneInSegment(name, this.#segments[source] ?? this.#hubSegment);
  }

  /** The lane of a flow's commands; undefined: that of the message that caused them. What is replayed or comes in bulk stays there. */
  ofCommand(flow: string, cause: string): string | undefined {
    const name = this.#byFlow.get(flow);
    const bulk = [REPLAY_LANE, BATCH_LANE].some((lane) => cause === lane || cause.startsWith(`${lane}/`));
    return name === undefined || bulk ? undefined : laneInSegment(name, segmentOf(cause));
  }
}

/** The way in, with each message's lane on it. */
export class LanedIntake implements MessageStore, CursorStore {
  readonly #intake: MessageStore & CursorStore;
  readonly #lanes: LaneAssignment;

  constructor(intake: MessageStore & CursorStore, lanes: LaneAssignment) {
    this.#intake = intake;
    this.#lanes = lanes;
  }

  accept(messages: readonly IncomingMessage[]): Promise<readonly Accepted[]> {
    return this.#intake.accept(this.#laned(messages));
  }

  read(source: string, stream: string): Promise<JsonValue | undefined> {
    return this.#intake.read(source, stream);
  }

  acceptAndMove(
    source: string,
    stream: string,
    cursor: JsonValue,
    messages: readonly IncomingMessage[],
    from?: ReadFrom,
  ): Promise<readonly Accepted[]> {
    return this.#intake.acceptAndMove(source, stream, cursor, this.#laned(messages), from);
  }

  #laned(messages: readonly IncomingMessage[]): readonly IncomingMessage[] {
    return messages.map((message) => ({ ...message, lane: this.#lanes.ofMessage(message) }));
  }
}
