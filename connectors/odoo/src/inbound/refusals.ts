import type { Poller } from '@trunkline/messaging';
import { classifyOdooError } from '../error-classification.ts';
import { OdooError } from '../errors.ts';
import { refusalOf } from '../outbound/outcomes.ts';

export function speakingForAll(poller: Poller): Poller {
  return {
    ...poller,
    poll: (cursor, signal) => forAll(() => poller.poll(cursor, signal)),
  };
}

/** What is refused what every call is refused says so: a pause that Odoo asks for, a login that it does not take. */
export async function forAll<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    throw refusalOf(classifyOdooError(error), error) ?? error;
  }
}
