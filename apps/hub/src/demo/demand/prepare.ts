import { isPositive } from '@trunkline/canonical';
import type { Demand, DemandOrder } from './demand.ts';
import { Random } from './random.ts';

export interface StockPosition {
  readonly sku: string;
  readonly quantity: number;
}

/** Share of the products of which there is less than is wanted. */
const SCARCE = 0.03;

/**
 * Stock for the demand: generous (three times what is ordered), except a few products, chosen by the seed, that run out after three
 * fifths of what is ordered, so that the ERP itself has to backorder.
 * @param endless the demand goes on: plenty of everything, and a few hundred of the scarce ones.
 */
export function planStock(demand: Demand, seed: number, endless = false): StockPosition[] {
  const wanted = new Map<string, number>();
  for (const { lines } of demand.orders) {
    for (const { sku, quantity } of lines) {
      if (isPositive(quantity)) wanted.set(sku, (wanted.get(sku) ?? 0) + Math.ceil(Number(quantity)));
    }
  }
  const random = new Random(seed ^ 0x51ab);
  return demand.products.map(({ sku }) => {
    const scarce = random.chance(SCARCE);
    if (endless) return { sku, quantity: scarce ? 300 : 1_000_000 };
    const need = wanted.get(sku) ?? 0;
    return { sku, quantity: scarce ? Math.floor(need * 0.6) : need * 3 + 100 };
  });
}

/** Every key with a run's own prefix, so that the run's records on a shared server are told apart from all others. */
export function withPrefix(demand: Demand, prefix: string): Demand {
  const own = (key: string) => (key === '' ? '' : `${prefix}-${key}`);
  return {
    ...demand,
    customers: demand.customers.map((customer) => ({ ...customer, id: own(customer.id) })),
    products: demand.products.map((product) => ({ ...product, sku: own(product.sku) })),
    orders: demand.orders.map((order) => prefixed(order, own)),
  };
}

function prefixed(order: DemandOrder, own: (key: string) => string): DemandOrder {
  return {
    ...order,
    id: own(order.id),
    customerPo: own(order.customerPo),
    ...(order.customerId === undefined ? {} : { customerId: own(order.customerId) }),
    lines: order.lines.map((line) => ({ ...line, sku: own(line.sku) })),
  };
}
