import type { Fault, JsonObject, JsonValue, WebhookReceiver } from '@trunkline/messaging';
import { type EventDocument, readEvent } from '../translators/event-documents.ts';
import { authenticate, keyOf } from './signature.ts';

/** The contract's events, authenticated, then checked. The payload handed on is the whole event as it was sent. */
export function createWebhookReceiver(system: string, secrets: readonly string[]): WebhookReceiver {
  const keys = secrets.map(keyOf);
  return {
    receive(request, nowMs) {
      const sender = authenticate(request, keys, nowMs);
      if (sender.kind === 'refused') return { kind: 'unauthenticated', reason: sender.reason };
      const invalid = (faults: readonly Fault[]) =>
        ({ kind: 'invalid', sourceId: sender.id, faults }) as const;
      const body = parse(request.body);
      if (body === undefined) {
        return invalid([{ code: 'payload_invalid', path: '', message: 'The body is not JSON.' }]);
      }
      const reading = readEvent(body.value);
      if ('faults' in reading) return invalid(reading.faults);
      const { event } = reading;
      const payload = body.value as JsonObject;
      const message = {
        source: system,
        sourceId: sender.id,
        key: keyOfEvent(event),
        type: event.type,
        payload,
      };
      return { kind: 'accepted', messages: [message] };
    },
  };
}

/** The order for what happens to a release; the stock position for an adjustment, which belongs to no order. */
function keyOfEvent(event: EventDocument): string {
  if (event.type !== 'inventory.adjusted') return event.data.reference;
  return `st_${escaped(event.data.site)}_${escaped(event.data.sku)}`;
}

/** Letters and digits stay, any other character becomes its code, so that no two items share a key. */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9]/gu, (character) => `_${character.codePointAt(0)?.toString(16)}_`);
}

function parse(body: string): { value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(body) as JsonValue };
  } catch {
    return undefined;
  }
}
