import type { DecimalString } from '@trunkline/canonical';

/** A buyer, as the source knows it. Text is as found: country names are not normalised here. */
export interface DemandCustomer {
  readonly id: string;
  readonly name: string;
  readonly contact?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly address: DemandAddress;
}

export interface DemandAddress {
  readonly name: string;
  readonly street: string;
  readonly city: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country: string;
}

export interface DemandProduct {
  readonly sku: string;
  readonly name: string;
  /** List price; "0" when the source never names one. */
  readonly price: DecimalString;
}

/**
 * One order line. Quantity and price may be negative or zero, the SKU blank: dirt that a CRM can hold goes into the CRM, so that the
 * hub has to name it. Only what no CRM could hold is a `DemandRejection`.
 */
export interface DemandLine {
  readonly sku: string;
  readonly description: string;
  readonly quantity: DecimalString;
  readonly unitPrice: DecimalString;
  /** 0-100. */
  readonly discountPercent?: DecimalString;
}

export interface DemandOrder {
  readonly id: string;
  /** Absent: the source names none, or one that it does not know. */
  readonly customerId?: string;
  /** Unique within a demand, unless the dirt is that it is not. */
  readonly customerPo: string;
  /** RFC 3339 date. */
  readonly date: string;
  readonly requestedShipDate?: string;
  /** How it is to travel, as the CRM calls it. */
  readonly shipMethod?: string;
  readonly backorderPolicy: 'backorder' | 'cancel';
  readonly shipTo?: DemandAddress;
  readonly lines: readonly DemandLine[];
}

/** A row that cannot stand in a CRM at all; its whole order is withheld, because an order short of a line is another order. */
export interface DemandRejection {
  readonly file: string;
  /** 1 is the header. */
  readonly line: number;
  readonly reason: string;
}

export interface Demand {
  readonly customers: readonly DemandCustomer[];
  readonly products: readonly DemandProduct[];
  readonly orders: readonly DemandOrder[];
  readonly rejections: readonly DemandRejection[];
}

/**
 * Order `index` of a demand without an end: after the last the orders come again, with a repeat mark in id and customer PO
 * (`10248-R2`), because a customer who orders the same again sends a new purchase order. Undefined when there is no order at all.
 */
export function orderAt({ orders }: Demand, index: number): DemandOrder | undefined {
  const order = orders[index % orders.length];
  const round = Math.floor(index / orders.length) + 1;
  if (order === undefined || round === 1) return order;
  return { ...order, id: `${order.id}-R${round}`, customerPo: `${order.customerPo}-R${round}` };
}

/** The demand with exactly `count` orders, repeated when it has fewer. */
export function takeOrders(demand: Demand, count: number): Demand {
  const orders = Array.from({ length: count }, (_, index) => orderAt(demand, index));
  return { ...demand, orders: orders.filter((order) => order !== undefined) };
}
