/**
 * Orders and shipments where things go wrong between the calls: the order of calls, what is sent again, and which
 * outcome a lost answer gets. Real: HTTP and the whole connector. Doubled: an Odoo 19 of a few lines that keeps
 * orders and transfers; the live check runs the same promises on real servers.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { createOdooClient } from '../src/client.ts';
import { placeOrders } from '../src/outbound/orders.ts';
import type { OrderToPlace } from '../src/outbound/orders.ts';
import { postShipments } from '../src/outbound/shipments.ts';
import { exception, json2Script, startScriptedOdoo } from './scripted-odoo.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0)) await resource.close();
});

type Answer = (body: Record<string, unknown>) => unknown;

/** @param answers by `model/method`; a missing one fails the call for good */
async function connect(answers: Readonly<Record<string, Answer>>) {
  const calls: string[] = [];
  const server = await startScriptedOdoo(
    json2Script((call, body) => {
      calls.push(call);
      return (
        answers[call]?.(body) ?? exception(500, 'builtins.NotImplementedError', `the script has no ${call}`)
      );
    }),
  );
  const client = createOdooClient({ url: server.url, database: 'd', apiKey: 'k' });
  opened.push(server, client);
  return { odoo: { client, externalIdModule: 'hub' }, calls };
}

const order = (n: number): OrderToPlace => ({
  externalId: `so_${n}`,
  partnerExternalId: 'p_1',
  customerReference: `PO-${n}`,
  lines: [{ externalId: `so_${n}_1`, productExternalId: 'a', quantity: '1', unitPrice: '2.50' }],
});

/** Orders 1 to 3; `guilty` can't be confirmed. */
function orderBook(options: { guilty?: number; known?: boolean; loseConfirm?: boolean } = {}) {
  const states = new Map([1, 2, 3].map((id) => [id, 'draft']));
  return {
    states,
    answers: {
      'ir.model.data/search_read': () =>
        options.known ? [1, 2, 3].map((id) => ({ name: `so_${id}`, res_id: id })) : [],
      'sale.order/load': ({ data }) => ({
        ids: (data as string[][]).map(([name]) => Number(name?.at(-1))),
        messages: [],
      }),
      'sale.order/action_confirm': ({ ids }) => {
        if ((ids as number[]).includes(options.guilty ?? 0))
          return exception(422, 'odoo.exceptions.UserError', 'Not this one.');
        for (const id of ids as number[]) states.set(id, 'sale');
        return options.loseConfirm ? 'hang up' : true;
      },
      'sale.order/read': ({ ids }) =>
        (ids as number[]).map((id) => ({
          id,
          name: `S0000${id}`,
          state: states.get(id),
          picking_ids: [id * 10],
        })),
    } satisfies Record<string, Answer>,
  };
}

