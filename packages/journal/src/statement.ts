import { readFileSync } from 'node:fs';
import type { QueryConfig } from 'pg';
import { arrayLiteral } from './array-literal.ts';

/** The SQL files of this package; one statement a file, each with the reason for its shape. */
export type StatementName =
  | 'accept-messages'
  | 'accept-page'
  | 'acquire-leases'
  | 'announce-node'
  | 'bury-nodes'
  | 'claim-job'
  | 'close-breaker'
  | 'complete-messages'
  | 'end-job'
  | 'hold-target'
  | 'interrupt-job'
  | 'lease-slots'
  | 'lock-targets'
  | 'open-breaker'
  | 'open-exceptions'
  | 'pause-target'
  | 'read-broken'
  | 'read-deliveries'
  | 'read-due-jobs'
  | 'read-earlier'
  | 'read-earlier-deliveries'
  | 'read-lanes'
  | 'read-nodes'
  | 'read-parked'
  | 'read-slots'
  | 'read-states'
  | 'read-targets'
  | 'read-waiting'
  | 'register-job'
  | 'register-lanes'
  | 'register-targets'
  | 'release-lease'
  | 'replay-message'
  | 'resume-target'
  | 'renew-jobs'
  | 'renew-leases'
  | 'resolve-exception'
  | 'resolve-exceptions'
  | 'settle-deliveries'
  | 'skip-job'
  | 'take-tokens';

/** Of a query: values as they come over the wire. Making dates and numbers of them took a tenth of the hub's time for a message. */
export const AS_TEXT = { getTypeParser: () => (text: string) => text };

const texts = new Map<StatementName, string>();

/** A prepared statement: parsed and planned once per connection, by its file's name. */
export function statement(name: StatementName, values: unknown[]): QueryConfig {
  let text = texts.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
    texts.set(name, text);
  }
  return {
    name,
    text,
    values: values.map((value) => (Array.isArray(value) ? (arrayLiteral(value) ?? value) : value)),
  };
}
