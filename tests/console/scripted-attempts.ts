import type { ThreadAttempts } from '@trunkline/gateway';

/** What was said to the warehouse of the scripted order's release: first no answer, then a refusal. */
export function scriptedAttempts(ago: (seconds: number) => string): ThreadAttempts {
  const request = JSON.stringify({
    releaseNumber: 'S00042-DAL-1',
    shipTo: { name: '[redacted]', email: '[redacted]' },
    lines: [{ line: '3', item: 'QU-210', quantity: '7.5' }],
  });
  const common = { delivery: '31', system: 'dallas', what: 'release.create', node: 'hub-1/4711/0c3f' };
  const exchange = { method: 'PUT', url: 'https://dallas.example/releases/S00042-DAL-1', request };
  return {
    attempts: [
      {
        ...common,
        at: ago(400),
        attempt: 1,
        outcome: 'unknown',
        code: 'outcome_unknown',
        detail: 'The connection ended before an answer came.',
        tookMs: 10_004,
        software: 'hub 0.1.0',
        exchanges: [
          {
            ...exchange,
            at: ago(400),
            requestBytes: request.length,
            responseBytes: 0,
            failure: 'socket hang up',
            tookMs: 10_004,
          },
        ],
      },
      {
        ...common,
        at: ago(64),
        attempt: 2,
        outcome: 'rejected',
        code: 'target_rejected',
        detail: '422: item QU-210 is not known at site DAL',
        tookMs: 38,
        exchanges: [
          {
            ...exchange,
            at: ago(64),
            status: 422,
            requestBytes: request.length,
            response: '{"errors":[{"code":"unknown_item","item":"QU-210"}]}',
            responseBytes: 52,
            tookMs: 36,
          },
        ],
      },
    ],
    actions: [
      {
        at: ago(70),
        action: 'retry',
        actor: 'ada',
        reason: 'the site is back',
        system: 'dallas',
        delivery: '31',
      },
    ],
  };
}
