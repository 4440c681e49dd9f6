import type { JsonObject } from './json.ts';

/**
 * What a flow wants done in another system. It names a role (`erp`, `crm`, `warehouse`), never a system: routing decides.
 *
 * Event-carrying commands queue; a state-carrying one names `supersedes`, and of several that wait for one (target, key,
 * supersedes) only the newest is sent.
 */
export interface Command {
  readonly role: string;
  /** For roles with several systems: which, e.g. the site code of a warehouse. */
  readonly place?: string;
  readonly type: string;
  readonly flow: string;
  readonly payload: JsonObject;
  /** Set for state-carrying commands only. */
  readonly supersedes?: string;
  /** The canonical event that the target's success becomes, under the same key. Absent: nobody waits for it. */
  readonly reply?: string;
  /** RFC 3339: useless after this, and then not sent any more (D9). Absent: always of use. */
  readonly expiresAt?: string;
}

/** A command after routing: it has a target system. */
export interface RoutedCommand extends Command {
  readonly target: string;
  /** Absent: the lane of the message that caused it. */
  readonly lane?: string;
}

/** A command on its way to one target, under one key. */
export interface Delivery {
  readonly id: string;
  readonly key: string;
  readonly target: string;
  readonly type: string;
  readonly flow: string;
  readonly payload: JsonObject;
  /** 1 for the first try. */
  readonly attempt: number;
  /** True when an earlier try may have landed without our knowing (time-out, crash): the target must look before it acts. */
  readonly ambiguous: boolean;
}
