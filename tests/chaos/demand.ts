import type { Demand } from '../../apps/hub/src/demo/demand/demand.ts';
import { generateDemand } from '../../apps/hub/src/demo/demand/generate-demand.ts';
import { planStock } from '../../apps/hub/src/demo/demand/prepare.ts';
import type { Systems } from '../../apps/hub/src/demo/run/books.ts';

/**
 * Made-up orders, among them some that must be refused. Those with a line that names no product are left out: they are won through the
 * CRM's own API, which the faults would hit on our side of it.
 */
export function chaosDemand(orders: number, seed: number): Demand {
  const spare = Math.ceil(orders * 1.1) + 20;
  const demand = generateDemand({ orders: spare, seed });
  const named = demand.orders.filter(({ lines }) => lines.every(({ sku }) => sku !== ''));
  if (named.length < orders) throw new Error(`The demand has ${named.length} of ${orders} orders.`);
  return { ...demand, orders: named.slice(0, orders) };
}

export async function seedMasters({ crm, seeder }: Systems, demand: Demand, seed: number): Promise<void> {
  const stock = planStock(demand, seed).filter(({ quantity }) => quantity > 0);
  await Promise.all([
    crm.seedMasters(demand.customers, demand.products),
    seeder.seed(demand.products, stock),
  ]);
}
