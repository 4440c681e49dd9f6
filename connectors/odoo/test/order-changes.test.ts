/**
 * Cancelling and changing orders where Odoo does not do what it was asked: a wizard, a success that did nothing, a lost answer, a
 * shipment that overtakes. Real: HTTP and the operations. Doubled: an Odoo of a few lines that keeps orders.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createOdooClient } from '../src/client.ts';
import { cancelOrders } from '../src/outbound/cancel-orders.ts';
import { changeOrders } from '../src/outbound/change-orders.ts';
import { exception, json2Script, startScriptedOdoo } from './scripted-odoo.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

interface Book {
  state: string;
  ordered: number;
  delivered: number;
  locked?: boolean;
}

/** One order, 1, with one line, 11. */
async function connect(book: Book, acts: Record<string, (body: Record<string, unknown>) => unknown>) {
  const calls: string[] = [];
  const server = await startScriptedOdoo(
    json2Script((call, body) => {
      calls.push(call);
      const act = acts[call];
      if (act !== undefined) return act(body);
      switch (call) {
        case 'sale.order/search_read':
          return [{ id: 1, name: 'S1', invoice_status: 'no', invoice_ids: [], locked: false, ...book }];
        case 'sale.order.line/search_read':
          return [
            {
              id: 11,
              order_id: [1, 'S1'],
              product_id: [5, 'Bolt'],
              product_uom_qty: book.ordered,
              qty_delivered: book.delivered,
              qty_invoiced: 0,
              qty_to_invoice: 0,
              price_unit: 1,
            },
          ];
        case 'sale.order.line/get_external_id':
          return { 11: 'hub.so_1_l1' };
        default:
          return exception(500, 'builtins.NotImplementedError', `the script has no ${call}`);
      }
    }),
  );
  const client = createOdooClient({ url: server.url, database: 'd', apiKey: 'k' });
  opened.push(server, client);
  return { odoo: { client, externalIdModule: 'hub' }, calls };
}

const WIZARD = {
  type: 'ir.actions.act_window',
  name: 'Cancel Sales Order',
  res_model: 'sale.order.cancel',
  target: 'new',
};

describe('cancelling', () => {
  test('a wizard in the answer is a named refusal', async () => {
    const book = { state: 'sale', ordered: 5, delivered: 0 };
    const { odoo } = await connect(book, { 'sale.order/action_cancel': () => WIZARD });
    expect(await cancelOrders(odoo, [1])).toMatchObject([{ kind: 'rejected', code: 'odoo-question' }]);
  });

  test('true and still a sale is no success', async () => {
    const book = { state: 'sale', ordered: 5, delivered: 0 };
    const { odoo } = await connect(book, { 'sale.order/action_cancel': () => true });
    expect(await cancelOrders(odoo, [1])).toMatchObject([{ kind: 'rejected', code: 'odoo-refused' }]);
  });

  test('a lost answer counts by what the read shows', async () => {
    const book = { state: 'sale', ordered: 5, delivered: 0 };
    const { odoo } = await connect(book, {
      'sale.order/action_cancel': () => {
        book.state = 'cancel';
        return 'hang up';
      },
    });
    expect(await cancelOrders(odoo, [1])).toMatchObject([{ kind: 'succeeded', adopted: false }]);
  });

  test('a shipment between the reads is told', async () => {
    const book = { state: 'sale', ordered: 5, delivered: 0 };
    const { odoo } = await connect(book, {
      'sale.order/action_cancel': () => {
        book.delivered = 5;
        book.state = 'cancel';
        return true;
      },
    });
    expect(await cancelOrders(odoo, [1])).toMatchObject([{ kind: 'rejected', code: 'odoo-order-shipped' }]);
  });

  test('an order that has shipped, and one that is gone, are refused without acting', async () => {
    const { odoo, calls } = await connect({ state: 'sale', ordered: 5, delivered: 1 }, {});
    expect(await cancelOrders(odoo, [1, 2])).toMatchObject([
      { kind: 'rejected', code: 'odoo-order-shipped' },
      { kind: 'rejected', code: 'odoo-record-missing' },
    ]);
    expect(calls).not.toContain('sale.order/action_cancel');
  });
});

describe('changing', () => {
  const change = (quantity: string) => ({
    orderId: 1,
    externalId: 'so_1',
    lines: [{ externalId: 'so_1_l1', productId: 5, quantity }],
  });

  test('a change that Odoo took and did not make is no success', async () => {
    const book = { state: 'sale', ordered: 5, delivered: 0 };
    const { odoo } = await connect(book, { 'sale.order/load': () => ({ ids: [1], messages: [] }) });
    expect(await changeOrders(odoo, [change('7')])).toMatchObject([
      { kind: 'rejected', code: 'odoo-change-not-applied' },
    ]);
  });

  test('a load that lost a race is a retry', async () => {
    const book = { state: 'sale', ordered: 5, delivered: 0 };
    const message = 'could not serialize access due to concurrent update';
    const { odoo } = await connect(book, {
      'sale.order/load': () => ({ ids: false, messages: [{ type: 'error', message, record: 0 }] }),
    });
    expect(await changeOrders(odoo, [change('7')])).toMatchObject([{ kind: 'retry' }]);
  });

  test('a lost answer whose change landed is a success; the same again sends nothing', async () => {
    const book = { state: 'sale', ordered: 5, delivered: 0 };
    const { odoo, calls } = await connect(book, {
      'sale.order/load': () => {
        book.ordered = 7;
        return 'hang up';
      },
    });
    expect(await changeOrders(odoo, [change('7')])).toMatchObject([{ kind: 'succeeded', adopted: false }]);
    expect(await changeOrders(odoo, [change('7')])).toMatchObject([{ kind: 'succeeded', adopted: true }]);
    expect(calls.filter((call) => call === 'sale.order/load')).toHaveLength(1);
  });

  test.each([
    ['below what has left', { state: 'sale', ordered: 5, delivered: 3 }, '2', 'odoo-change-invalid'],
    ['of a cancelled order', { state: 'cancel', ordered: 5, delivered: 0 }, '6', 'odoo-order-cancelled'],
    ['of a quotation', { state: 'draft', ordered: 5, delivered: 0 }, '6', 'odoo-order-not-confirmed'],
    [
      'of a locked order',
      { state: 'sale', ordered: 5, delivered: 0, locked: true },
      '6',
      'odoo-order-locked',
    ],
    ['to no number', { state: 'sale', ordered: 5, delivered: 0 }, 'six', 'odoo-change-invalid'],
  ])('a change %s is refused without acting', async (_, book, quantity, code) => {
    const { odoo } = await connect(book, {});
    expect(await changeOrders(odoo, [change(quantity)])).toMatchObject([{ kind: 'rejected', code }]);
  });
});
