/**
 * Orders through reservation, partial shipment, backorder and recount. Held throughout: per order line, ordered =
 * shipped + open + cancelled. Real: the simulator's HTTP server and its database. Doubled: nothing.
 */
import { Decimal } from 'decimal.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { start } from '../src/index.ts';
import type { RunningSimulator } from '../src/index.ts';
import { Client, confirmOrder, count, first, movesOf, readOne, STOCK, stockUp } from './client.ts';

interface Summary {
  readonly units: { demanded: string; done: string; open: string; backordered: string; cancelled: string };
}

let running: RunningSimulator;
let client: Client;
let hammer: number;

beforeEach(async () => {
  running = await start();
  client = new Client(running.url);
  ({ hammer } = await stockUp(client, 10));
});

afterEach(async () => {
  const { units } = await client.control<Summary>('summary');
  expect(new Decimal(units.done).plus(units.open).plus(units.cancelled).toFixed()).toBe(units.demanded);
  await running.close();
});

const stateOf = async (picking: number) =>
  (await readOne(client, 'stock.picking', picking, ['state']))['state'];

const ship = (picking: number, context: object = {}) =>
  client.call('stock.picking', 'button_validate', { ids: [picking], context });

const onHand = async () => {
  const [quant] = await client.call<{ quantity: number; reserved_quantity: number }[]>(
    'stock.quant',
    'search_read',
    {
      domain: [
        ['product_id', '=', hammer],
        ['location_id', '=', STOCK],
      ],
      fields: ['quantity', 'reserved_quantity'],
    },
  );
  return [quant?.quantity, quant?.reserved_quantity];
};

describe('a delivery', () => {
  test('is assigned when stock covers it and waits when there is none', async () => {
    const earlier = await confirmOrder(client, 'A', [['hub.hammer', 8]]);
    const later = await confirmOrder(client, 'B', [['hub.hammer', 8]]);
    const third = await confirmOrder(client, 'C', [['hub.hammer', 8]]);
    expect(await stateOf(earlier.picking)).toBe('assigned');
    expect(await movesOf(client, later.picking)).toMatchObject([
      { quantity: 2, state: 'partially_available' },
    ]);
    expect(await stateOf(later.picking)).toBe('assigned');
    expect(await stateOf(third.picking)).toBe('confirmed');
    expect(await onHand()).toEqual([10, 10]);
  });

  test('that goes in part asks first, and nothing is done until the returned context is processed', async () => {
    const { order, picking } = await confirmOrder(client, 'A', [
      ['hub.hammer', 8],
      ['hub.nails', 5],
    ]);
    const move = first(await movesOf(client, picking));
    await client.call('stock.move', 'write', { ids: [move.id], vals: { quantity: 3 } });
    const question = (await ship(picking)) as { res_model: string; context: object };
    expect(question.res_model).toBe('stock.backorder.confirmation');
    expect(await stateOf(picking)).toBe('assigned');
    expect(await onHand()).toEqual([10, 3]);

    const wizard = first(
      await client.call<number[]>('stock.backorder.confirmation', 'create', {
        vals_list: [{}],
        context: question.context,
      }),
    );
    expect(await client.call('stock.backorder.confirmation', 'process', { ids: [wizard] })).toBe(true);
    expect(await stateOf(picking)).toBe('assigned');
    await client.call('stock.backorder.confirmation', 'process', {
      ids: [wizard],
      context: question.context,
    });
    expect(await stateOf(picking)).toBe('done');
    const backorder = first(
      await client.call<{ id: number; state: string }[]>('stock.picking', 'search_read', {
        domain: [['backorder_id', '=', picking]],
        fields: ['state'],
      }),
    );
    expect(backorder.state).toBe('assigned');
    expect(await movesOf(client, backorder.id)).toMatchObject([{ product_uom_qty: 5, quantity: 5 }]);
    expect(await readOne(client, 'sale.order', order, ['delivery_status'])).toMatchObject({
      delivery_status: 'partial',
    });

    expect(await ship(backorder.id)).toBe(true);
    expect(await readOne(client, 'sale.order', order, ['delivery_status'])).toMatchObject({
      delivery_status: 'full',
    });
    expect(await onHand()).toEqual([2, 0]);
  });

  test('leaves a backorder that takes only the stock nobody else holds', async () => {
    const earlier = await confirmOrder(client, 'A', [['hub.hammer', 8]]);
    await confirmOrder(client, 'B', [['hub.hammer', 2]]);
    await count(client, hammer, 6);
    expect(await ship(earlier.picking, { skip_backorder: true })).toBe(true);
    const backorder = first(
      await client.call<number[]>('stock.picking', 'search', {
        domain: [['backorder_id', '=', earlier.picking]],
      }),
    );
    expect(await stateOf(backorder)).toBe('confirmed');
    await count(client, hammer, 5);
    expect(await stateOf(backorder)).toBe('confirmed');
    await client.call('stock.picking', 'action_assign', { ids: [backorder] });
    expect(await stateOf(backorder)).toBe('assigned');
  });

  test('drops the rest when told not to back-order', async () => {
    const { order, picking } = await confirmOrder(client, 'A', [['hub.hammer', 8]]);
    const move = first(await movesOf(client, picking));
    await client.call('stock.move', 'write', { ids: [move.id], vals: { quantity: 3 } });
    await ship(picking, { skip_backorder: true, picking_ids_not_to_backorder: [picking] });
    expect(await readOne(client, 'sale.order', order, ['delivery_status'])).toMatchObject({
      delivery_status: 'full',
    });
    expect((await client.control<Summary>('summary')).units).toMatchObject({
      demanded: '8',
      done: '3',
      cancelled: '5',
    });
  });

  test('in a batch, an empty one is left out and the others go', async () => {
    const earlier = await confirmOrder(client, 'A', [['hub.hammer', 10]]);
    const later = await confirmOrder(client, 'B', [['hub.hammer', 1]]);
    const ids = [earlier.picking, later.picking];
    await client.call('stock.picking', 'button_validate', { ids, context: { skip_backorder: true } });
    expect(await stateOf(earlier.picking)).toBe('done');
    expect(await stateOf(later.picking)).toBe('confirmed');
  });

  test('waits for all of it when the order says so', async () => {
    const { order } = await confirmOrder(client, 'A', [['hub.nails', 1]]);
    const copy = await client.call<number[]>('sale.order', 'create', {
      vals_list: [
        {
          partner_id: (await readOne<{ partner_id: [number] }>(client, 'sale.order', order, ['partner_id']))
            .partner_id[0],
          picking_policy: 'one',
          order_line: [[0, 0, { product_id: hammer, product_uom_qty: 12 }]],
        },
      ],
    });
    await client.call('sale.order', 'action_confirm', { ids: copy });
    const picking = first(
      await client.call<number[]>('stock.picking', 'search', {
        domain: [['sale_id', 'in', copy]],
      }),
    );
    expect(await stateOf(picking)).toBe('confirmed');
    await count(client, hammer, 12);
    await client.call('stock.picking', 'action_assign', { ids: [picking] });
    expect(await stateOf(picking)).toBe('assigned');
  });

  test('is cancelled with its order, and its stock is free again', async () => {
    const { order, picking } = await confirmOrder(client, 'A', [['hub.hammer', 8]]);
    await client.call('sale.order', 'action_cancel', { ids: [order] });
    expect(await stateOf(picking)).toBe('cancel');
    expect(await onHand()).toEqual([10, 0]);
  });
});

