/**
 * What `load()` promises an integration: the same call again changes nothing twice, a bad record stops all, and every
 * bad one is named. Real: the simulator's HTTP server and its database. Doubled: nothing.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../src/index.ts';
import type { RunningSimulator } from '../src/index.ts';
import { Client, loadOrders, orderRows, readOne, stockUp } from './client.ts';
import type { Loaded } from './client.ts';

let running: RunningSimulator;
let client: Client;

beforeAll(async () => {
  running = await start();
  client = new Client(running.url);
  await stockUp(client, 100);
});

afterAll(() => running.close());

const countOrders = (reference: string) =>
  client.call<number>('sale.order', 'search_count', { domain: [['client_order_ref', '=', reference]] });

describe('load', () => {
  test('answers the same ids again and makes no second order or line', async () => {
    const rows = [
      ...orderRows('A1', [
        ['hub.hammer', 3],
        ['hub.nails', 2],
      ]),
      ...orderRows('A2', [['hub.hammer', 4]]),
    ];
    const first = await loadOrders(client, rows);
    const second = await loadOrders(client, rows);
    expect(first.ids).toHaveLength(2);
    expect(second).toEqual(first);
    expect(await countOrders('A1')).toBe(1);
    const [order = 0] = first.ids || [];
    expect(
      (await readOne<{ order_line: number[] }>(client, 'sale.order', order, ['order_line'])).order_line,
    ).toHaveLength(2);
  });

  test('changes a named line and leaves the others', async () => {
    const { ids } = await loadOrders(
      client,
      orderRows('B1', [
        ['hub.hammer', 3],
        ['hub.nails', 2],
      ]),
    );
    await loadOrders(client, orderRows('B1', [['hub.hammer', 8]]));
    const lines = await client.call<{ product_uom_qty: number }[]>('sale.order.line', 'search_read', {
      domain: [['order_id', 'in', ids]],
      fields: ['product_uom_qty'],
    });
    expect(lines.map((line) => line.product_uom_qty)).toEqual([8, 2]);
  });

  test('creates nothing when one record refers to an unknown external id, and names it', async () => {
    const rows = [
      ...orderRows('C1', [['hub.hammer', 1]]),
      ...orderRows('C2', [
        ['hub.hammer', 1],
        ['hub.unknown', 1],
      ]),
    ];
    const { ids, messages } = await loadOrders(client, rows);
    expect(ids).toBe(false);
    expect(messages).toMatchObject([
      {
        type: 'error',
        record: 1,
        rows: { from: 1, to: 2 },
        field: 'order_line',
        message: "No matching record found for external id 'hub.unknown' in field 'Order Lines/Product'",
      },
    ]);
    expect(await countOrders('C1')).toBe(0);
    const again = await loadOrders(client, orderRows('C1', [['hub.hammer', 1]]));
    expect(again.ids).toHaveLength(1);
  });

  test('lists all conversion errors before those of creating', async () => {
    const answer = await client.call<Loaded>('res.partner', 'load', {
      fields: ['id', 'name', 'credit_limit', 'country_id/id'],
      data: [
        ['hub.d1', '', '1', ''],
        ['hub.d2', 'Good', '2', 'base.nowhere'],
        ['hub.d3', 'Bad number', 'abc', ''],
      ],
    });
    expect(answer.ids).toBe(false);
    expect(answer.messages.map(({ record, field }) => [record, field])).toEqual([
      [1, 'country_id'],
      [2, 'credit_limit'],
      [0, undefined],
    ]);
    expect(await client.call('res.partner', 'search_count', { domain: [['name', '=', 'Good']] })).toBe(0);
  });

  test('two calls for one new external id at once make one record', async () => {
    const rows = orderRows('E1', [['hub.hammer', 1]]);
    const [one, two] = await Promise.all([loadOrders(client, rows), loadOrders(client, rows)]);
    expect(one.ids).toEqual(two.ids);
    expect(await countOrders('E1')).toBe(1);
  });

  test('a row may refer to a record of an earlier row of the same call', async () => {
    const { ids, messages } = await client.call<Loaded>('res.partner', 'load', {
      fields: ['id', 'name', 'parent_id/id', 'type'],
      data: [
        ['hub.parent', 'Parent', '', 'contact'],
        ['hub.child', 'Dock', 'hub.parent', 'delivery'],
      ],
    });
    expect(messages).toEqual([]);
    const [parent = 0, child = 0] = ids || [];
    const row = await readOne(client, 'res.partner', child, ['parent_id', 'display_name']);
    expect(row).toMatchObject({ parent_id: [parent, 'Parent'], display_name: 'Parent, Dock' });
  });

  test('takes a bare datetime as local to the context, else to the user', async () => {
    const fields = ['id', 'partner_id/id', 'commitment_date'];
    const load = (id: string, context: object) =>
      client.call<Loaded>('sale.order', 'load', {
        fields,
        data: [[id, 'hub.acme', '2026-07-01 12:00:00']],
        context,
      });
    const [utc = 0] = (await load('hub.f1', { tz: 'UTC' })).ids || [];
    const [brussels = 0] = (await load('hub.f2', {})).ids || [];
    expect(await readOne(client, 'sale.order', utc, ['commitment_date'])).toMatchObject({
      commitment_date: '2026-07-01 12:00:00',
    });
    expect(await readOne(client, 'sale.order', brussels, ['commitment_date'])).toMatchObject({
      commitment_date: '2026-07-01 10:00:00',
    });
  });

  test('reads external ids back by id, and through ir.model.data by name', async () => {
    const { ids } = await loadOrders(client, orderRows('G1', [['hub.hammer', 1]]));
    const [order = 0] = ids || [];
    expect(await client.call('sale.order', 'get_external_id', { ids: [order] })).toEqual({
      [order]: 'hub.G1',
    });
    const data = await client.call('ir.model.data', 'search_read', {
      domain: [
        ['module', '=', 'hub'],
        ['name', 'in', ['G1', 'G1_0', 'none']],
      ],
      fields: ['name', 'model'],
    });
    expect(data).toMatchObject([
      { name: 'G1', model: 'sale.order' },
      { name: 'G1_0', model: 'sale.order.line' },
    ]);
  });
});
