/**
 * Several companies and warehouses. Real: the connector and HTTP. Doubled: Odoo, by a scripted server for what is asked of it, and by
 * the simulated one for where an order ends up.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOdooConnector } from '../src/index.ts';
import { type AfterCuts, startAfterCuts } from './after-cuts.ts';
import { json2Script, startScriptedOdoo } from './scripted-odoo.ts';

let under: AfterCuts;
beforeAll(async () => {
  under = await startAfterCuts();
});
afterAll(() => under.close());

test('with a company configured every call works in it', async () => {
  const contexts: unknown[] = [];
  const server = await startScriptedOdoo(
    json2Script((path, body) => {
      contexts.push(body['context']);
      return path.endsWith('/search_read') ? [] : 1;
    }),
  );
  const config = { url: server.url, database: 'd', apiKey: 'k', company: 7 };
  const connector = createOdooConnector(config, { system: 'erp' });
  await connector.check(AbortSignal.timeout(10_000));
  await connector.close();
  await server.close();
  expect(contexts.length).toBeGreaterThan(3);
  for (const context of contexts) expect(context).toMatchObject({ allowed_company_ids: [7] });
});

function order(id: string, warehouse: string) {
  return {
    orderId: `so_${id}`,
    warehouse,
    order: {
      id: `so_${id}`,
      source: { system: 'crm', id },
      customerId: 'cu_1',
      customerPo: `PO-${id}`,
      currency: 'USD',
      backorderPolicy: 'backorder',
      shipTo: { name: 'Acme', lines: ['1 Road'], city: 'Austin', country: 'US' },
      lines: [{ line: '1', sku: 'CHAI', quantity: '5', unit: 'EA', unitPrice: '10' }],
    },
  };
}

test('an order is planned in the warehouse that the command names', async () => {
  const { erpId } = await under.done('order.place', order('W1', 'WH2'));
  const [row] = await under.call<{ warehouse_id: [number, string] }[]>('sale.order', 'read', {
    ids: [Number(erpId)],
    fields: ['warehouse_id'],
  });
  expect(row?.warehouse_id[1]).toBe('North Warehouse');
});

test('a warehouse that Odoo does not show is refused before anything is made', async () => {
  await expect(under.done('order.place', order('W2', 'NOPE'))).rejects.toThrow(/no warehouse NOPE/);
  const domain = [['client_order_ref', '=', 'PO-W2']];
  expect(await under.call('sale.order', 'search_count', { domain })).toBe(0);
});
