import type { ThreadStep } from '@trunkline/gateway';
import type { ExceptionRow, ThreadDelivery, ThreadMessage } from '@trunkline/journal';

/** A step before its waiting time is known. */
type Placed = Omit<ThreadStep, 'waitMs' | 'at'> & { readonly atMs: number };

/**
 * One thread's life in the order of time: what arrived, what was sent, what failed. `waitMs` is the time since the step before,
 * wherever that was: the sum over a thread is its whole length.
 */
export function stepsOf(
  messages: readonly ThreadMessage[],
  deliveries: readonly ThreadDelivery[],
  exceptions: readonly ExceptionRow[],
): readonly ThreadStep[] {
  const placed = [
    ...messages.map(messageStep),
    ...deliveries.map(deliveryStep),
    ...exceptions.map(exceptionStep),
  ];
  // The database dates a delivery after the message that caused it, and an exception after its delivery; ties keep that order.
  placed.sort((a, b) => a.atMs - b.atMs);
  let before = placed[0]?.atMs ?? 0;
  return placed.map(({ atMs, ...step }) => {
    const waitMs = Math.max(0, Math.round(atMs - before));
    before = atMs;
    return { at: new Date(atMs).toISOString(), ...step, waitMs };
  });
}

function messageStep(message: ThreadMessage): Placed {
  const reply = message.type.startsWith('reply:');
  return {
    atMs: message.acceptedAt.getTime(),
    system: message.source,
    kind: 'message',
    what: reply ? message.type.slice('reply:'.length) : message.type,
    state: message.state,
    ...(message.note === null ? {} : { detail: message.note }),
    ...(message.processedAt === null ? {} : { tookMs: elapsed(message.acceptedAt, message.processedAt) }),
  };
}

function deliveryStep(delivery: ThreadDelivery): Placed {
  const detail = delivery.note ?? delivery.failure;
  return {
    atMs: delivery.createdAt.getTime(),
    system: delivery.target,
    kind: 'delivery',
    what: delivery.type,
    state: delivery.state,
    attempts: delivery.attempts,
    ...(detail === null ? {} : { detail }),
    ...(delivery.endedAt === null ? {} : { tookMs: elapsed(delivery.createdAt, delivery.endedAt) }),
  };
}

function exceptionStep(exception: ExceptionRow): Placed {
  return {
    atMs: exception.openedAt.getTime(),
    system: exception.target ?? 'hub',
    kind: 'exception',
    what: exception.code,
    state: exception.resolvedAt === null ? 'open' : 'resolved',
    detail: [
      exception.summary,
      ...exception.faults.map((fault) => `${fault.path} ${fault.message}`.trim()),
    ].join('\n'),
    ...(exception.resolvedAt === null ? {} : { tookMs: elapsed(exception.openedAt, exception.resolvedAt) }),
  };
}

function elapsed(from: Date, to: Date): number {
  return Math.max(0, Math.round(to.getTime() - from.getTime()));
}
