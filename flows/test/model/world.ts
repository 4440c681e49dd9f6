import { isDeepStrictEqual } from 'node:util';
import type {
  BackorderCancel,
  BackorderPolicy,
  CanonicalEvent,
  OrderDraft,
  OrderPlace,
  ReleaseCreate,
  ShipmentPost,
} from '@trunkline/canonical';
import type { Command } from '@trunkline/messaging';
import { chance, pick } from './chance.ts';
import { ModelErp } from './erp.ts';
import { ModelHub } from './hub.ts';
import { ModelWarehouse, type WarehouseHabits } from './warehouse.ts';

export interface Scenario {
  readonly policy: BackorderPolicy;
  /** Per line: units ordered, and units that the ERP believes to have. */
  readonly lines: readonly { readonly ordered: number; readonly stock: number }[];
  readonly rootPlans: number;
  readonly habits: WarehouseHabits;
  /** What happens in the ERP each time that everything has come to rest. */
  readonly later: readonly Later[];
}

export type Later =
  | { readonly kind: 'restock'; readonly line: number; readonly units: number }
  /** Somebody counts, finds nothing, and books that. */
  | { readonly kind: 'write_off'; readonly line: number }
  | { readonly kind: 'cancel_in_erp' };

/** What arrives when, and what arrives twice: decided by a seed, apart from what happens. */
export interface Schedule {
  readonly seed: string;
  readonly repeatRate: number;
  /** The ERP's later events happen in the middle of things, not when all has come to rest. */
  readonly midway: boolean;
}

interface Pending {
  readonly event: CanonicalEvent;
  readonly repeat: boolean;
}

/** One order's world: the flows between a small ERP and a small warehouse, with everything in between out of order. */
export class World {
  readonly hub = new ModelHub();
  readonly erp: ModelErp;
  readonly warehouse: ModelWarehouse;
  readonly #scenario: Scenario;
  readonly #schedule: Schedule;
  readonly #events: Pending[] = [];
  /** To each system in order, as deliveries of one key are. */
  /** Units per line that warehouses reported missing since the line was last written off. */
  readonly missing = new Map<string, number>();
  /** Units per line that the ERP has ever believed to have. */
  readonly believed = new Map<string, number>();
  readonly #later: Later[];
  readonly #commands: { readonly erp: Command[]; readonly warehouse: Command[] } = { erp: [], warehouse: [] };
  #step = 0;

  constructor(scenario: Scenario, schedule: Schedule) {
    this.#scenario = scenario;
    this.#schedule = schedule;
    this.#later = [...scenario.later];
    const stock = scenario.lines.map((line, at) => [String(at + 1), line.stock] as const);
    this.erp = new ModelErp(new Map(stock), scenario.rootPlans);
    for (const [line, units] of stock) this.believed.set(line, units);
    this.warehouse = new ModelWarehouse(scenario.habits, this.missing);
  }

  run(): this {
    this.#arrive([{ type: 'order.submitted', order: draftOf(this.#scenario) }]);
    this.#rest();
    this.#arrive([{ type: 'customer.ready', customerId: 'cu_1' }]);
    this.#rest();
    while (this.#later.length > 0) {
      this.#nextLater();
      this.#rest();
    }
    return this;
  }

