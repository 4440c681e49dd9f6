import type { Demand, DemandCustomer, DemandLine, DemandOrder, DemandProduct } from './demand.ts';
import { madeUpCustomer, madeUpProduct } from './made-up.ts';
import { Random, Zipf } from './random.ts';

const FIRST_DAY = Date.UTC(2026, 0, 5);

/** A seeded source of orders without an end. */
export interface DemandGenerator {
  readonly customers: readonly DemandCustomer[];
  readonly products: readonly DemandProduct[];
  /** Order `number`, from 1 on; depends on the seed, the horizon and the number alone. */
  order(number: number): DemandOrder;
}

/**
 * Orders of the shape of the real ones: lines per order log-normal (median 3, as Northwind's 2.6 a mean, up to 30 as retail's tail),
 * quantities log-normal (median 6, tail to 300), buyers and items by Zipf, so that they come again. 2% are dirty in one way each and
 * 10% want the rest cancelled instead of backordered.
 * @param horizon masters as for this many orders.
 */
export function demandGenerator(seed: number, horizon: number): DemandGenerator {
  const masters = new Random(seed);
  const customers = Array.from({ length: between(12, Math.ceil(horizon / 6), 400) }, (_, index) =>
    madeUpCustomer(masters, `C${String(1001 + index)}`),
  );
  const products = Array.from({ length: between(40, Math.ceil(horizon / 2), 500) }, (_, index) =>
    madeUpProduct(masters, index),
  );
  const buyers = new Zipf(customers.length);
  const items = new Zipf(products.length);
  return {
    customers: [...customers, NO_ADDRESS],
    products,
    order(number) {
      const random = new Random(Math.imul(seed ^ 0x9e3779b9, 2_654_435_761) ^ Math.imul(number, 40_503));
      const order = cleanOrder(random, number, seed, customers, products, buyers, items);
      return random.chance(0.02) ? dirty(random, order) : order;
    },
  };
}

/** The generator's first orders, as a demand. */
export function generateDemand({
  orders: count,
  seed,
}: {
  readonly orders: number;
  readonly seed: number;
}): Demand {
  const { customers, products, order } = demandGenerator(seed, count);
  return {
    customers,
    products,
    orders: Array.from({ length: count }, (_, index) => order(index + 1)),
    rejections: [],
  };
}

function cleanOrder(
  random: Random,
  number: number,
  seed: number,
  customers: readonly DemandCustomer[],
  products: readonly DemandProduct[],
  buyers: Zipf,
  items: Zipf,
): DemandOrder {
  const customer = customers[buyers.draw(random)] as DemandCustomer;
  const wanted = between(1, Math.round(random.logNormal(Math.log(3), 0.75)), 30);
  const chosen = new Set<number>();
  for (let attempt = 0; chosen.size < wanted && attempt < wanted * 4; attempt += 1)
    chosen.add(items.draw(random));
  const lines = [...chosen].map((rank): DemandLine => {
    const product = products[rank] as DemandProduct;
    return {
      sku: product.sku,
      description: product.name,
      quantity: String(between(1, Math.round(random.logNormal(Math.log(6), 1)), 300)),
      unitPrice: product.price,
    };
  });
  const day = FIRST_DAY + Math.floor(number / 40) * 86_400_000;
  return {
    id: `G${seed}-${number}`,
    customerId: customer.id,
    customerPo: `PO-${seed}-${String(number).padStart(6, '0')}`,
    date: dateOf(day),
    requestedShipDate: dateOf(day + (1 + random.below(9)) * 86_400_000),
    backorderPolicy: random.chance(0.1) ? 'cancel' : 'backorder',
    shipTo: customer.address,
    lines,
  };
}

const DIRT = [
  'customer',
  'quantity',
  'zero quantity',
  'price',
  'product',
  'address',
  'lines',
  'two faults',
] as const;

/** An account that a salesman opened in a hurry. */
const NO_ADDRESS: DemandCustomer = {
  id: 'C-NEW',
  name: 'New Prospect (address follows)',
  address: { name: 'New Prospect (address follows)', street: '', city: '', country: 'United States' },
};

/** One order in fifty is as wrong as real ones are: each way is one that the sample data show, or an empty form. */
function dirty(random: Random, order: DemandOrder): DemandOrder {
  const [first, ...rest] = order.lines;
  if (first === undefined) return order;
  const { customerId: _customer, shipTo: _address, ...anonymous } = order;
  switch (random.pick(DIRT)) {
    case 'customer':
      return { ...anonymous };
    case 'quantity':
      return { ...order, lines: [{ ...first, quantity: `-${first.quantity}` }, ...rest] };
    case 'zero quantity':
      return { ...order, lines: [{ ...first, quantity: '0' }, ...rest] };
    case 'price':
      return { ...order, lines: [...rest, { ...first, unitPrice: '0' }] };
    case 'product':
      return { ...order, lines: [...rest, { ...first, sku: '', description: 'as discussed' }] };
    case 'address':
      return { ...order, customerId: NO_ADDRESS.id, shipTo: NO_ADDRESS.address };
    case 'lines':
      return { ...order, lines: [] };
    case 'two faults':
      return { ...anonymous, lines: [{ ...first, quantity: '-1', unitPrice: '0' }, ...rest] };
  }
}

function between(low: number, value: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
