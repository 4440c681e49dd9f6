import type { Outcome as MessagingOutcome } from '@trunkline/messaging';
import type { Outcome, RejectionCode } from '../outcome.ts';

/** Odoo's reasons in the words of the error registry; what is not here is a plain refusal. */
const CODES: Partial<Record<RejectionCode, string>> = {
  'odoo-key-refused': 'target_unauthorised',
  'odoo-right-missing': 'target_unauthorised',
  'odoo-database-unknown': 'target_misconfigured',
  'odoo-address-wrong': 'target_misconfigured',
  'odoo-model-missing': 'target_misconfigured',
  'odoo-method-missing': 'target_misconfigured',
  'odoo-field-mismatch': 'target_misconfigured',
};

type Success = Omit<Extract<MessagingOutcome, { kind: 'succeeded' }>, 'kind'>;

/** From an operation's outcome to the journal's. `succeed` says what a success means to the flows. */
export function toOutcome<T>(outcome: Outcome<T>, succeed: (result: T) => Success): MessagingOutcome {
  switch (outcome.kind) {
    case 'succeeded':
      return { kind: 'succeeded', ...succeed(outcome) };
    case 'retry':
      return {
        kind: 'retry',
        code: 'target_unavailable',
        detail: outcome.message,
        ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }),
      };
    case 'rejected': {
      const code = CODES[outcome.code] ?? 'target_rejected';
      const detail = `${outcome.message} ${outcome.remedy} ${outcome.link ?? ''}`.trim();
      if (outcome.field === undefined) return { kind: 'rejected', code, detail };
      return {
        kind: 'rejected',
        code,
        detail,
        faults: [{ code, path: outcome.field, message: outcome.message }],
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
