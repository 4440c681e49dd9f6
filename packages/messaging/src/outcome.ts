import type { JsonObject } from './json.ts';
import type { Fault, Identifier } from './message.ts';
import type { SystemRefusal } from './system-refusal.ts';

/**
 * What became of one try to deliver, classed by consequence (see docs/spec/lifecycle.md, O1 to O5).
 * A connector never throws for one record's failure: it returns an outcome per delivery, in the order given.
 */
export type Outcome =
  | {
      readonly kind: 'succeeded';
      /** Becomes the payload of the reply event, when the command asked for one. */
      readonly reply?: JsonObject;
      readonly identifiers?: readonly Identifier[];
      /** True when the target had the effect already, from a try whose answer was lost. */
      readonly adopted?: boolean;
    }
  | { readonly kind: 'retry'; readonly code: string; readonly detail: string; readonly afterMs?: number }
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly detail: string;
      readonly faults?: readonly Fault[];
    }
  /** The target could not make sense of the command, or it breaks the target's contract: a mapping to mend, not data. */
  | {
      readonly kind: 'invalid';
      readonly detail: string;
      readonly faults?: readonly Fault[];
    }
  /** Certainly not sent, because the node stops: it goes back to its place, and no attempt counts. */
  | { readonly kind: 'cancelled' }
  /** `afterMs` when the target also asked for a pause, e.g. in the middle of an operation of several calls. */
  | { readonly kind: 'unknown'; readonly code: string; readonly detail: string; readonly afterMs?: number };

export type OutcomeKind = Outcome['kind'];

/** Answer to "does the target have this command's effect?" */
export type Verification =
  | { readonly kind: 'present'; readonly reply?: JsonObject; readonly identifiers?: readonly Identifier[] }
  | { readonly kind: 'absent' }
  /** `refusal`: what it was answered that every call would be. */
  | { readonly kind: 'undecided'; readonly detail: string; readonly refusal?: SystemRefusal };
