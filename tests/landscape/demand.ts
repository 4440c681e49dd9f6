import type {
  DemandCustomer,
  DemandLine,
  DemandOrder,
  DemandProduct,
} from '../../apps/hub/src/demo/demand/demand.ts';
import type { RunningLandscape } from './running-landscape.ts';

/** The demo's routes send Germany to Dallas and the United States to Reno. */
export const FROM_DALLAS: DemandCustomer = customer('FRANK', 'Frankenversand', 'München', 'Germany');
export const FROM_RENO: DemandCustomer = customer('SPLIR', 'Split Rail Beer & Ale', 'Lander', 'USA');

const SKUS = ['CHAI', 'CHANG', 'TOFU', 'IKURA', 'MORELS'] as const;

/** A product as its masters are seeded. */
export function product(sku: (typeof SKUS)[number]): DemandProduct {
  return { sku, name: sku, price: `${10 + SKUS.indexOf(sku)}.50` };
}

/** Two customers and five products, with 10,000 of each in stock of each warehouse unless told otherwise. */
export async function seedMasters(
  { systems }: RunningLandscape,
  stock: Partial<Record<(typeof SKUS)[number], number>> = {},
  warehouses: readonly string[] = ['WH'],
): Promise<void> {
  const products = SKUS.map(product);
  const positions = SKUS.map((sku) => ({ sku, quantity: stock[sku] ?? 10_000 }));
  await Promise.all([
    systems.crm.seedMasters([FROM_DALLAS, FROM_RENO], products),
    (async () => {
      for (const warehouse of warehouses) await systems.seeder.seed(products, positions, warehouse);
    })(),
  ]);
}

/** An order by its customer PO; lines are units by SKU. */
export function order(
  po: string,
  lines: Readonly<Record<string, number>>,
  more: Partial<DemandOrder> = {},
): DemandOrder {
  return {
    id: `D-${po}`,
    customerId: FROM_DALLAS.id,
    customerPo: po,
    date: '2026-03-02',
    backorderPolicy: 'backorder',
    lines: Object.entries(lines).map(([sku, quantity]) => line(sku, quantity)),
    ...more,
  };
}

export function line(sku: string, quantity: number, unitPrice = '12.50'): DemandLine {
  return { sku, description: `${sku} as sold`, quantity: String(quantity), unitPrice };
}

function customer(id: string, name: string, city: string, country: string): DemandCustomer {
  return { id, name, address: { name, street: 'Main Street 7', city, postalCode: '80805', country } };
}
