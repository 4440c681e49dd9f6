import type { OdooAddress } from '../systems/odoo-rpc.ts';

export interface DemoOptions {
  /** A batch with a report and an end, instead of a stream until Ctrl-C. */
  readonly headless: boolean;
  /** How many orders; absent: all of the input, or 300 generated ones (a stream: no end). */
  readonly orders?: number;
  /** Folders and files to read demand from; none: it is generated. */
  readonly input: readonly string[];
  readonly seed: number;
  /** A batch goes on with what an interrupted one left, with that one's orders. */
  readonly resume: boolean;
  /** Whether the systems misbehave: refuse, time out after they committed, send events twice and out of order. */
  readonly faults: 'none' | 'some';
  /** A stream's orders per second. */
  readonly rate: number;
  /** The console's; absent: 8470 or any free one. */
  readonly port?: number;
  readonly odoo?: OdooAddress;
}

/** A batch as it was begun; `--resume` reads it back. */
export interface BatchPlan {
  readonly orders?: number;
  readonly input: readonly string[];
  readonly seed: number;
}