describe('orders', () => {
  test('a batch takes one look-up, one load, one confirmation and one read', async () => {
    const { odoo, calls } = await connect(orderBook().answers);
    const outcomes = await placeOrders(odoo, [order(1), order(2), order(3)]);
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(calls).toEqual([
      'ir.model.data/search_read',
      'sale.order/load',
      'sale.order/action_confirm',
      'sale.order/read',
    ]);
  });

  test('when the joint confirmation is refused, the others are confirmed one by one', async () => {
    const { odoo, calls } = await connect(orderBook({ guilty: 2 }).answers);
    const outcomes = await placeOrders(odoo, [order(1), order(2), order(3)]);
    expect(outcomes).toMatchObject([
      { kind: 'succeeded' },
      { kind: 'rejected', message: 'Not this one.' },
      { kind: 'succeeded' },
    ]);
    expect(calls.filter((call) => call === 'sale.order/action_confirm')).toHaveLength(4);
  });

  test('a confirmation whose answer is lost counts by what the read shows', async () => {
    const { odoo } = await connect(orderBook({ loseConfirm: true }).answers);
    expect(await placeOrders(odoo, [order(1)])).toMatchObject([
      { kind: 'succeeded', name: 'S00001', adopted: false },
    ]);
  });

  test('a confirmation that did nothing is no success', async () => {
    const { answers } = orderBook();
    const { odoo } = await connect({ ...answers, 'sale.order/action_confirm': () => true });
    expect(await placeOrders(odoo, [order(1)])).toMatchObject([
      {
        kind: 'rejected',
        code: 'odoo-order-not-confirmed',
        link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/odoo\/sale\.order\/\d+$/) as string,
      },
    ]);
  });

  test('when the read fails as well, the outcome is unknown', async () => {
    const { answers } = orderBook();
    const { odoo } = await connect({ ...answers, 'sale.order/read': () => 'hang up' });
    expect(await placeOrders(odoo, [order(1)])).toMatchObject([{ kind: 'unknown' }]);
  });

  test('a confirmed order is adopted as it stands and not loaded again', async () => {
    const book = orderBook({ known: true });
    book.states.set(1, 'sale');
    const { odoo, calls } = await connect(book.answers);
    expect(await placeOrders(odoo, [order(1)])).toMatchObject([
      { kind: 'succeeded', adopted: true, pickingIds: [10] },
    ]);
    expect(calls).not.toContain('sale.order/load');
  });

  test('an order that can be told to be wrong is rejected and not sent', async () => {
    const { odoo, calls } = await connect(orderBook().answers);
    const unpriced = { externalId: 'x', productExternalId: 'a', quantity: '1' };
    const outcomes = await placeOrders(odoo, [
      { ...order(1), lines: [] },
      { ...order(2), lines: [...order(2).lines, unpriced] },
      { ...order(3), lines: [{ ...unpriced, quantity: '1,5' }] },
      { ...order(4), requestedAt: 'soon' },
    ]);
    expect(outcomes.map((outcome) => 'code' in outcome && outcome.code)).toEqual(
      Array(4).fill('odoo-order-invalid'),
    );
    expect(calls).toEqual([]);
  });
});

interface Transfers {
  /** Stays as it is, whatever is asked. */
  readonly stuck?: number;
  readonly wizard?: boolean;
  readonly loseValidate?: boolean;
  /** Another transfer takes of this move's reservation just before that. */
  readonly taken?: { readonly before: 'mark' | 'validation'; readonly move: number; readonly left: number };
}

/** Transfers 1 to 3, each of five A. */
function transfers(options: Transfers = {}) {
  const states = new Map([1, 2, 3].map((id) => [id, 'assigned']));
  const quantities = new Map([1, 2, 3].map((id) => [id, 5]));
  const takeFrom = (before: 'mark' | 'validation') => {
    if (options.taken?.before === before) quantities.set(options.taken.move, options.taken.left);
  };
  const rows = (ids: readonly number[]) =>
    ids.map((id) => ({
      id,
      name: `OUT/${id}`,
      state: states.get(id),
      partner_id: false,
      picking_type_id: [2, 'Delivery'],
      backorder_id: false,
      backorder_ids: [],
      carrier_tracking_ref: false,
      scheduled_date: false,
      date_done: states.get(id) === 'done' ? '2026-11-23 05:49:22' : false,
      write_date: '2026-11-23 05:49:22',
    }));
  const answers: Record<string, Answer> = {
    'stock.picking/fields_get': () => ({ carrier_tracking_ref: {} }),
    'stock.move/fields_get': () => ({}),
    'stock.picking/search_read': ({ domain }) => rows((domain as [[string, string, number[]]])[0][2]),
    'stock.picking/read': ({ ids }) => rows(ids as number[]),
    'stock.move/search_read': ({ domain }) =>
      (domain as [[string, string, number[]]])[0][2].map((id) => ({
        id,
        picking_id: [id, 'x'],
        state: states.get(id) === 'done' ? 'done' : 'assigned',
        product_id: [7, 'A'],
        product_uom_qty: 5,
        write_date: '2026-11-23 05:49:22',
        quantity: quantities.get(id),
      })),
    'stock.move/read': ({ ids }) => (ids as number[]).map((id) => ({ id, quantity: quantities.get(id) })),
    'product.product/read': () => [{ id: 7, default_code: 'A' }],
    'stock.move/write': ({ ids, vals }) => {
      const { quantity, picked } = vals as { quantity?: number; picked?: boolean };
      if (picked === true) takeFrom('mark');
      if (quantity !== undefined) for (const id of ids as number[]) quantities.set(id, quantity);
      return true;
    },
    'stock.picking/load': () => ({ ids: [1], messages: [] }),
    'stock.picking/button_validate': ({ ids }) => {
      if ((ids as number[]).includes(options.stuck ?? 0)) {
        return options.wizard
          ? { type: 'ir.actions.act_window', name: 'Confirmation', res_model: 'confirm.stock.sms' }
          : exception(
              422,
              'odoo.exceptions.UserError',
              'You need to supply a Lot/Serial Number for product A.',
            );
      }
      takeFrom('validation');
      for (const id of ids as number[]) states.set(id, 'done');
      return options.loseValidate ? 'hang up' : true;
    },
  };
  return { answers, quantities };
}

