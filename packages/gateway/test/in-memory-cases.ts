import type { JsonObject } from '@trunkline/messaging';
import type { Bulk, Case, CaseOperations, CaseQuery, NewBulk, NewMapping } from '../src/index.ts';

const AT = '2026-01-05T10:00:00.000Z';

export const CASE: Case = {
  id: '0123456789abcdef',
  status: 'open',
  code: 'line_product_unknown',
  meaning: 'A line names a product that the ERP does not sell.',
  flow: 'order-acceptance',
  system: 'erp',
  message: 'order.place to erp: Odoo sells no product with the internal reference #.',
  owner: 'sales',
  queue: 'order-desk',
  open: 12,
  units: '66',
  amounts: { EUR: '27.00' },
  seen: 14,
  firstSeenAt: AT,
  lastSeenAt: AT,
  oldestOpenAt: AT,
  overdue: false,
  missing: [{ kind: 'product', system: 'erp', value: 'QU-210', waiting: 12 }],
  next: { act: 'map', what: 'Say what the product QU-210 is called in erp; 12 orders go on by themselves.' },
};

export const BULK: Bulk = {
  id: '3',
  act: 'retry',
  state: 'previewed',
  selection: { case: CASE.id },
  total: 12,
  units: '66',
  amounts: { EUR: '27.00' },
  pending: 12,
  underWay: 0,
  mended: 0,
  failed: 0,
  skipped: 0,
  refused: 0,
  secondsLeft: 1,
  by: 'cli',
  createdAt: AT,
};

const EXCEPTION = {
  id: '7',
  thread: 'so_1',
  title: 'S00001',
  code: CASE.code,
  status: 'open',
  flow: CASE.flow,
  system: 'erp',
  summary: 'refused',
  faults: [],
  owner: 'sales',
  remedy: CASE.next.what,
  openedAt: AT,
  retryable: true,
  case: CASE.id,
  seen: 1,
  reopened: 0,
} as const;

/** One case of one exception; records what was asked of it. */
export class MemoryCases implements CaseOperations {
  readonly acts: string[] = [];

  async cases(query: CaseQuery) {
    this.acts.push(`cases ${JSON.stringify(query)}`);
    return { items: [CASE], total: 1 };
  }

  async case(id: string) {
    return id === CASE.id ? { ...CASE, history: [{ at: AT, by: 'ada', act: 'acknowledge' }] } : undefined;
  }

  async acknowledgeCase(id: string, by: string) {
    return this.#did(id, `acknowledge by ${by}`);
  }

  async assignCase(id: string, by: string, to: { assignee?: string | null; queue?: string | null }) {
    return this.#did(id, `assign by ${by} ${JSON.stringify(to)}`);
  }

  async ignoreCase(id: string, by: string, reason: string) {
    return this.#did(id, `ignore by ${by}: ${reason}`);
  }

  async reopenCase(id: string, by: string) {
    return this.#did(id, `reopen by ${by}`);
  }

  async exceptionDetail(id: string) {
    if (id !== EXCEPTION.id) return undefined;
    return {
      ...EXCEPTION,
      faults: [],
      meaning: CASE.meaning,
      command: { type: 'order.place', payload: { order: { id: 'so_1' } } },
      original: { order: { id: 'so_1', lines: [{ sku: 'A' }] } },
      history: [],
    };
  }

  async editException(id: string, by: string, why: string, payload: JsonObject) {
    if (id !== EXCEPTION.id) return { kind: 'nothing' as const };
    if (payload['order'] === undefined) {
      const faults = [
        { code: 'payload_invalid', path: '/order', message: 'must have required properties order' },
      ];
      return { kind: 'broken' as const, faults };
    }
    this.acts.push(`edit by ${by}: ${why} ${JSON.stringify(payload)}`);
    return { kind: 'done' as const };
  }

  async resolveException(id: string, by: string, note: string) {
    this.acts.push(`resolve ${id} by ${by}: ${note}`);
    return id === EXCEPTION.id;
  }

  async mappings() {
    return { items: [], waiting: [{ kind: 'product', system: 'erp', value: 'A-OLD', waiting: 3 }] };
  }

  async addMapping(by: string, { why, ...added }: NewMapping) {
    this.acts.push(`map by ${by} ${JSON.stringify(added)}`);
    const { target, ...rest } = added;
    if (rest.kind === 'colour') {
      const faults = [{ code: 'payload_invalid', path: '/kind', message: 'There is no kind colour.' }];
      return { kind: 'broken' as const, faults };
    }
    if (target === null && rest.source === 'never') return { kind: 'nothing' as const };
    const mapping = {
      revision: '1',
      ...rest,
      ...(target === null ? {} : { target }),
      ...(why === undefined ? {} : { why }),
      by,
      at: AT,
    };
    return { kind: 'done' as const, mapping };
  }

  async previewBulk(by: string, wanted: NewBulk) {
    this.acts.push(`preview by ${by} ${JSON.stringify(wanted)}`);
    if (wanted.exceptions?.case === 'none') return { kind: 'nothing' as const };
    if (wanted.limit === 1) return { kind: 'too_many' as const, most: 1 };
    return { kind: 'previewed' as const, operation: BULK };
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
    return [BULK];
  }

  async bulk(id: string) {
    return id === BULK.id ? { ...BULK, items: [{ thread: 'so_1', state: 'pending' }] } : undefined;
  }

  async steerBulk(id: string, by: string, step: string) {
    this.acts.push(`${step} ${id} by ${by}`);
    return step === 'try';
  }

  #did(id: string, act: string): boolean {
    this.acts.push(act);
    return id === CASE.id;
  }
}
