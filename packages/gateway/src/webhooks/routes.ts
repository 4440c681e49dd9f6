import { isUtf8 } from 'node:buffer';
import type {
  InvalidMessageChannel,
  MessageStore,
  WebhookReceiver,
  WebhookRequest,
  WebhookVerdict,
} from '@trunkline/messaging';
import type { FastifyBaseLogger, FastifyError, FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Problem } from '../problems/problem.ts';
import { type Refusal, type WebhookMetrics } from './metrics.ts';

export interface WebhookOptions {
  readonly webhooks: ReadonlyMap<string, WebhookReceiver>;
  readonly store: MessageStore;
  readonly invalid: InvalidMessageChannel;
  readonly metrics: WebhookMetrics;
  /** Unix milliseconds; what a signature's time is compared with. */
  readonly now: () => number;
}

const Answer = Type.Object(
  { accepted: Type.Integer(), duplicates: Type.Integer() },
  { description: 'Stored now, and known from before. Sent after the commit.' },
);

const schema = {
  summary: 'A system’s events',
  tags: ['webhooks'],
  params: Type.Object({ system: Type.String() }),
  response: { 202: Answer, '4xx': Type.Ref('Problem'), '5xx': Type.Ref('Problem') },
};

/**
 * The way in for systems that push. The body is read as bytes and handed on unparsed, because the signature covers the bytes;
 * the receiver authenticates before it parses. No hooks run here: the route's own cost is what bounds a burst.
 */
export async function webhookRoutes(app: FastifyInstance, options: WebhookOptions): Promise<void> {
  const { webhooks, metrics, now } = options;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json\b/,
    { parseAs: 'buffer' },
    (_request, body, done) => {
      done(null, body);
    },
  );
  countRefusals(app, webhooks, metrics);

  app.post<{ Params: { system: string } }>('/webhooks/:system', { schema }, async (request, reply) => {
    const { system } = request.params;
    const started = now();
    const receiver = webhooks.get(system);
    if (receiver === undefined) throw unknownSystem(system, metrics);
    const body = textOf(request.body, system, metrics);
    // `set-cookie` alone is ever an array, and no request carries it.
    const headers = request.headers as WebhookRequest['headers'];
    const answer = await handle(
      options,
      system,
      body,
      receiver.receive({ headers, query: queryOf(request.query), body }, started),
      request.log,
    );
    metrics.answered(system, (now() - started) / 1000);
    return reply.code(202).send(answer);
  });
}

async function handle(
  { store, invalid, metrics }: WebhookOptions,
  system: string,
  body: string,
  verdict: WebhookVerdict,
  log: FastifyBaseLogger,
): Promise<{ accepted: number; duplicates: number }> {
  switch (verdict.kind) {
    case 'accepted': {
      if (verdict.messages.length === 0) return { accepted: 0, duplicates: 0 };
      const results = await stored(store.accept(verdict.messages), log, system);
      const accepted = results.filter(({ kind }) => kind === 'stored').length;
      const duplicates = results.length - accepted;
      metrics.messages(system, 'stored', accepted);
      metrics.messages(system, 'duplicate', duplicates);
      return { accepted, duplicates };
    }
    case 'invalid':
      await stored(invalid.keep(system, verdict.sourceId, body, verdict.faults), log, system);
      metrics.messages(system, 'invalid', 1);
      throw new Problem(
        'payload_invalid',
        `The document is authentic but cannot be used; it is kept under ${verdict.sourceId}. Mend the places named in faults, then send it again under a new id.`,
        verdict.faults,
      );
    case 'unauthenticated':
      metrics.refused(system, 'signature');
      log.warn({ system, reason: verdict.reason }, 'webhook refused');
      throw new Problem(
        'signature_invalid',
        `${verdict.reason} Nothing was stored. Compare the signing secret on both sides, and look for a proxy that rewrites bodies.`,
      );
  }
}

function queryOf(query: unknown): Readonly<Record<string, string | undefined>> {
  const given = Object.entries((query ?? {}) as Record<string, string | string[]>);
  return Object.fromEntries(
    given.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]),
  );
}

/** A failed store is the hub's fault: 503, so that the sender keeps the document and repeats it. */
async function stored<T>(work: Promise<T>, log: FastifyBaseLogger, system: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    log.error({ err: error, system }, 'webhook not stored');
    throw new Problem('store_unavailable', 'The document was not stored. Send it again under the same id.');
  }
}

/** Bytes that are no UTF-8 cannot have been signed as text and are no JSON (RFC 8259, section 8.1). */
function textOf(body: unknown, system: string, metrics: WebhookMetrics): string {
  if (Buffer.isBuffer(body) && body.length > 0 && isUtf8(body)) return body.toString('utf8');
  metrics.refused(system, 'malformed');
  throw new Problem(
    'body_malformed',
    Buffer.isBuffer(body) && body.length > 0
      ? 'The body is not UTF-8. Send JSON encoded as UTF-8.'
      : 'The body is empty. Send the document as JSON.',
  );
}

function unknownSystem(system: string, metrics: WebhookMetrics): Problem {
  metrics.refused('unknown', 'unknown_system');
  return new Problem(
    'system_unknown',
    `No configured system named ${JSON.stringify(system.slice(0, 80))} takes webhooks. Compare the address with the names under systems in trunkline.yaml.`,
  );
}

const BODY_REFUSALS: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type',
};

function countRefusals(
  app: FastifyInstance,
  webhooks: ReadonlyMap<string, WebhookReceiver>,
  metrics: WebhookMetrics,
): void {
  app.addHook('onError', async (request, _reply, error: FastifyError) => {
    const reason = BODY_REFUSALS[error.code];
    const { system } = request.params as { system: string };
    if (reason !== undefined) metrics.refused(webhooks.has(system) ? system : 'unknown', reason);
  });
}
