import type { Delivery } from '@trunkline/messaging';

/** A delivery in its owner's memory: what the connector sees, and what the journal must know to settle it. */
export interface WaitingDelivery {
  readonly part: number;
  readonly lane: string;
  readonly messageId: string;
  readonly delivery: Delivery;
  readonly supersedes: string | null;
  readonly reply: string | null;
  readonly verifying: boolean;
  /** When it may be tried, by performance.now(). */
  readonly dueAtMs: number;
  /** When it failed last, as far as this node knows, by performance.now(); undefined: it waits for nothing but its turn. */
  readonly failedAtMs: number | undefined;
  /** The pause that it waits for was asked for by its target, of all calls. */
  readonly pausedByTarget: boolean;
  /** When it stops to be of use, by performance.now(), as the database's clock says; undefined: never. */
  readonly expiresAtMs: number | undefined;
  /** When it was first tried, by performance.now(); undefined before that. */
  readonly firstTriedAtMs: number | undefined;
}

export type Settled =
  | { readonly kind: 'ended'; readonly state: 'succeeded' | 'superseded' | 'expired'; readonly note?: string }
  | {
      readonly kind: 'waiting';
      readonly state: 'ready' | 'backing_off' | 'verifying';
      readonly dueInMs: number;
      readonly ambiguous: boolean;
      /** The time of its retry policy begins with its next try. */
      readonly anew?: true;
    }
  | { readonly kind: 'parked' };
