import type { ThreadAttempts } from '@trunkline/gateway';
import type { DeliveryAttempt, KeptExchange, RecordedAction } from '@trunkline/journal';

/** What was tried and what people did, as the operations API tells it. */
export function threadAttempts(
  attempts: readonly DeliveryAttempt[],
  actions: readonly RecordedAction[],
): ThreadAttempts {
  return {
    attempts: attempts.map((attempt) => ({
      at: attempt.endedAt.toISOString(),
      delivery: attempt.deliveryId,
      system: attempt.target,
      what: attempt.type,
      attempt: attempt.attempt,
      outcome: attempt.outcome,
      ...known({ code: attempt.code, detail: attempt.detail, software: attempt.software }),
      tookMs: attempt.tookMs,
      node: attempt.node,
      exchanges: attempt.exchanges.map(exchangeOf),
    })),
    actions: actions.map((action) => ({
      at: action.actedAt.toISOString(),
      action: action.action,
      actor: action.actor,
      ...known({ reason: action.reason, system: action.target, delivery: action.deliveryId }),
    })),
  };
}

function exchangeOf(exchange: KeptExchange): ThreadAttempts['attempts'][number]['exchanges'][number] {
  return {
    at: exchange.endedAt.toISOString(),
    method: exchange.method,
    url: exchange.url,
    ...(exchange.status === null ? {} : { status: exchange.status }),
    ...known({ request: exchange.request, response: exchange.response, failure: exchange.failure }),
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    tookMs: exchange.tookMs,
  };
}

/** Without what is not there. */
function known<K extends string>(
  values: Readonly<Record<K, string | null | undefined>>,
): Partial<Record<K, string>> {
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as Partial<Record<K, string>>;
}