  #nextLater(): void {
    const later = this.#later.shift();
    if (later !== undefined) this.#arrive(this.#happen(later));
  }

  #happen(later: Later): CanonicalEvent[] {
    switch (later.kind) {
      case 'restock': {
        const line = String(later.line + 1);
        this.believed.set(line, (this.believed.get(line) ?? 0) + later.units);
        return this.erp.restock(line, later.units);
      }
      case 'write_off': {
        const line = String(later.line + 1);
        this.missing.set(line, 0);
        return this.erp.restock(line, -Math.max(0, this.erp.stockOf(line)));
      }
      case 'cancel_in_erp':
        return this.erp.openPlans().map((plan) => this.erp.cancelByHand(plan.id));
    }
  }

  #arrive(events: readonly CanonicalEvent[]): void {
    this.#events.push(...events.map((event) => ({ event, repeat: false })));
  }

  /** Lets everything that is under way arrive, one at a time, in the schedule's order. */
  #rest(): void {
    for (;;) {
      this.#step += 1;
      if (this.#step > 400) throw new Error('The thread does not come to rest.');
      const choices = [
        ...this.#arrivable().map((pending) => () => this.#deliver(pending)),
        ...(this.#commands.erp.length > 0 ? [() => this.#erpWorks()] : []),
        ...(this.#commands.warehouse.length > 0 ? [() => this.#warehouseWorks()] : []),
        ...(this.#mayHappenMidway() ? [() => this.#nextLater()] : []),
      ];
      if (choices.length === 0) return;
      choices[pick(choices.length, 'order', this.#schedule.seed, this.#step)]?.();
    }
  }

  /** Whoever cancels a delivery that a warehouse works on makes the ERP refuse the shipment; that thread ends with a person. */
  #mayHappenMidway(): boolean {
    const [next] = this.#later;
    if (!this.#schedule.midway || next === undefined || next.kind === 'cancel_in_erp') return false;
    return this.erp.openPlans().length > 0 && chance('later', this.#schedule.seed, this.#step) < 0.3;
  }

  /** Polls show one plan's snapshots in the order in which they were made; everything else overtakes freely. */
  #arrivable(): Pending[] {
    const planned = new Set<string>();
    return this.#events.filter(({ event, repeat }) => {
      if (event.type !== 'fulfilment.planned' || repeat) return true;
      const first = !planned.has(event.planId);
      planned.add(event.planId);
      return first;
    });
  }

  #deliver(pending: Pending): void {
    this.#events.splice(this.#events.indexOf(pending), 1);
    const before = this.hub.record;
    const commands = this.hub.handle(pending.event);
    if (pending.repeat && (commands.length > 0 || !isDeepStrictEqual(before, this.hub.record))) {
      throw new Error(`A repeat of ${pending.event.type} was not ignored: ${JSON.stringify(pending.event)}`);
    }
    for (const command of commands) this.#send(command);
    if (chance('repeat', this.#schedule.seed, this.#step) < this.#schedule.repeatRate) {
      this.#events.push({ event: pending.event, repeat: true });
    }
  }

  #send(command: Command): void {
    if (command.role === 'erp') this.#commands.erp.push(command);
    if (command.role === 'warehouse') this.#commands.warehouse.push(command);
  }

  #erpWorks(): void {
    const command = this.#commands.erp.shift();
    if (command === undefined) return;
    const payload = command.payload as unknown;
    switch (command.type) {
      case 'order.place':
        return this.#arrive(this.erp.place(payload as OrderPlace));
      case 'shipment.post':
        return this.#arrive(this.erp.post(payload as ShipmentPost));
      case 'backorder.cancel':
        return this.#arrive(this.erp.cancel(payload as BackorderCancel));
      default:
        throw new Error(`The ERP takes no ${command.type}.`);
    }
  }

  #warehouseWorks(): void {
    const command = this.#commands.warehouse.shift();
    if (command !== undefined) this.#arrive(this.warehouse.take(command.payload as unknown as ReleaseCreate));
  }
}

function draftOf({ policy, lines }: Scenario): OrderDraft {
  return {
    id: 'so_1',
    source: { system: 'crm', id: '006A' },
    customerPo: 'PO-1',
    currency: 'USD',
    backorderPolicy: policy,
    customer: { id: 'cu_1', name: 'Acme' },
    shipTo: { lines: ['1 Main St'], city: 'Dallas', country: 'US' },
    lines: lines.map(({ ordered }, at) => ({
      line: String(at + 1),
      path: `lines/${at}`,
      sku: `SKU-${at + 1}`,
      quantity: String(ordered),
      unitPrice: '2.5',
    })),
  };
}
