import { createHmac } from 'node:crypto';
import type {
  Fault,
  IncomingMessage,
  InvalidMessageChannel,
  MessageStore,
  WebhookReceiver,
} from '@trunkline/messaging';
import type {
  CredentialRecord,
  CredentialRows,
  ExceptionCase,
  NodePage,
  Operations,
  Overview,
  Thread,
  ThreadAttempts,
} from '../src/index.ts';

/** A receiver with the shape of a real one: signs with HMAC, authenticates before it parses, dedupe id from a header. */
export const SECRET = 'whsec-test';

export function sign(body: string | Buffer): string {
  return createHmac('sha256', SECRET).update(body).digest('hex');
}

export const signedReceiver: WebhookReceiver = {
  receive({ headers, body }) {
    if (headers['x-signature'] !== sign(body)) {
      return { kind: 'unauthenticated', reason: 'The signature does not match.' };
    }
    const id = headers['x-id'] ?? '';
    const invalid = (path: string, message: string) => ({
      kind: 'invalid' as const,
      sourceId: id,
      faults: [{ code: 'payload_invalid', path, message }],
    });
    let parsed: { order?: unknown };
    try {
      parsed = JSON.parse(body) as { order?: unknown };
    } catch {
      return invalid('', 'is not JSON');
    }
    if (typeof parsed.order !== 'string') return invalid('/order', 'must be a string');
    const message = {
      source: 'dallas',
      sourceId: id,
      key: parsed.order,
      type: 'shipment.shipped',
      payload: {},
    };
    return { kind: 'accepted', messages: [message] };
  },
};

/** Keeps messages by (source, sourceId); `hold` lets a test decide when the commit happens. */
export class MemoryStore implements MessageStore {
  readonly messages = new Map<string, IncomingMessage>();
  hold: Promise<void> = Promise.resolve();
  broken = false;

  async accept(messages: readonly IncomingMessage[]) {
    await this.hold;
    if (this.broken) throw new Error('disk full');
    return messages.map((message) => {
      const id = `${message.source}/${message.sourceId}`;
      const kind = this.messages.has(id) ? ('duplicate' as const) : ('stored' as const);
      this.messages.set(id, message);
      return { kind };
    });
  }
}

export class MemoryInvalid implements InvalidMessageChannel {
  readonly kept: { source: string; sourceId: string; payload: string; faults: readonly Fault[] }[] = [];

  async keep(source: string, sourceId: string, payload: string, faults: readonly Fault[]) {
    this.kept.push({ source, sourceId, payload, faults });
  }
}

export class MemoryRows implements CredentialRows {
  readonly records = new Map<string, CredentialRecord>();

  async get(kind: string, name: string) {
    return this.records.get(`${kind}/${name}`);
  }

  async save(records: readonly CredentialRecord[], existing: 'keep' | 'replace') {
    const id = ({ kind, name }: CredentialRecord) => `${kind}/${name}`;
    if (existing === 'keep' && records.some((record) => this.records.has(id(record)))) return false;
    for (const record of records) this.records.set(id(record), record);
    return true;
  }
}

export const OVERVIEW: Overview = {
  hub: 'acme',
  at: '2026-01-05T10:00:00.000Z',
  orders: [{ stage: 'received', count: 1 }],
  openExceptions: 1,
  backlog: 0,
  targets: [{ system: 'erp', breaker: 'closed', waiting: 0, parked: 1 }],
  streams: [{ system: 'erp', stream: 'outgoing-pickings', behindSeconds: 1.5 }],
  rate: { messagesPerSecond: 0.5, ordersPerSecond: 0.1 },
};

export const THREAD: Thread = {
  id: 'order/1',
  kind: 'order',
  stage: 'received',
  title: 'S00001',
  identifiers: [{ kind: 'customer-po', value: 'PO-7', system: 'crm' }],
  lines: [],
  steps: [],
  nextMove: { owner: 'erp', what: 'confirm the order', since: '2026-01-05T10:00:00.000Z' },
};

