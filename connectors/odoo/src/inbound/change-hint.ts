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

/** The same hint for several pollers. */
export function createHints(): { readonly changed: () => void; hinted(poller: Poller): Poller } {
  const listeners = new Set<() => void>();
  return {
    changed: () => {
      for (const listener of listeners) listener();
    },
    hinted: (poller) => ({ ...poller, hints: (changed) => void listeners.add(changed) }),
  };
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
