import type { JsonValue } from './json.ts';

/**
 * What a channel adapter hands to the journal: the sender's own words plus the two ids that the promises rest on.
 *
 * `sourceId` is the id by which the sender repeats itself (webhook-id, `record:version`): P2 dedupes on `(source, sourceId)`.
 * `key` is the business key: everything under one key is handled in sequence (P3).
 */
export interface IncomingMessage {
  readonly source: string;
  readonly sourceId: string;
  readonly key: string;
  /** The sender's name for the document, e.g. `opportunity.won` or `shipment.shipped`. */
  readonly type: string;
  readonly payload: JsonValue;
  /** The bulkhead that it runs in, and all that it causes. Absent: its source's own; see `lane.ts`. */
  readonly lane?: string;
}

/** A message that the journal has stored. `id` orders the messages of one key; it is a decimal string of a bigint. */
export interface Message extends IncomingMessage {
  readonly id: string;
  /** RFC 3339 UTC, the database's clock. */
  readonly acceptedAt: string;
}

/** A word by which people look for a thread: customer PO, order number, release, tracking number. */
export interface Identifier {
  readonly kind: string;
  readonly value: string;
  /** The system in which this id means something. */
  readonly system: string;
}

/** One thing that is wrong with a document, at a place that its sender can find. */
export interface Fault {
  /** From the error registry. */
  readonly code: string;
  /** JSON Pointer or field name in the sender's own document; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
  /** A word that nobody knew what to make of: with a mapping for it, what failed can go on. */
  readonly missing?: MissingMapping;
}

export interface MissingMapping {
  /** What the word names: `product`, `site`, `country`, `ship_method`. */
  readonly kind: string;
  readonly value: string;
  /** In whose language it is to be said; absent: the target's, or the hub's own. */
  readonly system?: string;
}
