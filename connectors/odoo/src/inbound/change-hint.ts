import { createHash, timingSafeEqual } from 'node:crypto';
import type { Poller, WebhookReceiver } from '@trunkline/messaging';

/** Where the secret stands: in the address, since Odoo's automation rules send no headers of their own; or in a header, for a proxy. */
const PARAMETER = 'secret';
const HEADER = 'x-trunkline-secret';

/**
 * An automation rule's webhook as a hint that something changed. Odoo sends it once, waits a second at most and signs nothing, so
 * its content is not even looked at: what changed is what the next poll finds.
 */
export function createChangeHint(secrets: readonly string[], changed: () => void): WebhookReceiver {
  const accepted = secrets.map(digestOf);
  return {
    receive({ headers, query }) {
      const given = query?.[PARAMETER] ?? headers[HEADER];
      if (given === undefined)
        return {
          kind: 'unauthenticated',
          reason: `There is no secret, neither as ?${PARAMETER}= of the address nor as the header ${HEADER}.`,
        };
      const digest = digestOf(given);
      // Each is compared, so that the time tells nothing.
      if (accepted.filter((secret) => timingSafeEqual(secret, digest)).length === 0)
        return { kind: 'unauthenticated', reason: 'The secret is none of those that are configured.' };
      changed();
      return { kind: 'accepted', messages: [] };
    },
  };
}

/**
 * 17 and 18 send within the transaction, before anybody can see the change, 19 after it (live, 2026-11-25, the validation of a transfer: when the hint
 * came, another connection still saw the old state on 17.0, 463 ms before the answer, and on 18.0-20250702, 131 ms before it; the new one on 19.0). So the
 * poll that a hint brings forward may find nothing yet, and is repeated; a transaction that lasts longer is found by the poll that comes in its turn.
 */
const AGAIN_AFTER_MS: readonly number[] = [1000, 5000];

export interface Hints {
  readonly changed: () => void;
  hinted(poller: Poller): Poller;
  close(): void;
}

/** The same hint for several pollers. @param isEarly whether the server hints before it commits */
export function createHints(isEarly: () => boolean): Hints {
  const listeners = new Set<() => void>();
  let pending: readonly NodeJS.Timeout[] = [];
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const forget = (): void => {
    for (const timer of pending) clearTimeout(timer);
  };
  return {
    changed: () => {
      tell();
      forget();
      pending = isEarly() ? AGAIN_AFTER_MS.map((afterMs) => setTimeout(tell, afterMs)) : [];
    },
    hinted: (poller) => ({ ...poller, hints: (changed) => void listeners.add(changed) }),
    close: forget,
  };
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
