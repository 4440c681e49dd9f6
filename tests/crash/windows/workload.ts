import type { IncomingMessage, JsonObject, Processed, Processor } from '@trunkline/messaging';

/** Keys of pushed messages, and of polled ones. */
export const KEYS = ['k1', 'k2', 'k3', 'k4'] as const;
export const POLLED_KEYS = ['p1', 'p2'] as const;
export const PER_KEY = 5;
/** What the target refuses as long as it is told to: parked, with what is behind it. */
export const REFUSED = 'k4/1';
export const INVALID_ID = 'invalid-1';

/** In batches as a sender would send them: every key's messages in order. */
export function pushedBatches(): readonly (readonly IncomingMessage[])[] {
  return Array.from({ length: PER_KEY }, (_, n) => KEYS.map((key) => event('sender', key, n)));
}

/** The polled stream, in pages. */
export function polledPages(): readonly (readonly IncomingMessage[])[] {
  return Array.from({ length: PER_KEY }, (_, n) => POLLED_KEYS.map((key) => event('shop', key, n)));
}

function event(source: string, key: string, n: number): IncomingMessage {
  return { source, sourceId: `${key}-${n}`, key, type: 'event', payload: { n } };
}

const NOTHING = { commands: [], messages: [], exceptions: [], resolves: [], identifiers: [] } as const;

/**
 * Each event becomes one entry in the target's book, whose reply is counted. The second one of a key opens an exception that the third
 * one resolves. The state lists what was processed, so that a message that was processed twice, or out of order, shows.
 */
export const bookkeeping: Processor = (message, state): Processed => {
  const seen = (state?.body['seen'] ?? []) as number[];
  const booked = Number(state?.body['booked'] ?? 0);
  const next = (body: JsonObject) => ({ kind: 'order', stage: 'open', body });
  if (message.type !== 'event') {
    return { ...NOTHING, disposition: 'processed', state: next({ seen, booked: booked + 1 }) };
  }
  const { n } = message.payload as { n: number };
  const entry = `${message.key}/${n}`;
  const exception = {
    code: 'no_route',
    flow: 'test',
    summary: `opened by ${entry}`,
    faults: [],
    owner: 'integration',
    remedy: 'wait for the next event',
  };
  return {
    ...NOTHING,
    disposition: 'processed',
    state: next({ seen: [...seen, n], booked }),
    commands: [
      {
        role: 'books',
        target: 'books',
        type: 'entry.make',
        flow: 'test',
        payload: { entry },
        reply: 'entry.made',
      },
    ],
    exceptions: n === 1 ? [exception] : [],
    resolves: n === 2 ? ['no_route'] : [],
    identifiers: [{ kind: 'entry', value: entry, system: 'books' }],
  };
};
