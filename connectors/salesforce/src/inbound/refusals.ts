import { type Outcome, type Poller, refusalIn, type SystemRefusal } from '@trunkline/messaging';
import { AuthenticationFailure } from '../authentication.ts';
import { UnreadableAnswer } from '../client.ts';
import { classifyAnswer, classifyFailure } from '../error-classification.ts';
import { CallFailure } from '../http.ts';
import { ORDER_KEY_FIELD } from '../translators/order-status.ts';

/** A poll that is refused what every call is refused says so: the org's limits, a login that it does not take. */
export function speakingForAll(poller: Poller): Poller {
  return {
    ...poller,
    async poll(cursor, signal) {
      try {
        return await poller.poll(cursor, signal);
      } catch (error) {
        throw refusalOf(error) ?? error;
      }
    },
  };
}

/** What a failed call says of every call to the org; undefined: nothing. */
export function refusalOf(error: unknown): SystemRefusal | undefined {
  const outcome = outcomeOf(error);
  return outcome === undefined ? undefined : refusalIn(outcome, error);
}

function outcomeOf(error: unknown): Outcome | undefined {
  if (error instanceof UnreadableAnswer) return classifyAnswer(error.answer, ORDER_KEY_FIELD);
  const known = error instanceof AuthenticationFailure || error instanceof CallFailure;
  return known ? classifyFailure(error) : undefined;
}