describe('a reserved line', () => {
  const linesOn = (picking: number) =>
    client.call<{ id: number; move_id: unknown; quantity: number }[]>('stock.move.line', 'search_read', {
      domain: [['picking_id', '=', picking]],
      fields: ['move_id', 'quantity'],
    });

  async function reserved() {
    const { picking } = await confirmOrder(client, 'A', [['hub.hammer', 3]]);
    const move = first(await movesOf(client, picking));
    const [line] = await linesOn(picking);
    const { location_id: from, location_dest_id: to } = await readOne<Record<string, [number]>>(
      client,
      'stock.move',
      move.id,
      ['location_id', 'location_dest_id'],
    );
    const two = {
      product_id: hammer,
      picking_id: picking,
      location_id: from?.[0],
      location_dest_id: to?.[0],
    };
    const put = (...commands: unknown[]) =>
      client.call('stock.move', 'write', {
        ids: [move.id],
        vals: { move_line_ids: [...commands, [0, 0, { ...two, quantity: 2 }]] },
      });
    return { picking, line: line?.id ?? 0, put };
  }

  // As live servers of 19.0 and 18.0 did.
  test('that is cleared off its move stays on the transfer and holds its stock, whatever ships', async () => {
    const { picking, line, put } = await reserved();
    await put([5, 0, 0]);
    expect(await onHand()).toEqual([10, 5]);
    expect(await ship(picking, { picking_ids_not_to_backorder: [picking], skip_backorder: true })).toBe(true);
    expect(await linesOn(picking)).toMatchObject([
      { id: line, move_id: false, quantity: 3 },
      { move_id: [expect.any(Number), expect.any(String)], quantity: 2 },
    ]);
    expect(await onHand()).toEqual([8, 3]);
  });

  test('that is deleted gives its stock back', async () => {
    const { picking, line, put } = await reserved();
    await put([2, line, 0]);
    expect(await onHand()).toEqual([10, 2]);
    await ship(picking, { picking_ids_not_to_backorder: [picking], skip_backorder: true });
    expect(await onHand()).toEqual([8, 0]);
    expect(await linesOn(picking)).toHaveLength(1);
  });
});

describe('a recount', () => {
  test('below what is reserved frees the latest reservations', async () => {
    const earlier = await confirmOrder(client, 'A', [['hub.hammer', 6]]);
    const later = await confirmOrder(client, 'B', [['hub.hammer', 4]]);
    await count(client, hammer, 7);
    expect(await movesOf(client, earlier.picking)).toMatchObject([{ quantity: 6, state: 'assigned' }]);
    expect(await movesOf(client, later.picking)).toMatchObject([
      { quantity: 1, state: 'partially_available' },
    ]);
    expect(await onHand()).toEqual([7, 7]);
  });

  test('adds fractions without drift', async () => {
    const { picking } = await confirmOrder(client, 'A', [['hub.hammer', 0.3]]);
    await count(client, hammer, 0.3);
    const move = first(await movesOf(client, picking));
    await client.call('stock.move', 'write', { ids: [move.id], vals: { quantity: 0.1 } });
    await ship(picking, { skip_backorder: true });
    expect(await onHand()).toEqual([0.2, 0.2]);
  });
});
