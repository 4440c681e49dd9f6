import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '@trunkline/messaging';

/** How far a sender's clock may be off, and how long a captured request stays usable. Standard Webhooks' own figure. */
const TOLERANCE_SECONDS = 5 * 60;
/** Ids name events in the journal's index; honest ones are some 30 characters. */
const MAX_ID_LENGTH = 256;

export type Authentication =
  | { readonly kind: 'authentic'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Bytes of a `whsec_` secret. */
export function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

/**
 * Standard Webhooks, symmetric (`v1`): HMAC-SHA256 over `id.timestamp.body`. Any of the keys and any of the signatures sent may
 * match, so that both sides can change secrets without a gap. Done here because the standardwebhooks package reads the clock
 * itself, and a receiver's verdict must be a function of the request and `now`; the tests hold the two together.
 */
export function authenticate(
  request: WebhookRequest,
  keys: readonly Buffer[],
  nowMs: number,
): Authentication {
  const id = request.headers['webhook-id'];
  const timestamp = request.headers['webhook-timestamp'];
  const signatures = request.headers['webhook-signature'];
  if (!id || !timestamp || !signatures) {
    return refused('A header is missing: webhook-id, webhook-timestamp and webhook-signature are needed.');
  }
  if (id.length > MAX_ID_LENGTH) return refused(`webhook-id is longer than ${MAX_ID_LENGTH} characters.`);
  if (!/^\d{1,12}$/.test(timestamp)) return refused('webhook-timestamp is not a whole number of seconds.');
  const sent = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'));
  if (sent.length === 0) return refused('webhook-signature has no signature of version v1.');
  const expected = keys.map((key) =>
    createHmac('sha256', key).update(`${id}.${timestamp}.${request.body}`).digest(),
  );
  if (!expected.some((digest) => sent.some((signature) => equal(signature, digest)))) {
    return refused('No signature matches a secret that is configured.');
  }
  const age = Math.floor(nowMs / 1000) - Number(timestamp);
  if (Math.abs(age) > TOLERANCE_SECONDS) {
    const which = age > 0 ? 'old' : 'in the future';
    return refused(
      `webhook-timestamp is ${Math.abs(age)} s ${which}; ${TOLERANCE_SECONDS} s are allowed. Compare the clocks.`,
    );
  }
  return { kind: 'authentic', id };
}

function equal(signature: Buffer, digest: Buffer): boolean {
  return signature.length === digest.length && timingSafeEqual(signature, digest);
}

function refused(reason: string): Authentication {
  return { kind: 'refused', reason };
}
