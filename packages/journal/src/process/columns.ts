import type {
  ExceptionReport,
  Identifier,
  IncomingMessage,
  Processed,
  RoutedCommand,
  StoredState,
} from '@trunkline/messaging';
import { explainError, laneOf } from '@trunkline/messaging';
import { partitionOf } from '../partition.ts';

export interface WaitingMessage {
  readonly id: string;
  readonly key: string;
  readonly lane: string;
  /** Its retention class. */
  readonly class: string;
}

export interface OpenedException extends ExceptionReport {
  readonly key: string;
  readonly messageId: string | null;
  readonly deliveryId: string | null;
  readonly target: string | null;
}

/** What a batch of processed messages causes, gathered as the columns that complete-messages.sql takes. */
export class BatchEffects {
  readonly results: { message: WaitingMessage; state: string; note: string | null }[] = [];
  readonly states = new Map<string, StoredState>();
  readonly deliveries: { key: string; messageId: string; lane: string; command: RoutedCommand }[] = [];
  readonly messages = new Map<string, { part: number; message: IncomingMessage }>();
  readonly identifiers: { key: string; identifier: Identifier }[] = [];
  readonly exceptions: OpenedException[] = [];
  readonly resolved: { key: string; code: string }[] = [];
  /** Broken documents of the processor's that this batch makes good. */
  readonly mended: string[] = [];
  /** As columns() wrote them. */
  readonly #lengths = new Map<string, number>();
  readonly #moves = new Map<string, { readonly kind: string; readonly stage: string; by: number }>();
  readonly #opened = new Map<string, { readonly key: string; readonly code: string; over: boolean }>();

  /** `before`: the key's state on which the message was decided. */
  add(
    message: WaitingMessage,
    processed: Processed,
    partitions: number,
    before: StoredState | undefined,
  ): void {
    const { key, id, lane } = message;
    this.results.push({ message, state: processed.disposition, note: noteOf(processed) });
    if (processed.state !== undefined) {
      this.states.set(key, processed.state);
      if (before !== undefined) this.#move(before, -1);
      this.#move(processed.state, 1);
    }
    for (const command of processed.commands)
      this.deliveries.push({ key, messageId: id, lane: command.lane ?? lane, command });
    for (const sent of processed.messages) {
      const part = partitionOf(sent.key, partitions);
      this.messages.set(`${part}\u0000${sent.source}\u0000${sent.sourceId}`, {
        part,
        message: { lane, ...sent },
      });
    }
    for (const identifier of processed.identifiers) this.identifiers.push({ key, identifier });
    for (const code of processed.resolves) this.resolve(key, code);
    for (const report of processed.exceptions)
      this.#open({ ...report, key, messageId: id, deliveryId: null, target: null });
    if (processed.disposition === 'invalid') this.#open(invalidException(message, processed));
  }

  #move({ kind, stage }: StoredState, by: number): void {
    const name = `${kind}\u0000${stage}`;
    const moved = this.#moves.get(name);
    if (moved === undefined) this.#moves.set(name, { kind, stage, by });
    else moved.by += by;
  }

  #open(exception: OpenedException): void {
    const { key, code } = exception;
    this.exceptions.push(exception);
    this.#opened.set(`${key}\u0000${code}`, { key, code, over: false });
  }

  resolve(key: string, code: string): void {
    this.resolved.push({ key, code });
    const opened = this.#opened.get(`${key}\u0000${code}`);
    if (opened !== undefined) opened.over = true;
  }

  /** What this batch opened and a later message of it resolved: `resolved` comes before the opening, this after it. */
  get resolvedAtOnce(): readonly { readonly key: string; readonly code: string }[] {
    return [...this.#opened.values()].filter(({ over }) => over);
  }

  /** Of what this batch sends. */
  get lanes(): readonly string[] {
    return [
      ...this.deliveries.map((row) => row.lane),
      ...[...this.messages.values()].map((row) => laneOf(row.message)),
    ];
  }

  get hasExceptions(): boolean {
    return this.exceptions.length > 0 || this.resolved.length > 0;
  }

  #textOf(key: string, state: StoredState): string {
    const text = JSON.stringify(state.body);
    this.#lengths.set(key, text.length);
    return text;
  }

  /** Of the JSON of a state that columns() gave. */
  lengthOf(key: string): number {
    return this.#lengths.get(key) ?? 0;
  }

  /** In the order of complete-messages.sql's parameters, from $4 on. */
  columns(): unknown[] {
    const states = [...this.states];
    const messages = [...this.messages.values()];
    const moves = [...this.#moves.values()].filter(({ by }) => by !== 0);
    return [
      this.results.map((row) => row.message.id),
      this.results.map((row) => row.state),
      this.results.map((row) => row.note),
      states.map(([key]) => key),
      states.map(([, state]) => state.kind),
      states.map(([, state]) => state.stage),
      states.map(([key, state]) => this.#textOf(key, state)),
      this.deliveries.map((row) => row.key),
      this.deliveries.map((row) => row.command.target),
      this.deliveries.map((row) => row.messageId),
      this.deliveries.map((row) => row.command.type),
      this.deliveries.map((row) => row.command.flow),
      this.deliveries.map((row) => JSON.stringify(row.command.payload)),
      this.deliveries.map((row) => row.command.supersedes ?? null),
      this.deliveries.map((row) => row.command.reply ?? null),
      messages.map((row) => row.part),
      messages.map((row) => row.message.key),
      messages.map((row) => row.message.source),
      messages.map((row) => row.message.sourceId),
      messages.map((row) => row.message.type),
      messages.map((row) => JSON.stringify(row.message.payload)),
      this.identifiers.map((row) => row.key),
      this.identifiers.map((row) => row.identifier.kind),
      this.identifiers.map((row) => row.identifier.value),
      this.identifiers.map((row) => row.identifier.system),
      [...new Set(this.results.map((row) => row.message.lane))],
      this.deliveries.map((row) => row.lane),
      messages.map((row) => laneOf(row.message)),
      this.deliveries.map((row) => row.command.expiresAt ?? null),
      moves.map((move) => move.kind),
      moves.map((move) => move.stage),
      moves.map((move) => move.by),
      this.results.map((row) => row.message.class),
    ];
  }
}

function noteOf(processed: Processed): string | null {
  if (processed.reason !== undefined) return processed.reason;
  const first = processed.faults?.[0];
  return first === undefined ? null : `${first.path}: ${first.message}`;
}

function invalidException(message: WaitingMessage, processed: Processed): OpenedException {
  const known = explainError('payload_invalid');
  return {
    code: known.code,
    flow: 'translate',
    summary: known.meaning,
    faults: processed.faults ?? [],
    owner: known.owner,
    remedy: known.remedy,
    key: message.key,
    messageId: message.id,
    deliveryId: null,
    target: null,
  };
}
