import { type Poller, refusalIn } from '@trunkline/messaging';
import { classifyOdooError } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import { toOutcome } from '../outbound/outcomes.ts';

/** A poll that is refused what every call is refused says so: a pause that Odoo asks for, a login that it does not take. */
export function speakingForAll(poller: Poller): Poller {
  return {
    ...poller,
    async poll(cursor, signal) {
      try {
        return await poller.poll(cursor, signal);
      } catch (error) {
        if (!(error instanceof OdooError)) throw error;
        const outcome = toOutcome(classifyOdooError(error), () => ({}));
        throw refusalIn(outcome, error) ?? error;
      }
    },
  };
}
