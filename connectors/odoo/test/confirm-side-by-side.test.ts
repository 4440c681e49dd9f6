/**
 * Orders that share no product with what is under way are confirmed beside it. Real: placing, HTTP. Doubled: Odoo, by the simulated one, and
 * what is under way. Observed: which orders are confirmed together, and that all are.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Odoo, type OrderToPlace, placeOrders, upsertPartners } from '../src/index.ts';
import { type SimulatedOdoo, startSimulatedOdoo, stockProducts } from './simulated-odoo.ts';

const SKUS = Array.from({ length: 7 }, (_, at) => `SIDE-${at}`);
let simulated: SimulatedOdoo;
let products: readonly number[];

beforeAll(async () => {
  simulated = await startSimulatedOdoo();
  const { client } = simulated.odoo;
  await upsertPartners(simulated.odoo, [{ externalId: 'cu_side', name: 'Side' }]);
  await stockProducts(simulated.odoo, SKUS, '100');
  const domain = [['default_code', 'in', SKUS]];
  products = await client.call<number[]>('product.product', 'search', { domain, order: 'default_code' });
});
afterAll(() => simulated.close());

/** An order of each product. */
const ordersOf = (run: string, productIds: readonly number[]): OrderToPlace[] =>
  productIds.map((productId) => ({
    externalId: `so_${run}${productId}`,
    partnerExternalId: 'cu_side',
    customerReference: `${run}${productId}`,
    lines: [{ externalId: `so_${run}${productId}_l1`, productId, quantity: '1' }],
  }));

/** A client whose other calls are at work on these products. */
function besides(busy: readonly number[]) {
  const keys = busy.map((id) => `product ${id}`);
  const { client } = simulated.odoo;
  const confirmed: number[] = [];
  const odoo: Odoo = {
    ...simulated.odoo,
    client: {
      ...client,
      free: (touches) => touches !== 'everything' && !touches.some((key) => keys.includes(key)),
      call(model, method, args = {}, options = {}) {
        if (method === 'action_confirm') confirmed.push(args.ids?.length ?? 0);
        return client.call(model, method, args, options);
      },
    },
  };
  return { odoo, confirmed };
}

test.each([
  { busy: 'none', taken: 0, together: [7] },
  { busy: 'some', taken: 2, together: [5, 2] },
  { busy: 'nearly all, so that a call of the others is not worth it', taken: 3, together: [7] },
  { busy: 'all', taken: 7, together: [7] },
])('products of $busy are under way', async ({ taken, together }) => {
  const { odoo, confirmed } = besides(products.slice(0, taken));
  const outcomes = await placeOrders(odoo, ordersOf(`T${taken}`, products));
  expect(outcomes.map(({ kind }) => kind)).toEqual(products.map(() => 'succeeded'));
  expect(confirmed).toEqual(together);
});
