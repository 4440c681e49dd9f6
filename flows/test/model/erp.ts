import type {
  BackorderCancel,
  CanonicalEvent,
  FulfilmentPlanned,
  OrderPlace,
  ShipmentPost,
} from '@trunkline/canonical';

interface Line {
  readonly line: string;
  demand: number;
  reserved: number;
}

interface Plan {
  readonly id: string;
  readonly backorderOf?: string;
  state: FulfilmentPlanned['state'];
  lines: Line[];
}

/**
 * A small ERP with Odoo's ways: it reserves what it believes to have, splits a delivery that was only partly booked, and keeps
 * reserving units that a warehouse could not find. Whole units only; it shares nothing with the code under test but the events.
 */
export class ModelErp {
  readonly shipped = new Map<string, number>();
  readonly cancelled = new Map<string, number>();
  readonly posted: string[] = [];
  readonly #plans = new Map<string, Plan>();
  readonly #stock: Map<string, number>;
  readonly #rootPlans: number;
  #clock = 0;

  /** `stock` by line: every line has an item of its own. */
  constructor(stock: ReadonlyMap<string, number>, rootPlans: number) {
    this.#stock = new Map(stock);
    this.#rootPlans = rootPlans;
  }

  place({ order }: OrderPlace): CanonicalEvent[] {
    const roots: Plan[] = Array.from({ length: this.#rootPlans }, (_, at) => ({
      id: `P${at + 1}`,
      state: 'waiting' as const,
      lines: order.lines
        .filter((_line, index) => index % this.#rootPlans === at)
        .map(({ line, quantity }) => ({ line, demand: Number(quantity), reserved: 0 })),
    })).filter((plan) => plan.lines.length > 0);
    for (const plan of roots) this.#plans.set(plan.id, plan);
    return [{ type: 'order.placed', erpId: '7', number: 'S7' }, ...roots.map((plan) => this.#reserve(plan))];
  }

  post({ planId, shipment, remainder }: ShipmentPost): CanonicalEvent[] {
    const plan = this.#open(planId);
    if (this.posted.includes(shipment.shipmentNumber))
      throw new Error(`${shipment.shipmentNumber} was posted twice.`);
    this.posted.push(shipment.shipmentNumber);
    const rest = plan.lines.map((line) => ({ ...line, reserved: 0 }));
    for (const { line, quantity } of shipment.lines) {
      add(this.shipped, line, Number(quantity));
      add(this.#stock, line, -Number(quantity));
      const left = rest.find((one) => one.line === line);
      if (left === undefined || left.demand < Number(quantity))
        throw new Error(`Line ${line} ships more than ${planId} asks for.`);
      left.demand -= Number(quantity);
    }
    plan.state = 'done';
    plan.lines = plan.lines.map((line) => ({
      ...line,
      demand: line.demand - (rest.find((one) => one.line === line.line)?.demand ?? 0),
    }));
    const open = rest.filter((line) => line.demand > 0);
    const reply = { type: 'shipment.posted' as const, shipmentNumber: shipment.shipmentNumber };
    if (open.length === 0) return [reply, this.#snapshot(plan)];
    if (remainder === 'cancel') {
      for (const { line, demand } of open) add(this.cancelled, line, demand);
      return [reply, this.#snapshot(plan)];
    }
    const backorder: Plan = {
      id: `P${this.#plans.size + 1}`,
      backorderOf: planId,
      state: 'waiting',
      lines: open,
    };
    this.#plans.set(backorder.id, backorder);
    return [{ ...reply, remainderPlanId: backorder.id }, this.#snapshot(plan), this.#reserve(backorder)];
  }

  cancel({ planId }: BackorderCancel): CanonicalEvent[] {
    const plan = this.#open(planId);
    return [{ type: 'backorder.cancelled', planId }, this.cancelByHand(plan.id)];
  }

  /** Somebody cancels a delivery in the ERP. */
  cancelByHand(planId: string): CanonicalEvent {
    const plan = this.#open(planId);
    plan.state = 'cancelled';
    for (const { line, demand } of plan.lines) add(this.cancelled, line, demand);
    return this.#snapshot(plan);
  }

  /** Stock arrives, or is counted (negative), and is reserved anew. */
  restock(line: string, units: number): CanonicalEvent[] {
    add(this.#stock, line, units);
    return this.openPlans()
      .filter((plan) => plan.lines.some((one) => one.line === line))
      .map((plan) => this.#reserve(plan));
  }

  openPlans(): Plan[] {
    return [...this.#plans.values()].filter((plan) => plan.state === 'waiting' || plan.state === 'ready');
  }

  stockOf(line: string): number {
    return this.#stock.get(line) ?? 0;
  }

  #open(planId: string): Plan {
    const plan = this.#plans.get(planId);
    if (plan === undefined) throw new Error(`The ERP has no plan ${planId}.`);
    if (!this.openPlans().includes(plan)) throw new Error(`${planId} is ${plan.state}.`);
    return plan;
  }

  #reserve(plan: Plan): CanonicalEvent {
    for (const line of plan.lines)
      line.reserved = Math.max(0, Math.min(line.demand, this.stockOf(line.line)));
    plan.state = plan.lines.some((line) => line.reserved > 0) ? 'ready' : 'waiting';
    return this.#snapshot(plan);
  }

  #snapshot(plan: Plan): CanonicalEvent {
    this.#clock += 1;
    return {
      type: 'fulfilment.planned',
      planId: plan.id,
      planNumber: `OUT/${plan.id}`,
      ...(plan.backorderOf === undefined ? {} : { backorderOf: plan.backorderOf }),
      state: plan.state,
      version: String(this.#clock).padStart(6, '0'),
      orderNumber: 'S7',
      lines: plan.lines.map(({ line, demand, reserved }) => ({
        line,
        sku: `SKU-${line}`,
        demand: String(demand),
        reserved: String(reserved),
      })),
    };
  }
}

function add(units: Map<string, number>, line: string, more: number): void {
  units.set(line, (units.get(line) ?? 0) + more);
}
