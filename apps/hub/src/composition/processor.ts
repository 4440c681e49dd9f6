import type { CanonicalEvent } from '@trunkline/canonical';
import type {
  Command,
  Connector,
  Decision,
  EventForKey,
  ExceptionReport,
  Fault,
  Flow,
  Identifier,
  IncomingMessage,
  JsonObject,
  JsonValue,
  Message,
  Processed,
  Processor,
  RoutedCommand,
  StoredState,
  Translation,
} from '@trunkline/messaging';
import { explainError, laneOf } from '@trunkline/messaging';

/** The source of events that flows send to other keys. */
export const INTERNAL_SOURCE = 'hub';
const REPLY_PREFIX = 'reply:';

/** The system that a command goes to; undefined when the configuration has none for it. */
export type CommandRouter = (command: Command) => string | undefined;

/** A flow with its state's type forgotten: states are JSON to everybody but the flow itself. */
export type AnyFlow = Flow<JsonObject, CanonicalEvent>;

export interface ProcessorParts {
  readonly connectors: ReadonlyMap<string, Connector<CanonicalEvent>>;
  readonly flows: readonly AnyFlow[];
  readonly route: CommandRouter;
  /** The lane of a flow's commands, when it has one of its own. */
  readonly laneOf?: (flow: string, cause: string) => string | undefined;
  /** How long a flow's commands are of use, from when the message that caused them was accepted; milliseconds. */
  readonly expiresAfterMs?: ReadonlyMap<string, number>;
}

/** Translate, decide, route: the pure middle of a message's journey. */
export function createProcessor(parts: ProcessorParts): Processor {
  const kinds = kindsByEvent(parts.flows);
  return (message, state, now) => {
    const translation = translate(parts, message);
    if (translation.kind === 'ignored')
      return { ...NOTHING, disposition: 'ignored', reason: translation.reason };
    if (translation.kind === 'invalid')
      return { ...NOTHING, disposition: 'invalid', faults: translation.faults };
    const fold = new Fold(message.key, message.source, now, state);
    for (const event of translation.events) {
      const kind = kinds.get(event.type);
      if (kind === undefined) fold.ignore(`no flow handles ${event.type}`);
      else for (const flow of parts.flows) if (takes(flow, event, kind)) fold.apply(flow, event);
    }
    return fold.processed(parts.route, (command, target) =>
      routed(parts, command, target, laneOf(message), now),
    );
  };
}

function routed(
  { laneOf: laneOfFlow, expiresAfterMs }: ProcessorParts,
  command: Command,
  target: string,
  cause: string,
  now: string,
): RoutedCommand {
  const lane = laneOfFlow?.(command.flow, cause);
  const afterMs = expiresAfterMs?.get(command.flow);
  // `now` is the database's time of acceptance, so a node's clock has no part in it.
  const expires =
    command.expiresAt !== undefined || afterMs === undefined
      ? {}
      : { expiresAt: new Date(Date.parse(now) + afterMs).toISOString() };
  return { ...command, target, ...(lane === undefined ? {} : { lane }), ...expires };
}

const NOTHING = { commands: [], messages: [], exceptions: [], resolves: [], identifiers: [] } as const;

/** What a connector finds wrong with a message: for people who edit one before it is replayed. */
export function judgeOf(
  connectors: () => ProcessorParts['connectors'],
): (message: Message) => readonly Fault[] {
  return (message) => {
    const translation = translate({ connectors: connectors() }, message);
    return translation.kind === 'invalid' ? translation.faults : [];
  };
}

function translate(parts: Pick<ProcessorParts, 'connectors'>, message: Message): Translation<CanonicalEvent> {
  // Replies and internal events were written by this hub, in canonical form, in the transaction that caused them.
  if (message.source === INTERNAL_SOURCE || message.type.startsWith(REPLY_PREFIX)) {
    return { kind: 'events', events: [message.payload as unknown as CanonicalEvent] };
  }
  const connector = parts.connectors.get(message.source);
  if (connector === undefined)
    return { kind: 'ignored', reason: `no system is called ${message.source} any more` };
  return connector.translate(message);
}

