import type {
  Bulk,
  Case,
  CaseDetail,
  CaseOperations,
  CaseQuery,
  Edited,
  Mapping,
  MappingPage,
  NewBulk,
  NewMapping,
} from '@trunkline/gateway';
import type { JsonObject } from '@trunkline/messaging';
import type { ScriptedHub } from './scripted-hub.ts';

export const CASES = {
  release: 'a1b2c3d4e5f60718',
  product: '0f1e2d3c4b5a6978',
  period: '77aa66bb55cc44dd',
  test: '1234123412341234',
} as const;

type Deed = CaseDetail['history'][number];

/** Four kinds of failure; acts change them, and an act on many goes forward a little each time that somebody looks. */
export class ScriptedCases implements CaseOperations {
  readonly acts: string[] = [];
  readonly #hub: ScriptedHub;
  readonly #start: number;
  readonly #changed = new Map<string, Partial<Case>>();
  readonly #history = new Map<string, Deed[]>();
  readonly #mappings = new Map<string, Mapping>();
  #bulk: Bulk | undefined;

  constructor(hub: ScriptedHub, start: number) {
    this.#hub = hub;
    this.#start = start;
    this.#mappings.set('product erp GM-11', {
      revision: '1',
      kind: 'product',
      system: 'erp',
      source: 'GM-11',
      target: 'GM-11-EU',
      why: 'renamed in the spring catalogue',
      by: 'ada',
      at: this.#ago(86_400),
    });
  }

  async cases(query: CaseQuery) {
    const wanted = (query.q ?? '').toLowerCase();
    const items = this.#all().filter(
      (one) =>
        (query.status === 'all' ||
          one.status === query.status ||
          (query.status === 'active' && ['open', 'acknowledged'].includes(one.status))) &&
        (query.queue === undefined || one.queue === query.queue) &&
        `${one.message} ${one.code} ${one.system}`.toLowerCase().includes(wanted),
    );
    return { items: items.slice(query.offset, query.offset + query.limit), total: items.length };
  }

  async case(id: string): Promise<CaseDetail | undefined> {
    const found = this.#all().find((one) => one.id === id);
    return found && { ...found, history: this.#history.get(id) ?? [] };
  }

  async acknowledgeCase(id: string, by: string) {
    return this.#change(id, by, 'acknowledge', {
      status: 'acknowledged',
      acknowledged: { by, at: this.#ago(0) },
    });
  }

  async assignCase(id: string, by: string, to: { assignee?: string | null; queue?: string | null }) {
    return this.#change(id, by, 'assign', {
      ...(typeof to.queue !== 'string' ? {} : { queue: to.queue }),
      ...(typeof to.assignee !== 'string' ? {} : { assignee: to.assignee }),
    });
  }

  async ignoreCase(id: string, by: string, reason: string) {
    return this.#change(id, by, 'ignore', { status: 'ignored' }, reason);
  }

  async reopenCase(id: string, by: string) {
    return this.#change(id, by, 'reopen', { status: 'open' });
  }

  async exceptionDetail(id: string) {
    const { items } = await this.#hub.exceptions({ status: 'all', limit: 100, offset: 0 });
    const found = items.find((one) => one.id === id);
    if (found === undefined) return undefined;
    return {
      ...found,
      meaning: 'The system understood and refused.',
      ...(found.system === undefined
        ? {}
        : {
            command: {
              type: 'release.create',
              payload: {
                release: {
                  releaseNumber: 'S00042-1',
                  site: 'DAL',
                  lines: [
                    { line: '1', sku: 'QU-210', quantity: '12', unit: 'EA' },
                    { line: '2', sku: 'CHAI', quantity: '40', unit: 'EA' },
                  ],
                },
              },
            },
          }),
      history: [{ at: found.openedAt, by: 'hub', act: 'opened', note: found.summary }],
    };
  }

  async editException(id: string, by: string, why: string, payload: JsonObject): Promise<Edited> {
    if (payload['release'] === undefined) {
      const faults = [
        { code: 'payload_invalid', path: '/release', message: 'must have required properties release' },
      ];
      return { kind: 'broken', faults };
    }
    this.acts.push(`edit ${id} by ${by}: ${why}`);
    return { kind: 'done' };
  }

  async resolveException(id: string, by: string, note: string) {
    this.acts.push(`resolve ${id} by ${by}: ${note}`);
    return true;
  }

  async mappings(): Promise<MappingPage> {
    const waiting = this.#all().flatMap((one) => one.missing);
    return { items: [...this.#mappings.values()], waiting };
  }

  async addMapping(by: string, { why, target, ...added }: NewMapping) {
    this.acts.push(`map ${added.kind} ${added.source} to ${target} in ${added.system} by ${by}`);
    this.#changed.set(CASES.product, {
      status: 'resolved',
      open: 0,
      missing: [],
      units: '0',
      amounts: {},
      next: { act: 'none', what: 'Nothing: all of it was mended.' },
    });
    const mapping: Mapping = {
      revision: String(this.#mappings.size + 1),
      ...added,
      ...(target === null ? {} : { target }),
      ...(why === undefined ? {} : { why }),
      by,
      at: this.#ago(0),
    };
    this.#mappings.set(`${added.kind} ${added.system} ${added.source}`, mapping);
    return { kind: 'done' as const, mapping };
  }

  async previewBulk(by: string, wanted: NewBulk) {
    const id = wanted.exceptions?.case;
    const of =
      wanted.act === 'replay'
        ? { id: JSON.stringify(wanted.messages), open: 7, units: '0', amounts: {} }
        : this.#all().find((one) => one.id === id);
    if (of === undefined || of.open === 0) return { kind: 'nothing' as const };
    this.acts.push(`preview ${wanted.act} of ${of.id} by ${by}`);
    this.#bulk = {
      id: '12',
      act: wanted.act,
      state: 'previewed',
      selection: wanted.exceptions ?? wanted.messages,
      total: of.open,
      units: of.units,
      amounts: of.amounts,
      pending: of.open,
      underWay: 0,
      mended: 0,
      failed: 0,
      skipped: 0,
      refused: wanted.act === 'edit' ? 1 : 0,
      secondsLeft: 9,
      by,
      createdAt: this.#ago(0),
    };
    return { kind: 'previewed' as const, operation: this.#bulk };
  }

  async replayChoices() {
    return {
      flows: ['order-release', 'order-status'],
      types: [
        { system: 'crm', type: 'opportunity' },
        { system: 'dallas', type: 'shipment.shipped' },
      ],
    };
  }

  async bulks() {
    return this.#bulk === undefined ? [] : [this.#bulk];
  }

  async bulk(id: string) {
    if (this.#bulk === undefined || this.#bulk.id !== id) return undefined;
    this.#bulk = forward(this.#bulk);
    return this.#bulk.act === 'edit' ? { ...this.#bulk, ...EDITED } : { ...this.#bulk, items: [] };
  }

  async steerBulk(id: string, by: string, step: 'try' | 'start' | 'cancel') {
    this.acts.push(`${step} ${id} by ${by}`);
    if (this.#bulk === undefined) return false;
    const state = ({ try: 'canary', start: 'running', cancel: 'cancelled' } as const)[step];
    this.#bulk = { ...this.#bulk, state, startedAt: this.#ago(0) };
    return true;
  }

  #change(id: string, by: string, act: string, to: Partial<Case>, note?: string): boolean {
    this.acts.push(`${act} ${id} by ${by}${note === undefined ? '' : `: ${note}`}`);
    this.#changed.set(id, { ...this.#changed.get(id), ...to });
    const deed = { at: this.#ago(0), by, act, ...(note === undefined ? {} : { note }) };
    this.#history.set(id, [...(this.#history.get(id) ?? []), deed]);
    return true;
  }

  #ago(seconds: number): string {
    return new Date(this.#start - seconds * 1000).toISOString();
  }

  #all(): readonly Case[] {
    const cases: Case[] = [
      {
        ...COMMON,
        id: CASES.product,
        code: 'line_product_unknown',
        meaning: 'A line names a product that the ERP does not sell.',
        flow: 'order-acceptance',
        system: 'erp',
        message: 'order.place to erp: Odoo sells no product with the internal reference #.',
        owner: 'sales',
        queue: 'order-desk',
        open: 214,
        units: '5120',
        amounts: { EUR: '48210.50', USD: '9120.00' },
        seen: 260,
        firstSeenAt: this.#ago(190_000),
        lastSeenAt: this.#ago(40),
        oldestOpenAt: this.#ago(31_000),
        promisedOn: '2026-03-02',
        dueAt: this.#ago(16_600),
        overdue: true,
        runbook: 'https://wiki.example/runbooks/masters',
        missing: [
          { kind: 'product', system: 'erp', value: 'QU-210', waiting: 180 },
          { kind: 'product', system: 'erp', value: 'CHAI-OLD', waiting: 34 },
        ],
        next: {
          act: 'map',
          what: 'Say what the product QU-210 is called in erp; 180 orders go on by themselves.',
        },
      },
      {
        ...COMMON,
        id: CASES.period,
        code: 'target_rejected',
        meaning: 'The system understood and refused.',
        flow: 'fulfilment-events',
        system: 'erp',
        message: 'shipment.post to erp: You cannot validate a transfer before the lock date #.',
        owner: 'operations',
        queue: 'finance',
        open: 38,
        units: '410',
        amounts: { EUR: '3999.00' },
        seen: 38,
        firstSeenAt: this.#ago(5000),
        lastSeenAt: this.#ago(300),
        oldestOpenAt: this.#ago(5000),
        dueAt: this.#ago(-9400),
        next: {
          act: 'retry',
          what: 'Read the system’s own words, correct the data there or here, then retry.',
        },
      },
      ...(this.#hub.settled
        ? []
        : [
            {
              ...COMMON,
              id: CASES.release,
              code: 'target_rejected',
              meaning: 'The system understood and refused.',
              flow: 'order-release',
              system: 'dallas',
              message: 'dallas refused the release: item # is not known at site DAL.',
              owner: 'warehouse',
              queue: 'warehouse',
              open: 1,
              units: '52',
              amounts: { USD: '1204.00' },
              seen: 1,
              firstSeenAt: this.#ago(64),
              lastSeenAt: this.#ago(64),
              oldestOpenAt: this.#ago(64),
              next: {
                act: 'retry' as const,
                what: 'Create the item at the site or correct the line, then retry.',
              },
            },
          ]),
      {
        ...COMMON,
        id: CASES.test,
        status: 'ignored',
        code: 'order_rejected',
        meaning: 'The order has faults, so it was not sent to the ERP; each fault is listed.',
        flow: 'order-acceptance',
        message: 'Not sent to the ERP: Line # has no price.',
        owner: 'sales',
        queue: 'order-desk',
        open: 3,
        units: '3',
        seen: 9,
        firstSeenAt: this.#ago(900_000),
        lastSeenAt: this.#ago(80_000),
        oldestOpenAt: this.#ago(400_000),
        next: { act: 'none', what: 'Nothing: nobody is asked about it.' },
      },
    ];
    return cases.map((one) => ({ ...one, ...this.#changed.get(one.id) }));
  }
}

/** Of an edit: what it does to the first, and one that it would break. */
const EDITED = {
  items: [
    {
      thread: 'so_2',
      state: 'refused',
      detail: '/release/lines/0/unit must NOT have fewer than 1 characters',
    },
  ],
  edits: [
    {
      thread: 'so_1',
      exception: '9001',
      differences: [{ path: '/release/lines/0/sku', before: 'QU-210', after: 'QU-211' }],
    },
  ],
};

const COMMON = { status: 'open', amounts: {}, overdue: false, missing: [] } as const satisfies Partial<Case>;

/** A look later: the first five pass at once, the rest by fifteens. */
function forward(act: Bulk): Bulk {
  if (act.state === 'canary')
    return { ...act, state: 'canary_passed', mended: 5, pending: act.total - 5, secondsLeft: 7 };
  if (act.state !== 'running') return act;
  const mended = Math.min(act.total, act.mended + 15);
  const ended = mended === act.total;
  const pending = act.total - mended;
  return {
    ...act,
    mended,
    pending,
    secondsLeft: Math.ceil(pending / 15),
    state: ended ? 'finished' : 'running',
  };
}
