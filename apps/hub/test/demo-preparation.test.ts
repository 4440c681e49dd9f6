/** What a run prepares before the first deal: slices, stock, a live server's prefix, configuration. Pure; nothing is doubled. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Demand, DemandOrder } from '../src/demo/demand/demand.ts';
import { generateDemand } from '../src/demo/demand/generate-demand.ts';
import { planStock, withPrefix } from '../src/demo/demand/prepare.ts';
import { demoConfiguration, SITES } from '../src/demo/landscape/configuration.ts';
import { growingSlices } from '../src/demo/run/batch.ts';

const demand = generateDemand({ orders: 400, seed: 9 });

describe('slices', () => {
  const orderOf = (lines: number, id: number): DemandOrder => ({
    ...(demand.orders[0] as DemandOrder),
    id: String(id),
    lines: Array.from(
      { length: lines },
      () => (demand.orders[0] as DemandOrder).lines[0] as DemandOrder['lines'][number],
    ),
  });

  it('hold every order once and in order, begin with one, and stay bounded in orders and lines', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 30, 600, 3000), { maxLength: 300 }), (sizes) => {
        const orders = sizes.map(orderOf);
        const slices = [...growingSlices(orders)];
        expect(slices.flat()).toEqual(orders);
        expect(slices.every((slice) => slice.length > 0)).toBe(true);
        if (orders.length > 0) expect(slices[0]).toHaveLength(1);
        for (const slice of slices) {
          expect(slice.length).toBeLessThanOrEqual(200);
          const lines = slice.reduce((sum, order) => sum + order.lines.length, 0);
          if (slice.length > 1) expect(lines).toBeLessThanOrEqual(2000);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('stock', () => {
  it('is generous but for a few products that run out, the same for the same seed', () => {
    const wanted = new Map<string, number>();
    for (const { sku, quantity } of demand.orders.flatMap(({ lines }) => lines)) {
      wanted.set(sku, (wanted.get(sku) ?? 0) + Math.max(0, Number(quantity)));
    }
    const stock = planStock(demand, 9);
    expect(planStock(demand, 9)).toEqual(stock);
    expect(stock.map(({ sku }) => sku)).toEqual(demand.products.map(({ sku }) => sku));
    const scarce = stock.filter(({ sku, quantity }) => quantity < (wanted.get(sku) ?? 0));
    expect(scarce.length).toBeGreaterThan(0);
    expect(scarce.length).toBeLessThan(stock.length * 0.1);
  });
});

describe('a run’s prefix', () => {
  it('stands before every key, and references still meet', () => {
    const own: Demand = withPrefix(demand, 'T1');
    const customers = new Set(own.customers.map(({ id }) => id));
    const skus = new Set(own.products.map(({ sku }) => sku));
    for (const { id, customerPo, customerId, lines } of own.orders) {
      expect([id, customerPo].every((key) => key.startsWith('T1-'))).toBe(true);
      if (customerId !== undefined) expect(customers).toContain(customerId);
      for (const { sku } of lines) if (sku !== '') expect(skus).toContain(sku);
    }
    expect(own.orders.some(({ lines }) => lines.some(({ sku }) => sku === ''))).toBe(
      demand.orders.some(({ lines }) => lines.some(({ sku }) => sku === '')),
    );
  });
});

describe('the hub’s configuration', () => {
  it('routes only to sites whose system it names', () => {
    const identity = {
      crmClientId: 'c',
      crmClientSecret: 's',
      erpKey: 'k',
      warehouseToken: 't',
      webhookSecret: 'w',
      crmSerial: 0,
    };
    const erp = { url: 'http://erp', database: 'demo', key: 'k' };
    const warehouses = Object.fromEntries(SITES.map(({ code }) => [code, `http://${code}`]));
    const configuration = demoConfiguration(
      { crm: 'http://crm', erp, warehouses, gatewayPort: 8470 },
      identity,
    );
    const { systems, sites, routes } = configuration as {
      systems: Record<string, unknown>;
      sites: Record<string, { executes: string }>;
      routes: { site: string; when?: unknown }[];
    };
    for (const { site } of routes) expect(systems).toHaveProperty(sites[site]?.executes ?? 'none');
    expect(routes.at(-1)?.when, 'the last route takes every order').toBeUndefined();
  });
});