export const ATTEMPTS: ThreadAttempts = {
  attempts: [
    {
      at: '2026-01-05T10:00:01.000Z',
      delivery: '12',
      system: 'erp',
      what: 'order.place',
      attempt: 1,
      outcome: 'unknown',
      code: 'outcome_unknown',
      tookMs: 20,
      node: 'node-1',
      exchanges: [
        {
          at: '2026-01-05T10:00:01.000Z',
          method: 'POST',
          url: 'http://erp/jsonrpc',
          request: '{}',
          requestBytes: 2,
          responseBytes: 0,
          failure: 'gave no answer',
          tookMs: 20,
        },
      ],
    },
  ],
  actions: [{ at: '2026-01-05T10:00:09.000Z', action: 'retry', actor: 'ada', system: 'erp' }],
};

export const NODES: NodePage = {
  items: [
    {
      name: 'hub-1/42/1f',
      alive: true,
      roles: ['worker', 'gateway'],
      partitions: [0, 1, 2],
      startedAt: '2026-01-05T09:00:00.000Z',
      seenAt: '2026-01-05T10:00:00.000Z',
      leaseUntil: '2026-01-05T10:00:05.000Z',
      trouble: {
        times: 1,
        lastAt: '2026-03-01T08:00:00.000Z',
        cause: 'They were not renewed for most of a lease.',
      },
    },
  ],
  partitions: 4,
  unowned: [3],
};

const EXCEPTION: ExceptionCase = {
  id: '7',
  thread: 'order/1',
  title: 'S00001',
  code: 'target_rejected',
  status: 'open',
  flow: 'order-acceptance',
  system: 'erp',
  summary: 'Odoo refused the order.',
  faults: [],
  owner: 'operations',
  remedy: 'Correct the data, then retry.',
  openedAt: '2026-01-05T10:00:00.000Z',
  retryable: true,
  case: '0123456789abcdef',
  seen: 1,
  reopened: 0,
};

/** One order, one exception; records what was asked of it. */
export class MemoryOperations implements Operations {
  current: Overview = OVERVIEW;
  broken = false;
  hold: Promise<void> = Promise.resolve();
  asked = 0;
  readonly acts: string[] = [];

  async overview() {
    this.asked += 1;
    await this.hold;
    if (this.broken) throw new Error('no database');
    return this.current;
  }

  async searchThreads(query: string, limit: number) {
    this.acts.push(`search ${query} ${limit}`);
    const { id, kind, stage, title } = THREAD;
    return [{ id, kind, stage, title, updatedAt: OVERVIEW.at }];
  }

  async thread(id: string) {
    return id === THREAD.id ? THREAD : undefined;
  }

  async threadAttempts(id: string) {
    return id === THREAD.id ? ATTEMPTS : undefined;
  }

  async exceptions(filter: { status: string; limit: number; offset: number; thread?: string }) {
    const of = filter.thread === undefined ? '' : ` of ${filter.thread}`;
    this.acts.push(`exceptions ${filter.status} ${filter.limit} ${filter.offset}${of}`);
    return { items: [EXCEPTION], total: 1 };
  }

  async nodes() {
    return NODES;
  }

  async targets() {
    return [{ system: 'dallas', breaker: 'closed' as const, waiting: 2, parked: 0, limits: {}, nodes: [] }];
  }

  async pauseTarget(system: string, by: string, reason: string) {
    this.acts.push(`pause ${system} by ${by}: ${reason}`);
    return system === 'dallas';
  }

  async resumeTarget(system: string, by: string) {
    this.acts.push(`resume ${system} by ${by}`);
    return system === 'dallas';
  }

  async retryException(id: string, by: string) {
    this.acts.push(`retry ${id} by ${by}`);
    return id === EXCEPTION.id;
  }

  async discardException(id: string, by: string, reason: string) {
    this.acts.push(`discard ${id} by ${by}: ${reason}`);
    return id === EXCEPTION.id;
  }

  async invalidMessages() {
    return [];
  }
}
