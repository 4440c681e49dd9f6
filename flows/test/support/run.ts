import type { CanonicalEvent, OrderDraft, OrderRecord } from '@trunkline/canonical';
import { createFlows, type Routing } from '@trunkline/flows';
import type { Command, ExceptionReport, Identifier } from '@trunkline/messaging';

export const NOW = '2026-03-01T12:00:00Z';

export const TO_DALLAS: Routing = { routeOrder: () => 'DAL', knownSites: new Set(['DAL']) };

/** What one event did, over all flows of an order in their order. */
export interface Done {
  readonly record: OrderRecord | undefined;
  readonly commands: readonly Command[];
  readonly exceptions: readonly ExceptionReport[];
  readonly resolves: readonly string[];
  readonly identifiers: readonly Identifier[];
  readonly events: readonly { readonly key: string; readonly id: string; readonly event: CanonicalEvent }[];
  readonly ignored: readonly string[];
}

/** One order under its flows. */
export class OrderUnderTest {
  record: OrderRecord | undefined;
  readonly #routing: Routing;
  /** What people have said so far. */
  readonly countries = new Map<string, string>();

  constructor(routing: Routing = TO_DALLAS) {
    this.#routing = routing;
  }

  handle(event: CanonicalEvent, system = 'model'): Done {
    const decisions = createFlows(this.#routing, { countryOf: (word) => this.countries.get(word) })
      .orderFlows.filter((flow) => flow.handles === 'every' || flow.handles.includes(event.type))
      .map((flow) => {
        const decision = flow.decide(this.record, event, { key: 'so_1', now: NOW, system });
        if (decision.state !== undefined) this.record = decision.state;
        return decision;
      });
    return {
      record: this.record,
      commands: decisions.flatMap((one) => one.commands ?? []),
      exceptions: decisions.flatMap((one) => one.exceptions ?? []),
      resolves: decisions.flatMap((one) => one.resolves ?? []),
      identifiers: decisions.flatMap((one) => one.identifiers ?? []),
      events: decisions.flatMap((one) => one.events ?? []),
      ignored: decisions.flatMap((one) => (one.ignored === undefined ? [] : [one.ignored])),
    };
  }

  /** Takes an order of these units per line as far as the ERP's reply. */
  placed(draft: OrderDraft): this {
    this.handle({ type: 'order.submitted', order: draft });
    this.handle({ type: 'customer.ready', customerId: draft.customer?.id ?? '' });
    this.handle({ type: 'order.placed', erpId: '7', number: 'S7' });
    return this;
  }
}

/** A draft without fault: a line per quantity. */
export function draftOf(quantities: readonly string[], more: Partial<OrderDraft> = {}): OrderDraft {
  return {
    id: 'so_1',
    source: { system: 'crm', id: '006A' },
    customerPo: 'PO-1',
    currency: 'USD',
    backorderPolicy: 'backorder',
    customer: { id: 'cu_1', name: 'Acme' },
    shipTo: { lines: ['1 Main St'], city: 'Dallas', country: 'US' },
    lines: quantities.map((quantity, at) => ({
      line: String(at + 1),
      path: `OpportunityLineItems/${at}`,
      sku: `SKU-${at + 1}`,
      quantity,
      unitPrice: '2.5',
    })),
    ...more,
  };
}

type Planned = Extract<CanonicalEvent, { type: 'fulfilment.planned' }>;

/** A snapshot of a delivery document: demand and reservation per line. */
export function plan(
  planId: string,
  lines: readonly (readonly [demand: string, reserved: string])[],
  more: Partial<Planned> = {},
): Planned {
  return {
    type: 'fulfilment.planned',
    planId,
    planNumber: `OUT/${planId}`,
    state: lines.some(([, reserved]) => reserved !== '0') ? 'ready' : 'waiting',
    orderNumber: 'S7',
    lines: lines.map(([demand, reserved], at) => ({
      line: String(at + 1),
      sku: `SKU-${at + 1}`,
      demand,
      reserved,
    })),
    ...more,
  };
}

type Shipped = Extract<CanonicalEvent, { type: 'shipment.shipped' }>;

export function shipped(
  releaseNumber: string,
  sequence: number,
  quantities: readonly string[],
  { final = true, shipmentNumber = `${releaseNumber}-S${sequence}` } = {},
): Shipped {
  const lines = quantities.map((quantity, at) => ({ line: String(at + 1), sku: `SKU-${at + 1}`, quantity }));
  return {
    type: 'shipment.shipped',
    releaseNumber,
    sequence,
    final,
    shipment: {
      shipmentNumber,
      releaseNumber,
      trackingNumber: `1Z-${shipmentNumber}`,
      shippedAt: NOW,
      lines,
      packages: [],
    },
  };
}
