import type { Delivery } from '../command.ts';
import type { JsonValue } from '../json.ts';
import type { Fault, IncomingMessage, Message } from '../message.ts';
import type { Outcome, Verification } from '../outcome.ts';

/** A canonical event, as a flow sees it. `type` is its name in the canonical model. */
export interface DomainEvent {
  readonly type: string;
}

/** What a vendor's document means. Pure: no clock, no I/O. */
export type Translation<E extends DomainEvent> =
  | { readonly kind: 'events'; readonly events: readonly E[] }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] };

/** Vendor document in, canonical events out. */
export type Translator<E extends DomainEvent> = (message: Message) => Translation<E>;

/**
 * The side of a connector that acts on its system.
 *
 * `deliver` gets up to `batch` deliveries of pairwise different keys and returns one outcome each, in the order given; a
 * failure of the whole call is every delivery's outcome. It may be called up to `concurrency` times at once, never twice at
 * once for one key. It must be idempotent by business key: a delivery with `ambiguous` may have landed before.
 */
export interface Target {
  readonly batch: number;
  readonly concurrency: number;
  /** How long a delivery may wait for company before a smaller batch goes. Milliseconds. */
  readonly lingerMs: number;
  deliver(deliveries: readonly Delivery[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Absent: the target's operations are safe to repeat, and an unknown outcome is sent again as ambiguous. */
  verify?(deliveries: readonly Delivery[], signal: AbortSignal): Promise<readonly Verification[]>;
}

export interface Polled {
  readonly messages: readonly IncomingMessage[];
  /** Stored with the messages in one transaction, so that a crash repeats a page and never skips one. */
  readonly cursor: JsonValue;
  /** True: more is waiting, poll again at once. */
  readonly more: boolean;
}

/** A polling consumer of one stream of changes. */
export interface Poller {
  /** Unique within its connector, e.g. `won-opportunities`. */
  readonly stream: string;
  readonly intervalMs: number;
  /**
   * `cursor` is undefined at the very first poll. Throws when the system cannot be read; the caller backs off. A SystemRefusal where the
   * answer concerns every call to the system.
   */
  poll(cursor: JsonValue | undefined, signal: AbortSignal): Promise<Polled>;
  /** Subscribes to hints that something changed, which bring the next poll forward. Absent: there are none. */
  readonly hints?: (changed: () => void) => void;
}

/** Raw HTTP request of a webhook. Header names are lower case; `body` is what was signed, byte for byte. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parameters of the address; of one that is given twice the last. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export type WebhookVerdict =
  | { readonly kind: 'accepted'; readonly messages: readonly IncomingMessage[] }
  | { readonly kind: 'unauthenticated'; readonly reason: string }
  /** The sender is authentic and the payload is wrong: kept in the invalid-message channel under `sourceId`. */
  | { readonly kind: 'invalid'; readonly sourceId: string; readonly faults: readonly Fault[] };

/** Authenticates before it parses; never throws on what a sender wrote. */
export interface WebhookReceiver {
  receive(request: WebhookRequest, nowMs: number): WebhookVerdict;
}

export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy?: string;
}

/** One way in which a system is not what the flows take it for, found before an order meets it. */
export interface Finding {
  /** From the error registry. */
  readonly code: string;
  /** What it is about, within the system: `sale.order.client_order_ref`. One finding per (code, path). */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** Flows that fail on it. */
  readonly flows: readonly string[];
}

/** What answers at a system's address, in words for people: Odoo, 19.0, JSON-2. */
export interface SystemServer {
  readonly product: string;
  readonly version: string;
  /** How it is talked to. */
  readonly transport: string;
}

export interface Inspection {
  /** Absent: it could not be told. */
  readonly server?: SystemServer;
  /** How many things were asked about. */
  readonly asked: number;
  readonly findings: readonly Finding[];
}

/** A record of the system that the hub relies on: an order or a delivery document, by the system's own id. */
export interface HeldRecord {
  readonly record: 'order' | 'plan';
  readonly id: string;
}

/** Asks for records by their ids, for what no stream of changes tells: deletions, and transactions that ended later than any overlap. */
export interface RecordSweep {
  /**
   * For each record, in their order, a mark that is another one when anything of the record is; undefined for a record that is gone.
   * Throws when the system cannot be asked now. Up to some hundred records a call.
   */
  marks(records: readonly HeldRecord[], signal: AbortSignal): Promise<readonly (string | undefined)[]>;
  /** What stands there of each record, as the messages that the streams would hand out; of an order its delivery documents too. */
  read(records: readonly HeldRecord[], signal: AbortSignal): Promise<readonly (readonly IncomingMessage[])[]>;
}

/** One configured system. The composition root builds it; nothing else knows which vendor it is. */
export interface Connector<E extends DomainEvent> {
  /** The system's name in the configuration, e.g. `crm`, `erp`, `dallas`. */
  readonly system: string;
  readonly translate: Translator<E>;
  readonly target?: Target;
  readonly pollers?: readonly Poller[];
  readonly webhook?: WebhookReceiver;
  /** What is known of the version of the system's server or interface, for the record of each attempt. */
  serverVersion?(): string | undefined;
  /** Used by `trunkline doctor`: reachable, authorised, of a version that we know. */
  check(signal: AbortSignal): Promise<readonly HealthCheck[]>;
  /**
   * Holds what the flows use of the system against what the system has and allows; changes nothing there. Throws when the system
   * cannot be asked now: that says nothing about it.
   */
  inspect?(signal: AbortSignal): Promise<Inspection>;
  /**
   * Renews what the system will not accept much longer, and says what could not be renewed. Throws when the system cannot be asked now.
   * One node at a time calls it.
   */
  renewCredentials?(signal: AbortSignal): Promise<readonly Finding[]>;
  readonly sweep?: RecordSweep;
  close(): Promise<void>;
}
