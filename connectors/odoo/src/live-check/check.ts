import type { OdooClientOptions } from '../client.ts';
import type { Odoo } from '../external-ids.ts';
import type { Outcome } from '../outcome.ts';

/** What every check works with: a live database and records of this run alone. */
export interface CheckContext {
  readonly odoo: Odoo;
  /** To open further clients of the same server, with a wrong key or a short time-out. */
  readonly connection: OdooClientOptions;
  /** The account's, to try the renewal of keys with. */
  readonly password?: string;
  /** Begins every name, reference and external id that the run makes. */
  readonly prefix: string;
  readonly masters: Masters;
}

export interface Masters {
  readonly partner: string;
  readonly shipTo: string;
  readonly products: readonly { readonly externalId: string; readonly sku: string; readonly id: number }[];
  readonly stockLocationId: number;
  readonly warehouseId: number;
}

export interface Check {
  readonly name: string;
  /** @returns what was seen. @throws when the promise does not hold */
  run(context: CheckContext): Promise<string>;
}

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** @throws when an outcome is not a success */
export function expectSuccess<T>(outcome: Outcome<T> | undefined, what: string): T {
  if (outcome?.kind === 'succeeded') return outcome;
  throw new Error(`${what}: ${describe(outcome)}`);
}

/** @throws when an outcome is not the rejection of that code */
export function expectRejection(outcome: Outcome<unknown> | undefined, code: string, what: string): string {
  if (outcome?.kind === 'rejected' && outcome.code === code) return outcome.message;
  throw new Error(`${what}: expected ${code}, got ${describe(outcome)}`);
}

function describe(outcome: Outcome<unknown> | undefined): string {
  if (outcome === undefined) return 'no outcome';
  if (outcome.kind === 'rejected') return `rejected ${outcome.code}: ${outcome.message}`;
  return outcome.kind === 'succeeded' ? 'succeeded' : `${outcome.kind}: ${outcome.message}`;
}

/** @throws when two values differ */
export function expectEqual(seen: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(seen), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${left} instead of ${right}`);
}
