import { Counter, Histogram, type Registry } from 'prom-client';

export type Refusal = 'signature' | 'too_large' | 'media_type' | 'malformed' | 'unknown_system';

export interface WebhookMetrics {
  refused(system: string, reason: Refusal): void;
  messages(system: string, result: 'stored' | 'duplicate' | 'invalid', count: number): void;
  answered(system: string, seconds: number): void;
}

/** `system` is only ever a configured name or `unknown`, so a stranger cannot grow the set of series. */
export function webhookMetrics(registry: Registry): WebhookMetrics {
  const refused = new Counter({
    name: 'trunkline_webhook_refused_total',
    help: 'Webhook requests refused with nothing stored, by system and reason.',
    labelNames: ['system', 'reason'] as const,
    registers: [registry],
  });
  const messages = new Counter({
    name: 'trunkline_webhook_messages_total',
    help: 'Messages from authentic webhook requests, by what became of them.',
    labelNames: ['system', 'result'] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'trunkline_webhook_seconds',
    help: 'From the whole body to the answer, the commit included.',
    labelNames: ['system'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
    refused: (system, reason) => refused.inc({ system, reason }),
    messages: (system, result, count) => {
      if (count > 0) messages.inc({ system, result }, count);
    },
    answered: (system, duration) => seconds.observe({ system }, duration),
  };
}
