import {
  type Outcome as MessagingOutcome,
  refusalIn,
  type SystemRefusal,
  type Verification,
} from '@trunkline/messaging';
import type { Failure, Outcome, RejectionCode } from '../outcome.ts';

/** Odoo's reasons in the words of the error registry; what is not here is a plain refusal. */
const CODES: Partial<Record<RejectionCode, string>> = {
  'odoo-right-missing': 'target_unauthorised',
  'odoo-address-wrong': 'target_misconfigured',
  'odoo-model-missing': 'target_misconfigured',
  'odoo-method-missing': 'target_misconfigured',
  'odoo-country-unknown': 'mapping_missing',
};

/** Whatever the command was: no call of ours gets in. */
const NO_LOGIN: ReadonlySet<RejectionCode> = new Set(['odoo-key-refused', 'odoo-database-unknown']);

/** What Odoo, or we before it, cannot make sense of: no person mends it in the data. */
const INVALID: ReadonlySet<RejectionCode> = new Set(['odoo-field-mismatch', 'odoo-order-invalid']);

type Success = Omit<Extract<MessagingOutcome, { kind: 'succeeded' }>, 'kind'>;

/** From an operation's outcome to the journal's. `succeed` says what a success means to the flows. */
export function toOutcome<T>(outcome: Outcome<T>, succeed: (result: T) => Success): MessagingOutcome {
  switch (outcome.kind) {
    case 'succeeded':
      return { kind: 'succeeded', ...succeed(outcome) };
    case 'retry':
      return {
        kind: 'retry',
        // It named a time: that is asked of all calls.
        code: outcome.afterMs === undefined ? 'target_unavailable' : 'target_busy',
        detail: outcome.message,
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      };
    case 'rejected': {
      const code = CODES[outcome.code] ?? 'target_rejected';
      const detail = `${outcome.message} ${outcome.remedy} ${outcome.link ?? ''}`.trim();
      if (NO_LOGIN.has(outcome.code)) return { kind: 'retry', code: 'credentials_refused', detail };
      if (INVALID.has(outcome.code)) {
        const path = outcome.field ?? fieldNamedIn(outcome.message);
        const faults = [{ code: 'command_invalid', path, message: outcome.message }];
        return { kind: 'invalid', detail, faults };
      }
      if (outcome.field === undefined) return { kind: 'rejected', code, detail };
      return {
        kind: 'rejected',
        code,
        detail,
        faults: [
          {
            code,
            path: outcome.field,
            message: outcome.message,
            ...(outcome.missing === undefined ? {} : { missing: outcome.missing }),
          },
        ],
      };
    }
    // Our own side gave up waiting; whether the request landed is open.
    case 'cancelled':
      return { kind: 'unknown', code: 'outcome_unknown', detail: outcome.message };
    case 'unknown':
      return {
        kind: 'unknown',
        code: 'outcome_unknown',
        detail: outcome.message,
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      };
  }
}

/** Odoo names the field in its text alone: "Invalid field 'x' on model 'y'", "Wrong value for sale.order.picking_policy: 'x'". */
function fieldNamedIn(message: string): string {
  const named = /Invalid field '?(?<field>[\w.]+)'?|Wrong value for (?<qualified>[\w.]+)/.exec(
    message,
  )?.groups;
  return named?.['field'] ?? named?.['qualified'] ?? '';
}

/** What a failure says of every call to this Odoo; undefined: nothing. */
export function refusalOf(failure: Failure, cause?: unknown): SystemRefusal | undefined {
  return refusalIn(
    toOutcome(failure, () => ({})),
    cause,
  );
}

/** Odoo could not be asked whether it has an effect. */
export function undecided(failure: Failure): Verification {
  const refusal = refusalOf(failure);
  return { kind: 'undecided', detail: failure.message, ...(refusal === undefined ? {} : { refusal }) };
}