const shipmentOf = (pickingId: number, quantity: string) => ({
  pickingId,
  lines: [{ sku: 'A', quantity }],
  remainder: 'backorder' as const,
});

describe('shipments', () => {
  test('what Odoo would ship by itself is not written; equal quantities go in one call', async () => {
    const { answers, quantities } = transfers();
    const { odoo, calls } = await connect(answers);
    const shipments = [1, 2, 3].map((id) => shipmentOf(id, id === 1 ? '5' : '3'));
    const outcomes = await postShipments(odoo, shipments);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect([...quantities]).toEqual([
      [1, 5],
      [2, 3],
      [3, 3],
    ]);
    // One quantity, and the mark that all of them are picked.
    expect(calls.filter((call) => call === 'stock.move/write')).toHaveLength(2);
    expect(calls.filter((call) => call === 'stock.picking/button_validate')).toHaveLength(1);
  });

  test('what another transfer took of the reservation before it was held is written once more', async () => {
    const { answers, quantities } = transfers({ taken: { before: 'mark', move: 1, left: 2 } });
    const { odoo } = await connect(answers);
    const outcomes = await postShipments(odoo, [shipmentOf(1, '5'), shipmentOf(2, '5')]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['succeeded', 'succeeded']);
    expect(quantities.get(1)).toBe(5);
  });

  test('a transfer that went with other quantities than it was asked to is no success', async () => {
    const { odoo } = await connect(transfers({ taken: { before: 'validation', move: 1, left: 2 } }).answers);
    expect(await postShipments(odoo, [shipmentOf(1, '5'), shipmentOf(2, '5')])).toMatchObject([
      {
        kind: 'rejected',
        code: 'odoo-picking-done-otherwise',
        message: 'Odoo validated OUT/1 otherwise than it was asked to: A with 2, the warehouse shipped 5.',
      },
      { kind: 'succeeded', name: 'OUT/2' },
    ]);
  });

  test.each([
    ['an exception', false, 'odoo-refused'],
    ['a wizard', true, 'odoo-picking-not-validated'],
  ])('%s for one of the batch stops that one alone', async (_what, wizard, code) => {
    const { odoo } = await connect(transfers({ stuck: 1, wizard }).answers);
    const outcomes = await postShipments(odoo, [shipmentOf(1, '5'), shipmentOf(2, '5')]);
    expect(outcomes).toMatchObject([
      { kind: 'rejected', code },
      { kind: 'succeeded', name: 'OUT/2' },
    ]);
  });

  test('a wizard is no success though the status is 200', async () => {
    const { odoo } = await connect(transfers({ stuck: 1, wizard: true }).answers);
    expect(await postShipments(odoo, [shipmentOf(1, '5')])).toMatchObject([
      { kind: 'rejected', code: 'odoo-picking-not-validated' },
    ]);
  });

  test('a validation whose answer is lost counts by what the read shows, and again is adopted', async () => {
    const { odoo, calls } = await connect(transfers({ loseValidate: true }).answers);
    expect(await postShipments(odoo, [shipmentOf(1, '3')])).toMatchObject([
      { kind: 'succeeded', adopted: false, doneAt: '2026-11-23T05:49:22Z' },
    ]);
    expect(await postShipments(odoo, [shipmentOf(1, '3')])).toMatchObject([
      { kind: 'succeeded', adopted: true },
    ]);
    expect(calls.filter((call) => call === 'stock.picking/button_validate')).toHaveLength(1);
  });

  test('the second shipment of one transfer in a batch waits', async () => {
    const { odoo } = await connect(transfers().answers);
    const outcomes = await postShipments(odoo, [shipmentOf(1, '3'), shipmentOf(1, '2')]);
    expect(outcomes).toMatchObject([{ kind: 'succeeded' }, { kind: 'retry' }]);
  });
});