function kindsByEvent(flows: readonly AnyFlow[]): ReadonlyMap<string, string> {
  const kinds = new Map<string, string>();
  for (const flow of flows)
    if (flow.handles !== 'every') for (const type of flow.handles) kinds.set(type, flow.kind);
  return kinds;
}

function takes(flow: AnyFlow, event: CanonicalEvent, kind: string): boolean {
  return flow.kind === kind && (flow.handles === 'every' || flow.handles.includes(event.type));
}

/** Gathers what several flows decide about the events of one message, each seeing the state that the one before it left. */
class Fold {
  readonly #key: string;
  readonly #system: string;
  readonly #now: string;
  #body: JsonObject | undefined;
  #kind: string;
  #changed = false;
  #ignored: string[] = [];
  #applied = false;
  readonly #commands: Command[] = [];
  readonly #events: EventForKey<CanonicalEvent>[] = [];
  readonly #exceptions: ExceptionReport[] = [];
  readonly #resolves: string[] = [];
  readonly #identifiers: Identifier[] = [];

  constructor(key: string, system: string, now: string, state: StoredState | undefined) {
    this.#key = key;
    this.#system = system;
    this.#now = now;
    this.#body = state?.body;
    this.#kind = state?.kind ?? '';
  }

  ignore(reason: string): void {
    this.#ignored.push(reason);
  }

  apply(flow: AnyFlow, event: CanonicalEvent): void {
    const decision: Decision<JsonObject, CanonicalEvent> = flow.decide(this.#body, event, {
      key: this.#key,
      now: this.#now,
      system: this.#system,
    });
    if (decision.ignored !== undefined) this.#ignored.push(decision.ignored);
    if (decision.state !== undefined) {
      this.#body = decision.state;
      this.#kind = flow.kind;
      this.#changed = true;
      this.#applied = true;
    }
    if (
      (decision.commands?.length ?? 0) + (decision.events?.length ?? 0) + (decision.exceptions?.length ?? 0) >
      0
    )
      this.#applied = true;
    this.#commands.push(...(decision.commands ?? []));
    this.#events.push(...(decision.events ?? []));
    this.#exceptions.push(...(decision.exceptions ?? []));
    this.#resolves.push(...(decision.resolves ?? []));
    this.#identifiers.push(...(decision.identifiers ?? []));
  }

  processed(route: CommandRouter, toTarget: (command: Command, target: string) => RoutedCommand): Processed {
    const commands: RoutedCommand[] = [];
    const exceptions = [...this.#exceptions];
    for (const command of this.#commands) {
      const target = route(command);
      if (target === undefined) exceptions.push(unroutable(command));
      else commands.push(toTarget(command, target));
    }
    const reason = this.#applied ? undefined : this.#ignored.join('; ');
    return {
      disposition: this.#applied ? 'processed' : 'ignored',
      ...(reason === undefined ? {} : { reason }),
      ...(this.#changed && this.#body !== undefined
        ? { state: { kind: this.#kind, stage: stageOf(this.#body), body: this.#body } }
        : {}),
      commands,
      messages: this.#events.map(toMessage),
      exceptions,
      resolves: this.#resolves,
      identifiers: this.#identifiers,
    };
  }
}

function stageOf(body: JsonObject): string {
  const stage = body['stage'];
  return typeof stage === 'string' ? stage : 'active';
}

function toMessage(sent: EventForKey<CanonicalEvent>): IncomingMessage {
  return {
    source: INTERNAL_SOURCE,
    sourceId: sent.id,
    key: sent.key,
    type: sent.event.type,
    payload: sent.event as unknown as JsonValue,
  };
}

function unroutable(command: Command): ExceptionReport {
  const known = explainError('no_route');
  const where = command.place === undefined ? command.role : `${command.role} ${command.place}`;
  const fault: Fault = {
    code: known.code,
    path: '',
    message: `No system is configured for ${where}, which ${command.type} needs.`,
  };
  return {
    code: known.code,
    flow: command.flow,
    summary: fault.message,
    faults: [fault],
    owner: known.owner,
    remedy: known.remedy,
  };
}
