import type {
  ExceptionCase,
  InvalidMessage,
  Operations,
  Overview,
  Thread,
  ThreadStep,
  ThreadSummary,
} from '@trunkline/gateway';
import { scriptedAttempts } from './scripted-attempts.ts';
import { ScriptedTargets } from './scripted-targets.ts';

/** What the script is about: an order that Dallas refused to release, until somebody retries. */
export const ORDER = {
  id: 'order:006Dn00000AbC12',
  title: 'S00042',
  po: 'PO-88123',
  exception: '9001',
} as const;

const STAGES = [
  'received',
  'validating',
  'exception',
  'confirmed',
  'released',
  'partially_shipped',
  'shipped',
  'backordered',
  'cancelled',
  // A stage that the console has never heard of.
  'awaiting_customs',
];

/** Operations from memory: eleven orders, four exceptions; the one on ORDER can be retried, and then it ships. */
export class ScriptedHub extends ScriptedTargets implements Operations {
  readonly #start: number;
  #retried = false;
  #discarded = false;

  constructor(now: number) {
    super(now);
    this.#start = now;
  }

  protected override parkedAt(system: string): number {
    return system === 'dallas' && !this.settled ? 1 : 0;
  }

  async overview(): Promise<Overview> {
    const counts: Record<string, number> = {
      received: 3,
      validating: 0,
      exception: 2,
      confirmed: 14,
      released: 37,
      partially_shipped: 6,
      shipped: 1284,
      backordered: 4,
      cancelled: 0,
      awaiting_customs: 1,
    };
    if (this.#retried) Object.assign(counts, { released: 36, shipped: 1285 });
    return {
      hub: 'acme-distribution',
      at: this.#ago(0),
      orders: STAGES.map((stage) => ({ stage, count: counts[stage] ?? 0 })),
      openExceptions: this.#cases().filter(({ status }) => status === 'open').length,
      backlog: 212_345,
      countedAt: this.#ago(8),
      targets: this.targetsOf().map(({ limits: _limits, nodes: _nodes, ...target }) => target),
      streams: [
        { system: 'crm', stream: 'won-opportunities', behindSeconds: 1.2 },
        { system: 'erp', stream: 'outgoing-pickings', behindSeconds: 47.5 },
      ],
      rate: { messagesPerSecond: 86.4, ordersPerSecond: 12.3 },
    };
  }

  async searchThreads(query: string, limit: number): Promise<readonly ThreadSummary[]> {
    const all = this.#threads();
    if (query === '') return all.slice(0, limit);
    const wanted = query.toLowerCase();
    const ours = this.#order().identifiers.find(({ value }) => value.toLowerCase().startsWith(wanted));
    const others = all.filter(({ id, title }) => id !== ORDER.id && title.toLowerCase().startsWith(wanted));
    const first = all.find(({ id }) => id === ORDER.id);
    const found = ours === undefined || first === undefined ? [] : [{ ...first, matchedBy: ours }];
    return [...found, ...others].slice(0, limit);
  }

  async threadAttempts(id: string) {
    return id === ORDER.id
      ? scriptedAttempts((seconds) => this.#ago(seconds))
      : { attempts: [], actions: [] };
  }

  async thread(id: string): Promise<Thread | undefined> {
    if (id === ORDER.id) return this.#order();
    const summary = this.#threads().find((thread) => thread.id === id);
    return summary && { ...this.#order(), id, title: summary.title, stage: summary.stage, identifiers: [] };
  }

  async exceptions(filter: {
    status: 'open' | 'resolved' | 'all';
    limit: number;
    offset: number;
    case?: string;
    thread?: string;
  }) {
    const cases = this.#cases().filter(
      (one) =>
        (filter.status === 'all' || one.status === filter.status) &&
        (filter.case === undefined || one.case === filter.case) &&
        (filter.thread === undefined || one.thread === filter.thread),
    );
    return { items: cases.slice(filter.offset, filter.offset + filter.limit), total: cases.length };
  }

  async retryException(id: string, by: string) {
    this.acts.push(`retry ${id} by ${by}`);
    if (id !== ORDER.exception || this.settled) return false;
    this.#retried = true;
    return true;
  }

  async discardException(id: string, by: string, reason: string) {
    this.acts.push(`discard ${id} by ${by}: ${reason}`);
    if (id !== ORDER.exception || this.settled) return false;
    this.#discarded = true;
    return true;
  }

  async invalidMessages(): Promise<readonly InvalidMessage[]> {
    return [
      {
        id: '1',
        source: 'dallas',
        receivedAt: this.#ago(340),
        faults: [
          { code: 'payload_invalid', path: '/lines/0/quantity', message: 'must be a decimal in text' },
          { code: 'payload_invalid', path: '/shipment/carrier', message: 'is missing' },
        ],
        payload: JSON.stringify({
          type: 'shipment.shipped',
          lines: [{ sku: 'RG-100', quantity: 4 }],
          shipment: {},
        }),
      },
    ];
  }

  get settled() {
    return this.#retried || this.#discarded;
  }

  #ago(seconds: number): string {
    return new Date(this.#start - seconds * 1000).toISOString();
  }

  #threads(): readonly ThreadSummary[] {
    const rows: readonly [string, string, number][] = [
      ['S00041', 'partially_shipped', 96],
      ['S00039', 'shipped', 130],
      ['006Dn00000AbC19', 'validating', 141],
      ['S00040', 'released', 188],
      ['S00038', 'shipped', 243],
      ['S00036', 'backordered', 260],
      ['S00037', 'confirmed', 301],
      ['006Dn00000AbC08', 'exception', 420],
      ['S00035', 'awaiting_customs', 511],
      ['S00034', 'cancelled', 604],
    ];
    const others = rows.map(([title, stage, seconds]) => ({
      id: `order:${title}`,
      kind: 'order',
      stage,
      title,
      updatedAt: this.#ago(seconds),
    }));
    const { id, title } = ORDER;
    return [{ id, kind: 'order', stage: this.#stage, title, updatedAt: this.#ago(64) }, ...others];
  }

  get #stage() {
    return this.#retried ? 'shipped' : 'released';
  }

  #order(): Thread {
    const shipped = this.#retried;
    return {
      id: ORDER.id,
      kind: 'order',
      stage: this.#stage,
      title: ORDER.title,
      customer: 'Rattlesnake Canyon Grocery',
      identifiers: [
        { kind: 'opportunity', value: '006Dn00000AbC12', system: 'crm' },
        { kind: 'customer_po', value: ORDER.po, system: 'crm' },
        { kind: 'order_number', value: ORDER.title, system: 'erp' },
        { kind: 'release', value: 'S00042-DAL-1', system: 'dallas' },
        ...(shipped ? [{ kind: 'tracking', value: '1Z999AA10123456784', system: 'dallas' }] : []),
      ],
      lines: [
        line('1', 'RG-100', 'Guaraná Fantástica, case of 24', '12', shipped ? '12' : '0', '0'),
        line(
          '2',
          'CH-055',
          'Pâté chinois, 24 boxes × 2 pies',
          '40',
          shipped ? '36' : '0',
          shipped ? '4' : '0',
        ),
        line('3', 'QU-210', 'Camembert Pierrot, wheel', '7.5', shipped ? '7.5' : '0', '0'),
      ],
      steps: [...this.#stepsToRefusal(), ...(shipped ? this.#stepsAfterRetry() : [])],
      nextMove: shipped
        ? { owner: 'nobody', what: 'Everything was shipped or is backordered.', since: this.#ago(0) }
        : { owner: 'warehouse', what: 'correct item QU-210 in dallas, then retry', since: this.#ago(64) },
    };
  }

  #stepsToRefusal(): readonly ThreadStep[] {
    const at = (seconds: number) => this.#ago(seconds);
    return [
      step(at(412.4), 'crm', 'message', 'opportunity.won', 'processed', 0, 18),
      step(at(412.31), 'hub', 'message', 'order.accepted', 'processed', 90, 4),
      step(at(412.25), 'erp', 'delivery', 'customer.upsert', 'succeeded', 60, 210),
      step(
        at(411.9),
        'erp',
        'delivery',
        'order.confirm',
        'succeeded',
        350,
        4310,
        3,
        'Two serialization failures, then S00042.',
      ),
      step(at(407.5), 'crm', 'delivery', 'opportunity.status', 'succeeded', 4400, 160),
      step(
        at(407.4),
        'dallas',
        'delivery',
        'release.create',
        this.#settledState(),
        100,
        343_000,
        6,
        '422: item QU-210 is not known at site DAL',
      ),
      step(at(64), 'hub', 'exception', 'target_rejected', this.settled ? 'resolved' : 'open', 343_400),
    ];
  }

  #settledState() {
    if (this.#discarded) return 'discarded';
    return this.#retried ? 'succeeded' : 'parked';
  }

  #stepsAfterRetry(): readonly ThreadStep[] {
    const at = (seconds: number) => this.#ago(seconds);
    return [
      step(at(9), 'dallas', 'message', 'pick.confirmed', 'processed', 55_000, 3),
      step(at(6), 'dallas', 'message', 'shipment.shipped', 'processed', 3000, 3),
      step(at(5.9), 'erp', 'delivery', 'delivery.validate', 'succeeded', 100, 640),
      step(
        at(5),
        'crm',
        'delivery',
        'opportunity.status',
        'backing_off',
        900,
        undefined,
        2,
        '503, again in 4 s',
      ),
    ];
  }

  #cases(): readonly ExceptionCase[] {
    return [
      {
        id: ORDER.exception,
        thread: ORDER.id,
        title: ORDER.title,
        code: 'target_rejected',
        status: this.settled ? 'resolved' : 'open',
        flow: 'order-release',
        system: 'dallas',
        summary: 'dallas refused the release: item QU-210 is not known at site DAL.',
        faults: [
          { code: 'target_rejected', path: '/lines/2/item', message: 'QU-210 is not known at site DAL' },
        ],
        owner: 'warehouse',
        remedy: 'Create the item at the site or correct the line, then retry.',
        openedAt: this.#ago(64),
        ...(this.settled ? { resolvedAt: this.#ago(0) } : {}),
        retryable: !this.settled,
        case: 'a1b2c3d4e5f60718',
        seen: 1,
        reopened: 0,
        units: '52',
        amount: '1204.00',
        currency: 'USD',
        promisedOn: '2026-03-09',
      },
      {
        id: '9000',
        thread: 'order:006Dn00000AbC08',
        title: '006Dn00000AbC08',
        code: 'line_product_unknown',
        status: 'open',
        flow: 'order-acceptance',
        summary: 'The order has 3 faults and was not sent to Odoo.',
        faults: [
          {
            code: 'line_product_unknown',
            path: '/lines/0/product',
            message: 'Odoo sells no product “CHAI-OLD”.',
          },
          { code: 'line_quantity_invalid', path: '/lines/2/quantity', message: '-4 is no positive number.' },
          { code: 'address_invalid', path: '/account/shippingAddress/city', message: 'The city is missing.' },
        ],
        owner: 'sales',
        remedy: 'Correct the opportunity in the CRM and mark it won again.',
        openedAt: this.#ago(420),
        retryable: false,
        case: '0f1e2d3c4b5a6978',
        seen: 2,
        reopened: 1,
      },
      {
        id: '8990',
        thread: 'order:S00034',
        title: 'S00034',
        code: 'retries_exhausted',
        status: 'resolved',
        flow: 'order-status',
        system: 'crm',
        summary: 'crm did not answer for 24 hours.',
        faults: [],
        owner: 'integration',
        remedy: 'Mend the target, then retry.',
        openedAt: this.#ago(190_000),
        resolvedAt: this.#ago(90_000),
        retryable: false,
        case: 'ffeeddccbbaa0099',
        seen: 1,
        reopened: 0,
      },
    ];
  }
}

function line(
  number: string,
  sku: string,
  description: string,
  ordered: string,
  shipped: string,
  backordered: string,
) {
  return {
    line: number,
    sku,
    description,
    ordered,
    released: ordered,
    picked: shipped,
    shipped,
    backordered,
    cancelled: '0',
  };
}

function step(
  at: string,
  system: string,
  kind: ThreadStep['kind'],
  what: string,
  state: string,
  waitMs: number,
  tookMs?: number,
  attempts?: number,
  detail?: string,
): ThreadStep {
  return {
    at,
    system,
    kind,
    what,
    state,
    waitMs,
    ...(tookMs === undefined ? {} : { tookMs }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(detail === undefined ? {} : { detail }),
  };
}
